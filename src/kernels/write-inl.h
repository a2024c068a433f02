// Writing a row, for one SIMD target.

#if defined(GIBBS_KERNELS_WRITE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_WRITE_INL_H_
#undef GIBBS_KERNELS_WRITE_INL_H_
#else
#define GIBBS_KERNELS_WRITE_INL_H_
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// to = map(x, i) over a row, i the first column of a vector.
template <class D, class Map, class W = hn::TFromD<D>>
HWY_INLINE void write_mapped(D d, const W* x, size_t n, bool stream, W* to, const Map& map) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  if (stream) {
    const size_t head = (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes;
    if (head < n) {
      if (head != 0) store_first(map(load_first(d, x, head, W{0}), 0), d, to, head);
      for (i = head; i + lanes <= n; i += lanes) hn::Stream(map(hn::LoadU(d, x + i), i), d, to + i);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(map(hn::LoadU(d, x + i), i), d, to + i);
  if (i < n) store_first(map(load_first(d, x + i, n - i, W{0}), i), d, to + i, n - i);
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void fill_row(D d, W value, size_t n, W* out) {
  const auto v = hn::Set(d, value);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) hn::StoreU(v, d, out + i);
  if (i < n) store_first(v, d, out + i, n - i);
}

// factor / (sum + sum_low) as high + low, each a lane.
template <class W>
struct Reciprocal {
  W high, low;
  Reciprocal(double sum, double sum_low, double factor = 1) {
    const double inverse = 1 / sum;
    high = static_cast<W>(factor * inverse);
    const double missing =
        std::fma(-static_cast<double>(high), sum, factor) - static_cast<double>(high) * sum_low;
    low = static_cast<W>(missing * inverse);
  }
  explicit Reciprocal(long double sum) : Reciprocal(of(1 / sum)) {}
  // Of a number that is already a reciprocal.
  static Reciprocal of(long double value) {
    const auto high = static_cast<W>(value);
    return {Parts(), high, static_cast<W>(value - static_cast<long double>(high))};
  }

 private:
  struct Parts {};
  Reciprocal(Parts, W h, W l) : high(h), low(l) {}
};

// to = from * (high + low), correctly rounded but for some 1e-3 ulp. n lanes may be over-read.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void scale_row(D d, const W* from, size_t n, Reciprocal<W> by, bool stream, W* to) {
  const size_t lanes = hn::Lanes(d);
  const auto high = hn::Set(d, by.high), low = hn::Set(d, by.low);
  const auto scaled = [&](size_t i) HWY_ATTR {
    const auto e = hn::LoadU(d, from + i);
    return hn::MulAdd(e, high, hn::Mul(e, low));
  };
  size_t i = 0;
  if (stream) {
    // Non-temporal stores need aligned addresses; a row's first lanes are stored plainly.
    const size_t head = (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes;
    if (head != 0 && head < n) {
      store_first(scaled(0), d, to, head);
      i = head;
    }
    if (head < n) {
      for (; i + lanes <= n; i += lanes) hn::Stream(scaled(i), d, to + i);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(scaled(i), d, to + i);
  if (i < n) store_first(scaled(i), d, to + i, n - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
