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

// Lanes summed without growing error: float lanes in double, double lanes as double-double.
template <class D, class Enable = void>
struct LaneSum;

template <class D>
struct LaneSum<D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 4>> {
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> half;
  hn::Vec<hn::RepartitionToWide<D>> lower, upper;

  HWY_INLINE explicit LaneSum(D) : lower(hn::Zero(wide)), upper(hn::Zero(wide)) {}
  HWY_INLINE void add(hn::Vec<D> v) {
    lower = hn::Add(lower, hn::PromoteTo(wide, hn::LowerHalf(half, v)));
    upper = hn::Add(upper, hn::PromoteTo(wide, hn::UpperHalf(half, v)));
  }
  HWY_INLINE void total(double& high, double& low) const {
    high = hn::GetLane(hn::SumOfLanes(wide, hn::Add(lower, upper)));
    low = 0;
  }
};

template <class D>
struct LaneSum<D, hwy::EnableIf<sizeof(hn::TFromD<D>) == 8>> {
  const D d;
  hn::Vec<D> sum, lost;

  HWY_INLINE explicit LaneSum(D tag) : d(tag), sum(hn::Zero(d)), lost(hn::Zero(d)) {}
  HWY_INLINE void add(hn::Vec<D> v) {
    hn::Vec<D> error;
    two_sum(sum, v, sum, error);
    lost = hn::Add(lost, error);
  }
  HWY_INLINE void total(double& high, double& low) const {
    HWY_ALIGN double sums[HWY_MAX_BYTES / 8];
    hn::Store(sum, d, sums);
    high = 0;
    low = hn::GetLane(hn::SumOfLanes(d, lost));
    for (size_t i = 0; i < hn::Lanes(d); ++i) {
      const double next = high + sums[i];
      const double of_lane = next - high;
      low += (high - (next - of_lane)) + (sums[i] - of_lane);
      high = next;
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
