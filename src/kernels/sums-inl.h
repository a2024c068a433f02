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

// Adds a number to a double-double, by TwoSum.
HWY_INLINE void add_to(double v, double& high, double& low) {
  const double sum = high + v, of_v = sum - high;
  low += (high - (sum - of_v)) + (v - of_v);
  high = sum;
}

// Adds lanes to a double-double: float lanes as their sum in double, double lanes one by one.
template <class D>
HWY_INLINE void add_lanes(D d, hn::Vec<D> v, double& high, double& low) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    const hn::RepartitionToWide<D> wide;
    const hn::Half<D> half;
    const auto sum = hn::Add(hn::PromoteTo(wide, hn::LowerHalf(half, v)),
                             hn::PromoteTo(wide, hn::UpperHalf(half, v)));
    add_to(hn::GetLane(hn::SumOfLanes(wide, sum)), high, low);
  } else {
    HWY_ALIGN double lanes[HWY_MAX_BYTES / sizeof(double)];
    hn::Store(v, d, lanes);
    for (size_t i = 0; i < hn::Lanes(d); ++i) add_to(lanes[i], high, low);
  }
}

// The sum of lanes as they are.
template <class D>
HWY_INLINE double plain_sum(D d, hn::Vec<D> v) {
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, v)));
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
  // Adds the lanes of another sum, lane by lane.
  template <class Sum>
  HWY_INLINE void add_sums(const Sum& other) {
    hn::Vec<D> high, low;
    other.lane_totals(high, low);
    add(high);
    lost = hn::Add(lost, low);
  }
  HWY_INLINE void lane_totals(hn::Vec<D>& high, hn::Vec<D>& low) const {
    high = sum;
    low = lost;
  }
  HWY_INLINE void add_total(double& high, double& low) const {
    add_lanes(d, sum, high, low);
    add_lanes(d, lost, high, low);
  }
  HWY_INLINE void total(double& high, double& low) const {
    high = low = 0;
    add_total(high, low);
  }
};

// The same for terms in [0, bound]: a sum that starts at the bound is never less than a term, which
// halves the work (Dekker's FastTwoSum).
template <class D>
struct BoundedLaneSum {
  const D d;
  const hn::Vec<D> start;
  hn::Vec<D> sum, lost;

  HWY_INLINE BoundedLaneSum(D tag, hn::TFromD<D> bound)
      : d(tag), start(hn::Set(d, bound)), sum(start), lost(hn::Zero(d)) {}
  HWY_INLINE void add(hn::Vec<D> v) {
    const auto next = hn::Add(sum, v);
    lost = hn::Add(lost, hn::Sub(v, hn::Sub(next, sum)));
    sum = next;
  }
  HWY_INLINE void clear() {
    sum = start;
    lost = hn::Zero(d);
  }
  // sum + lost of each lane as high + low; sum - start is exact.
  HWY_INLINE void lane_totals(hn::Vec<D>& high, hn::Vec<D>& low) const {
    two_sum(hn::Sub(sum, start), lost, high, low);
  }
  // Adds the lanes' sum to a double-double.
  HWY_INLINE void add_total(double& high, double& low) const {
    add_lanes(d, hn::Sub(sum, start), high, low);
    add_lanes(d, lost, high, low);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
