// Sums whose rounding error does not grow with the number of terms, for one SIMD target.

#if defined(GIBBS_KERNELS_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SUMS_INL_H_
#undef GIBBS_KERNELS_SUMS_INL_H_
#else
#define GIBBS_KERNELS_SUMS_INL_H_
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Knuth's TwoSum: sum + error is exactly a + b.
template <class V>
HWY_INLINE void two_sum(V a, V b, V& sum, V& error) {
  sum = hn::Add(a, b);
  const V of_b = hn::Sub(sum, a);
  error = hn::Add(hn::Sub(a, hn::Sub(sum, of_b)), hn::Sub(b, of_b));
}

// Adds lanes to a double-double, lane by lane.
template <class D>
HWY_INLINE void add_lanes(D d, hn::Vec<D> v, double& high, double& low) {
  using W = hn::TFromD<D>;
  HWY_ALIGN W lanes[HWY_MAX_BYTES / sizeof(W)];
  hn::Store(v, d, lanes);
  for (size_t i = 0; i < hn::Lanes(d); ++i) {
    const double lane = static_cast<double>(lanes[i]), next = high + lane, of_lane = next - high;
    low += (high - (next - of_lane)) + (lane - of_lane);
    high = next;
  }
}

// Lanes summed without growing error: each lane is a sum and what its roundings lost.
template <class D>
struct LaneSum {
  const D d;
  hn::Vec<D> sum, lost;

  HWY_INLINE explicit LaneSum(D tag) : d(tag), sum(hn::Zero(d)), lost(hn::Zero(d)) {}
  HWY_INLINE void add(hn::Vec<D> v) {
    hn::Vec<D> error;
    two_sum(sum, v, sum, error);
    lost = hn::Add(lost, error);
  }
  HWY_INLINE void total(double& high, double& low) const {
    high = low = 0;
    add_lanes(d, sum, high, low);
    add_lanes(d, lost, high, low);
  }
};

// The same for terms in [0, bound]: a sum that starts at the bound is never less than a term, which
// halves the work (Dekker's FastTwoSum).
template <class D>
struct BoundedLaneSum {
  const D d;
  const double start;
  hn::Vec<D> sum, lost;

  HWY_INLINE BoundedLaneSum(D tag, hn::TFromD<D> bound)
      : d(tag), start(static_cast<double>(bound)), sum(hn::Set(d, bound)), lost(hn::Zero(d)) {}
  HWY_INLINE void add(hn::Vec<D> v) {
    const auto next = hn::Add(sum, v);
    lost = hn::Add(lost, hn::Sub(v, hn::Sub(next, sum)));
    sum = next;
  }
  // Adds the lanes' sum to a double-double.
  HWY_INLINE void add_total(double& high, double& low) const {
    if constexpr (sizeof(hn::TFromD<D>) == 4) {  // double lanes hold all of it
      const hn::RepartitionToWide<D> wide;
      const hn::Half<D> half;
      const auto promote = [&](hn::Vec<D> v) HWY_ATTR {
        return hn::Add(hn::PromoteTo(wide, hn::LowerHalf(half, v)),
                       hn::PromoteTo(wide, hn::UpperHalf(half, v)));
      };
      const auto both =
          hn::Add(hn::Sub(promote(sum), hn::Set(wide, 2 * start)), promote(lost));
      high += hn::GetLane(hn::SumOfLanes(wide, both));
    } else {
      add_lanes(d, hn::Sub(sum, hn::Set(d, start)), high, low);
      add_lanes(d, lost, high, low);
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
