// (x - max) / T + log g as unevaluated sums of two doubles, for one SIMD target.

#if defined(GIBBS_KERNELS_PREPARE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PREPARE_INL_H_
#undef GIBBS_KERNELS_PREPARE_INL_H_
#else
#define GIBBS_KERNELS_PREPARE_INL_H_
#endif

#include <limits>

#include "kernels/prepare.hpp"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// a - q t to the last bit where q is a / t rounded: the fused step, or Dekker's product without it.
template <class V, class D>
HWY_INLINE V division_remainder(D d, V a, V q, V t) {
#if HWY_NATIVE_FMA
  (void)d;
  return hn::NegMulAdd(q, t, a);
#else
  const auto splitter = hn::Set(d, 134217729.0);  // 2^27 + 1, Dekker 1971
  const auto upper = [&](V v) HWY_ATTR {
    const auto c = hn::Mul(splitter, v);
    return hn::Sub(c, hn::Sub(c, v));
  };
  const auto q_high = upper(q), t_high = upper(t);
  const auto q_low = hn::Sub(q, q_high), t_low = hn::Sub(t, t_high);
  auto rest = hn::Sub(a, hn::Mul(q_high, t_high));
  rest = hn::Sub(rest, hn::Mul(q_high, t_low));
  rest = hn::Sub(rest, hn::Mul(q_low, t_high));
  return hn::Sub(rest, hn::Mul(q_low, t_low));
#endif
}

template <class W>
HWY_INLINE void prepare(const W* x, const W* log_weights, int64_t n, W max, double temperature,
                        double* high, double* low) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const auto lowest = hn::Set(d, -std::numeric_limits<double>::infinity());
  const auto t = hn::Set(d, temperature), minus_max = hn::Set(d, -static_cast<double>(max));
  const auto zero = hn::Zero(d), one = hn::Set(d, 1.0);
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < n; i += lanes) {
    const auto count = static_cast<size_t>(n - i);
    const V score = load_as_double(d, x + i, count);
    V difference, lost, sum, error;
    two_sum(score, minus_max, difference, lost);
    const V quotient = hn::Div(difference, t);
    const V rest = hn::Div(hn::Add(division_remainder(d, difference, quotient, t), lost), t);
    const V weight = log_weights ? load_as_double(d, log_weights + i, count) : zero;
    two_sum(quotient, weight, sum, error);
    const V small = hn::Add(error, rest);
    const auto absent =
        hn::And(hn::Eq(score, score), hn::Or(hn::Eq(score, lowest), hn::Eq(weight, lowest)));
    sum = hn::IfThenElse(absent, lowest, sum);
    // Where the sum is too large for an exponential to differ, the rest may be anything, even NaN.
    const V kept = hn::IfThenElseZero(hn::Lt(hn::Abs(small), one), small);
    const V kept_low = hn::IfThenElse(absent, zero, kept);
    if (count >= hn::Lanes(d)) {
      hn::StoreU(sum, d, high + i);
      hn::StoreU(kept_low, d, low + i);
    } else {
      store_first(sum, d, high + i, count);
      store_first(kept_low, d, low + i, count);
    }
  }
}

void prepare_float(const float* x, const float* log_weights, int64_t n, float max,
                   double temperature, double* high, double* low) {
  prepare(x, log_weights, n, max, temperature, high, low);
}
void prepare_double(const double* x, const double* log_weights, int64_t n, double max,
                    double temperature, double* high, double* low) {
  prepare(x, log_weights, n, max, temperature, high, low);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
