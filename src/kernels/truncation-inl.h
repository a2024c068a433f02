// truncation.hpp for one SIMD target.

#if defined(GIBBS_KERNELS_TRUNCATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_TRUNCATION_INL_H_
#undef GIBBS_KERNELS_TRUNCATION_INL_H_
#else
#define GIBBS_KERNELS_TRUNCATION_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "kernels/cut-inl.h"
#include "kernels/fixed_sum-inl.h"
#include "kernels/portable_math-inl.h"
#include "kernels/weigher-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class W>
HWY_INLINE Extent<W> extent(const W* x, size_t n) {
  using D = SumTag<W>;
  const D d;
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  constexpr size_t kSize = 4;
  Pack<D, kSize> high, low;
  each<kSize>([&](size_t k) HWY_ATTR {
    high[k] = hn::Set(d, -kInfinity);
    low[k] = hn::Set(d, kInfinity);
  });
  auto nan = hn::IsNaN(hn::Zero(d));
  const auto see = [&](size_t k, auto v) HWY_ATTR {
    high[k] = hn::Max(high[k], v);
    low[k] = hn::Min(low[k], v);
    nan = hn::Or(nan, hn::IsNaN(v));
  };
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + kSize * lanes <= n; i += kSize * lanes) {
    each<kSize>([&](size_t k) HWY_ATTR { see(k, hn::LoadU(d, x + i + k * lanes)); });
  }
  for (; i < n; i += lanes) see(0, load_first(d, x + i, std::min(lanes, n - i), x[i]));
  const auto most = hn::Max(hn::Max(high[0], high[1]), hn::Max(high[2], high[3]));
  const auto least = hn::Min(hn::Min(low[0], low[1]), hn::Min(low[2], low[3]));
  return {hn::GetLane(hn::MaxOfLanes(d, most)), hn::GetLane(hn::MinOfLanes(d, least)),
          !hn::AllFalse(d, nan)};
}

template <Sums kSums, class W>
struct WeighPass {
  using D = SumTag<W>;
  const D d;
  const Weigher<D> weigher;
  const W* const x;
  W* const w;
  double* blocks;
  WeightSums sums;
  FixedSum<D> mass, more;

  HWY_INLINE WeighPass(const Weighing<W>& of, const W* from, W* to, double* block_masses)
      : weigher(d, of), x(from), w(to), blocks(block_masses), mass(d), more(d) {}

  template <size_t kSize>
  HWY_INLINE void pack(size_t lane, size_t i, size_t count) {
    const size_t lanes = hn::Lanes(d);
    Pack<D, kSize> y;
    each<kSize>([&](size_t k) HWY_ATTR {
      const W* from = x + i + k * lanes;
      const W none = -std::numeric_limits<W>::infinity();
      y[k] = weigher.power(count < lanes ? load_first(d, from, count, none) : hn::LoadU(d, from));
    });
    const auto e = unfused_exp(d, y);
    if (w != nullptr) {
      each<kSize>([&](size_t k) HWY_ATTR { hn::StoreU(e[k], d, w + i + k * lanes); });
    }
    each<kSize>([&](size_t k) HWY_ATTR { mass.add(lane + k, e[k]); });
    if constexpr (kSums == Sums::kMoment) {
      each<kSize>([&](size_t k) HWY_ATTR { more.add(lane + k, weigher.moment(e[k], y[k])); });
    }
    if constexpr (kSums == Sums::kSquare) {
      each<kSize>([&](size_t k) HWY_ATTR { more.add(lane + k, hn::Mul(e[k], e[k])); });
    }
  }

  HWY_INLINE void end_block() {
    const double of_block = mass.take(d);
    sums.mass += of_block;
    if (blocks != nullptr) *blocks++ = of_block;
    if constexpr (kSums == Sums::kMoment) sums.moment += more.take(d);
    if constexpr (kSums == Sums::kSquare) sums.square += more.take(d);
  }
};

template <Sums kSums, class W>
HWY_INLINE WeightSums weigh_all(const W* x, int64_t n, const Weighing<W>& of, W* w,
                                double* blocks) {
  WeighPass<kSums, W> pass(of, x, w, blocks);
  for_each_block(pass.d, static_cast<size_t>(n), pass);
  return pass.sums;
}

