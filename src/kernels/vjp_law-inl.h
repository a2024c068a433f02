// What the derivatives of a state are made of, for one SIMD target: a law sums terms over a row,
// tells every state of the row what it makes of the sums, and gives the state's derivative.

#if defined(GIBBS_KERNELS_VJP_LAW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VJP_LAW_INL_H_
#undef GIBBS_KERNELS_VJP_LAW_INL_H_
#else
#define GIBBS_KERNELS_VJP_LAW_INL_H_
#endif

#include <limits>

#include "kernels/curvature-inl.h"
#include "kernels/pack-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// (a + a_low) / (b + b_low) as high + low; 0 where b is 0.
template <class D>
HWY_INLINE Pack<D, 2> quotient(D d, hn::Vec<D> a, hn::Vec<D> a_low, hn::Vec<D> b,
                               hn::Vec<D> b_low) {
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> half;
  const auto of_half = [&](auto x, auto x_low, auto y, auto y_low) HWY_ATTR {
    const auto top = hn::Add(hn::PromoteTo(wide, x), hn::PromoteTo(wide, x_low));
    const auto bottom = hn::Add(hn::PromoteTo(wide, y), hn::PromoteTo(wide, y_low));
    const auto value = hn::IfThenZeroElse(hn::Eq(bottom, hn::Zero(wide)), hn::Div(top, bottom));
    const auto high = hn::DemoteTo(half, value);
    return Pack<decltype(half), 2>{high,
                                   hn::DemoteTo(half, hn::Sub(value, hn::PromoteTo(wide, high)))};
  };
  const auto lower = of_half(hn::LowerHalf(half, a), hn::LowerHalf(half, a_low),
                             hn::LowerHalf(half, b), hn::LowerHalf(half, b_low));
  const auto upper = of_half(hn::UpperHalf(half, a), hn::UpperHalf(half, a_low),
                             hn::UpperHalf(half, b), hn::UpperHalf(half, b_low));
  return {hn::Combine(d, upper[0], lower[0]), hn::Combine(d, upper[1], lower[1])};
}

// The sum of a row as a double-double.
struct Total {
  double high = 0, low = 0;
};

// Terms as sums that have lost nothing yet.
template <class D, size_t kTerms>
HWY_INLINE Pack<D, 2 * kTerms> sums_of(D d, const Pack<D, kTerms>& terms) {
  Pack<D, 2 * kTerms> sums;
  each<kTerms>([&](size_t i) HWY_ATTR {
    sums[2 * i] = terms[i];
    sums[2 * i + 1] = hn::Zero(d);
  });
  return sums;
}

// The sums of a law's terms, lane by lane. (Not an array: g++ 12 would keep it in memory.)
template <class D, size_t kTerms>
struct TermSums;
template <class D>
struct TermSums<D, 1> {
  LaneSum<D> first;
  HWY_INLINE TermSums() : first(D()) {}
  HWY_INLINE void add(const Pack<D, 1>& terms) { first.add(terms[0]); }
  HWY_INLINE Pack<D, 2> lanes() const { return {first.sum, first.lost}; }
};
template <class D>
struct TermSums<D, 2> {
  LaneSum<D> first, second;
  HWY_INLINE TermSums() : first(D()), second(D()) {}
  HWY_INLINE void add(const Pack<D, 2>& terms) {
    first.add(terms[0]);
    second.add(terms[1]);
  }
  HWY_INLINE Pack<D, 4> lanes() const { return {first.sum, first.lost, second.sum, second.lost}; }
};

// The derivative of what is no state: 0, and NaN in a row that has one.
template <class V>
HWY_INLINE V of_no_state(V told) {
  return hn::IfThenElseZero(hn::IsNaN(told), told);
}

// grad = s (v - vbar) / T, vbar = sum s v / sum s; given p.
template <int kAlpha, class D>
struct EntmaxVjp {
  using V = hn::Vec<D>;
  using W = hn::TFromD<D>;
  static constexpr size_t kTerms = 2;
  static constexpr W kOutside = 0;  // what is given of no state
  const Curvature<kAlpha, D>& curvature;
  V zero, inverse;

  HWY_INLINE EntmaxVjp(const Curvature<kAlpha, D>& of, double temperature)
      : curvature(of),
        zero(hn::Zero(D())),
        inverse(hn::Set(D(), static_cast<W>(1 / temperature))) {}

  HWY_INLINE Pack<D, 2> terms(V p, V v) const {
    const V s = curvature(p);
    return {s, hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(s, v))};
  }
  HWY_INLINE Pack<D, 2> of_sums(const Pack<D, 4>& sums) const {
    return quotient(D(), sums[2], sums[3], sums[0], sums[1]);
  }
  // The same of one row, from the sums as high + low.
  HWY_INLINE Pack<D, 2> of_totals(const Total (&totals)[2]) const {
    const double s = totals[0].high + totals[0].low, sv = totals[1].high + totals[1].low;
    const double mean = s == 0 ? 0 : sv / s;
    const W high = static_cast<W>(mean);
    return {hn::Set(D(), high), hn::Set(D(), static_cast<W>(mean - static_cast<double>(high)))};
  }
  HWY_INLINE V grad(V p, V v, V mean, V mean_low) const {
    const V centred = hn::Sub(hn::Sub(v, mean), mean_low);
    const V inside = hn::Mul(hn::Mul(curvature(p), inverse), centred);
    return hn::IfThenElse(hn::Eq(p, zero), of_no_state(mean), inside);
  }
};

// grad = (v - p sum v) / T over states with p > 0; given log p.
template <class D>
struct LogSoftmaxVjp {
  using V = hn::Vec<D>;
  using W = hn::TFromD<D>;
  static constexpr size_t kTerms = 1;
  static constexpr W kOutside = -std::numeric_limits<W>::infinity();
  const LogExp<D>& math;
  V lowest, inverse;

  HWY_INLINE LogSoftmaxVjp(const LogExp<D>& of, double temperature)
      : math(of),
        lowest(hn::Set(D(), kOutside)),
        inverse(hn::Set(D(), static_cast<W>(1 / temperature))) {}

  HWY_INLINE Pack<D, 1> terms(V log_p, V v) const {
    const V kept = hn::Add(v, hn::Sub(log_p, log_p));  // keeps a NaN of log_p
    return {hn::IfThenZeroElse(hn::Eq(log_p, lowest), kept)};
  }
  HWY_INLINE Pack<D, 2> of_sums(const Pack<D, 2>& sums) const {
    return {hn::Add(sums[0], sums[1]), hn::Zero(D())};
  }
  HWY_INLINE Pack<D, 2> of_totals(const Total (&totals)[1]) const {
    const double sum = totals[0].high + totals[0].low;
    return {hn::Set(D(), static_cast<W>(sum)), hn::Zero(D())};
  }
  HWY_INLINE V grad(V log_p, V v, V sum, V) const {
    const V inside = hn::Mul(hn::NegMulAdd(math.exp(log_p), sum, v), inverse);
    return hn::IfThenElse(hn::Eq(log_p, lowest), of_no_state(sum), inside);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
