#pragma once
// The threshold of entmax at 0 < alpha < 2 from sums over the row at trial values of it.

#include <algorithm>
#include <cmath>

namespace gibbs::kernels {

// Sums over a row at a trial delta = t - max / T: of p, of q = -dp/dt, of p v, and of r = q^2 / p,
// which is -dq/dt / (1 - b).
struct TsallisSums {
  double p = 0, q = 0, pv = 0, r = 0;
};

// What a pass over a row computes: p to 1e-3, or p, or p and p v instead of r.
enum class TsallisPass { kRough, kExact, kMoment };

// (1 - F^-b) / b, by its series near F = 1. Float rows need no more than float functions away from
// there: the step only has to come near.
template <class W>
double norm_excess(double sum, double b, double inverse_b) {
  constexpr double kSeries = sizeof(W) == 4 ? 0.03 : 1e-3;
  const double e = sum - 1;
  if (std::abs(e) < kSeries) {
    return e * (1 - (1 + b) / 2 * e * (1 - (2 + b) / 3 * e * (1 - (3 + b) / 4 * e)));
  }
  if constexpr (sizeof(W) == 4) {
    const float y = static_cast<float>(b) * std::log(static_cast<float>(sum));
    if (std::abs(y) > 0.1f) return (1 - static_cast<double>(std::exp(-y))) * inverse_b;
  }
  return -std::expm1(-b * std::log(sum)) * inverse_b;
}

// What Newton's method found: the answer is delta + step; the last sums are those at delta.
struct TsallisRoot {
  double delta = 0, step = 0;
};

// A step, and half the ratio of the norm's second to its first derivative.
struct TsallisStep {
  double size = 0, bend = 0;
};

// The step of Newton's method on the norm (sum p)^b to 1. If it bends, the parabola's by its
// series: then an error falls with its cube. Far from the answer, where the bend would be most of
// the step, a sixth of a step has to do.
template <class W>
TsallisStep newton_step(const TsallisSums& sums, double b, double inverse_b, bool bends) {
  const double newton = sums.p / sums.q * norm_excess<W>(sums.p, b, inverse_b);
  if (!bends) return {newton, 0};
  const double bend = (1 - b) / 2 * (sums.r / sums.q - sums.q / sums.p);
  const double part = std::clamp(bend * newton, -0.25, 0.125);
  return {newton + newton * part * (1 + 2 * part), bend};
}

// The norm (sum p)^b is nearly straight in t: from t = max / T, where the sum is at least 1, the
// steps of Newton's method never overshoot for alpha < 2. They end when the step after this one
// would be below the tolerance; `taylor`: and this one small enough for p(delta + step) by its
// second-order expansion at delta. sums_at(delta, pass) is of an exact pass when they end.
template <class W, class Sums>
TsallisRoot newton_on_norm(double b, bool taylor, const Sums& sums_at) {
  constexpr double kTolerance = sizeof(W) == 4 ? 3e-8 : 1e-16;
  const double longest = taylor ? std::cbrt(kTolerance) : 1;
  // Nearer to 1/2 the states at the end of the support come to rule r, and the forecast of a step
  // is worth less.
  const bool smooth = b <= 0.3;
  const double inverse_b = 1 / b;
  TsallisRoot root;
  double last = 1;
  for (int i = 0; i < 100; ++i) {
    // At 1/4 no pass is rough, as powers are few multiplications.
    const bool rough = i == 0 && sizeof(W) == 4 && smooth && b != 0.25;
    // Where b delta is a lane: passes do without its second part.
    const double target = std::max(0.0, root.delta + root.step);
    root.delta = static_cast<double>(static_cast<W>(b * target)) * inverse_b;
    const TsallisSums sums = sums_at(root.delta, rough ? TsallisPass::kRough : TsallisPass::kExact);
    const bool bends = smooth && i < 8;
    const TsallisStep step = newton_step<W>(sums, b, inverse_b, bends);
    root.step = step.size;
    const double size = std::abs(root.step), ratio = size / last, bent = 4 * step.bend * size;
    last = size;
    if (rough) continue;
    // The error falls with its square at last, or cube: the next step is about (size / last)^2 of
    // this one, or at most (4 bend size)^2. Near alpha 2 it falls as states leave the support, many
    // at once, and not before the sum is near.
    const bool early = i == 0 || (b >= 0.5 && !(std::abs(sums.p - 1) < 1e-3));
    const double fall = bends ? std::max(ratio * ratio * ratio, bent * bent) : ratio * ratio;
    const double next = early ? size : size * std::min(1.0, fall) * (smooth ? 1 : 64);
    if (!(next > kTolerance * (1 + root.delta)) && !(size > longest)) break;
    if (!(size > 64 * kTolerance) && ratio > 0.5) break;  // steps of rounding only
    if (std::isnan(size)) break;
  }
  return root;
}

}  // namespace gibbs::kernels