template <class W>
HWY_INLINE WeightSums weigh_row(const W* x, int64_t n, const Weighing<W>& of, Sums sums, W* w,
                                double* blocks) {
  if (sums == Sums::kMoment) return weigh_all<Sums::kMoment>(x, n, of, w, blocks);
  if (sums == Sums::kSquare) return weigh_all<Sums::kSquare>(x, n, of, w, blocks);
  return weigh_all<Sums::kMass>(x, n, of, w, blocks);
}

template <class W>
struct SumPass {
  using D = SumTag<W>;
  const D d;
  const W* const w;
  double* blocks;
  double mass = 0;
  FixedSum<D> sum;

  HWY_INLINE SumPass(const W* from, double* block_masses) : w(from), blocks(block_masses), sum(d) {}
  template <size_t kSize>
  HWY_INLINE void pack(size_t lane, size_t i, size_t count) {
    const size_t lanes = hn::Lanes(d);
    for (size_t k = 0; k < kSize; ++k) {
      const W* from = w + i + k * lanes;
      sum.add(lane + k, count < lanes ? load_first(d, from, count, W{0}) : hn::LoadU(d, from));
    }
  }
  HWY_INLINE void end_block() { mass += * blocks++ = sum.take(d); }
};

template <class W>
HWY_INLINE double sum_all(const W* w, int64_t n, double* blocks) {
  SumPass<W> pass(w, blocks);
  for_each_block(pass.d, static_cast<size_t>(n), pass);
  return pass.mass;
}

template <class W>
struct SpreadPass {
  using D = SumTag<double>;
  const D d;
  const hn::Vec<D> pivot, unit, none;
  const W* const x;
  Spread sums;
  FixedSum<D> sum, square;

  HWY_INLINE SpreadPass(const W* from, double middle, double scale)
      : pivot(hn::Set(d, middle)),
        unit(hn::Set(d, scale)),
        none(hn::Set(d, -std::numeric_limits<double>::infinity())),
        x(from),
        sum(d),
        square(d) {}

  template <size_t kSize>
  HWY_INLINE void pack(size_t lane, size_t i, size_t count) {
    const size_t lanes = hn::Lanes(d);
    for (size_t k = 0; k < kSize; ++k) {
      const auto v = load_as_double(d, x + i + k * lanes, count);
      const auto state = hn::And(hn::FirstN(d, count), hn::Gt(v, none));
      const auto distance = hn::IfThenElseZero(state, hn::Mul(hn::Sub(v, pivot), unit));
      sums.count += static_cast<std::int64_t>(hn::CountTrue(d, state));
      sum.add(lane + k, distance);
      square.add(lane + k, hn::Mul(distance, distance));
    }
  }
  HWY_INLINE void end_block() {
    sums.sum += sum.take(d);
    sums.square += square.take(d);
  }
};

template <class W>
HWY_INLINE Spread spread(const W* x, int64_t n, double pivot, double unit) {
  SpreadPass<W> pass(x, pivot, unit);
  for_each_block(pass.d, static_cast<size_t>(n), pass);
  return pass.sums;
}

Extent<float> extent_float(const float* x, int64_t n) { return extent(x, static_cast<size_t>(n)); }
Extent<double> extent_double(const double* x, int64_t n) {
  return extent(x, static_cast<size_t>(n));
}
WeightSums weigh_float(const float* x, int64_t n, const Weighing<float>& of, Sums sums, float* w,
                       double* blocks) {
  return weigh_row(x, n, of, sums, w, blocks);
}
WeightSums weigh_double(const double* x, int64_t n, const Weighing<double>& of, Sums sums,
                        double* w, double* blocks) {
  return weigh_row(x, n, of, sums, w, blocks);
}
double sum_float(const float* w, int64_t n, double* blocks) { return sum_all(w, n, blocks); }
double sum_double(const double* w, int64_t n, double* blocks) { return sum_all(w, n, blocks); }
CutResult cut_float(const Cut<float>& cut) { return cut_row(cut); }
CutResult cut_double(const Cut<double>& cut) { return cut_row(cut); }
Spread spread_float(const float* x, int64_t n, double pivot, double unit) {
  return spread(x, n, pivot, unit);
}
Spread spread_double(const double* x, int64_t n, double pivot, double unit) {
  return spread(x, n, pivot, unit);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
