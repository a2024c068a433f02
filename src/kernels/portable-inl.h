// portable.hpp for one SIMD target.

#if defined(GIBBS_KERNELS_PORTABLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PORTABLE_INL_H_
#undef GIBBS_KERNELS_PORTABLE_INL_H_
#else
#define GIBBS_KERNELS_PORTABLE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "hwy/highway.h"
#include "kernels/portable_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// out[i] = map(pack of x from i on) in packs and single vectors; x is read as double.
template <class W, class Map>
HWY_INLINE void map_as_double(const W* x, size_t n, double* out, const Map& map) {
  using D = hn::ScalableTag<double>;
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + kPack * lanes <= n; i += kPack * lanes) {
    Pack<D, kPack> pack;
    each<kPack>([&](size_t k) HWY_ATTR { pack[k] = load_as_double(d, x + i + k * lanes, lanes); });
    const auto mapped = map(pack);
    each<kPack>([&](size_t k) HWY_ATTR { hn::StoreU(mapped[k], d, out + i + k * lanes); });
  }
  for (; i < n; i += lanes) {
    const size_t count = std::min(lanes, n - i);
    store_first(map(Pack<D, 1>{load_as_double(d, x + i, count)})[0], d, out + i, count);
  }
}

template <class W>
HWY_INLINE void weights(const W* x, int64_t n, double max, double temperature, double* out) {
  const hn::ScalableTag<double> d;
  const auto top = hn::Set(d, max), t = hn::Set(d, temperature);
  map_as_double(x, static_cast<size_t>(n), out, [&](auto pack) HWY_ATTR {
    each<decltype(pack)::kCount>([&](size_t k)
                                     HWY_ATTR { pack[k] = hn::Div(hn::Sub(pack[k], top), t); });
    return unfused_exp(d, pack);
  });
}

void weights_float(const float* x, int64_t n, double max, double temperature, double* out) {
  weights(x, n, max, temperature, out);
}
void weights_double(const double* x, int64_t n, double max, double temperature, double* out) {
  weights(x, n, max, temperature, out);
}

void log_double(const double* x, int64_t n, double* out) {
  const hn::ScalableTag<double> d;
  const auto least = hn::Set(d, std::numeric_limits<double>::min());
  const auto none = hn::Set(d, -std::numeric_limits<double>::infinity());
  map_as_double(x, static_cast<size_t>(n), out, [&](const auto& pack) HWY_ATTR {
    auto log = unfused_log(d, split(d, pack));
    each<std::remove_cvref_t<decltype(pack)>::kCount>([&](size_t k) HWY_ATTR {
      log[k] = hn::IfThenElse(hn::Lt(pack[k], least), none, log[k]);
      log[k] = hn::IfThenElse(hn::IsNaN(pack[k]), pack[k], log[k]);
    });
    return log;
  });
}

// Unlike max_of, which loses a NaN.
template <class W>
HWY_INLINE W highest(const W* x, int64_t n) {
  using D = hn::ScalableTag<W>;
  const D d;
  const W lowest = -std::numeric_limits<W>::infinity();
  Pack<D, kPack> top;
  each<kPack>([&](size_t k) HWY_ATTR { top[k] = hn::Set(d, lowest); });
  auto nan = hn::Zero(d);  // or what is left of a NaN
  for_each_pack(d, x, static_cast<size_t>(n), lowest, [&](size_t, const auto& v) HWY_ATTR {
    each<std::remove_cvref_t<decltype(v)>::kCount>([&](size_t k) HWY_ATTR {
      top[k] = hn::Max(top[k], v[k]);
      nan = hn::Or(nan, hn::VecFromMask(d, hn::IsNaN(v[k])));
    });
  });
  auto all = top[0];
  each<kPack>([&](size_t k) HWY_ATTR { all = hn::Max(all, top[k]); });
  if (!hn::AllTrue(d, hn::Eq(nan, hn::Zero(d)))) return std::numeric_limits<W>::quiet_NaN();
  return hn::GetLane(hn::MaxOfLanes(d, all));
}

float highest_float(const float* x, int64_t n) { return highest(x, n); }
double highest_double(const double* x, int64_t n) { return highest(x, n); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
