#pragma once
// The threshold of entmax at 0 < alpha < 2 from sums over the row at trial values of it.

#include <algorithm>
#include <cmath>

namespace gibbs::kernels {

// Sums over a row at a trial delta = t - max / T: of p, of q = -dp/dt, of p v.
struct TsallisSums {
  double p = 0, q = 0, pv = 0;
};

// (1 - F^-b) / b, by its series near F = 1. Float rows need no more than float functions away from
// there: the step only has to come near.
template <class W>
double norm_excess(double sum, double b) {
  const double e = sum - 1;
  if (std::abs(e) < 1e-3) {
    return e * (1 - (1 + b) / 2 * e * (1 - (2 + b) / 3 * e * (1 - (3 + b) / 4 * e)));
  }
  if constexpr (sizeof(W) == 4) {
    const float y = static_cast<float>(b) * std::log(static_cast<float>(sum));
    if (std::abs(y) > 0.1f) return (1 - static_cast<double>(std::exp(-y))) / b;
  }
  return -std::expm1(-b * std::log(sum)) / b;
}

// What Newton's method found: the answer is delta + step; the last sums are those at delta.
struct TsallisRoot {
  double delta = 0, step = 0;
};

// Newton's method on the norm (sum p)^b, which is nearly straight in t: from t = max / T, where the
// sum is at least 1, the steps never overshoot for alpha < 2. It ends when the step after this one
// would be below the tolerance; `taylor`: and this one small enough for p(delta + step) by its
// second-order expansion at delta.
template <class W, class Sums>
TsallisRoot newton_on_norm(double b, bool taylor, const Sums& sums_at) {
  constexpr double kTolerance = sizeof(W) == 4 ? 3e-8 : 1e-16;
  const double longest = taylor ? std::cbrt(kTolerance) : 1;
  TsallisRoot root;
  double last = 1;
  for (int i = 0; i < 100; ++i) {
    root.delta = std::max(0.0, root.delta + root.step);
    const TsallisSums sums = sums_at(root.delta);
    root.step = sums.p / sums.q * norm_excess<W>(sums.p, b);
    const double size = std::abs(root.step), ratio = size / last;
    // The error falls with its square at last: the next step is about (size / last)^2 of this one.
    // Near alpha 2 it falls as states leave the support, many at once, and not before the sum is
    // near.
    const bool early = i == 0 || (b >= 0.5 && !(std::abs(sums.p - 1) < 1e-3));
    const double next = early ? size : size * std::min(1.0, ratio * ratio) * (b < 0.5 ? 1 : 64);
    if (!(next > kTolerance * (1 + root.delta)) && !(size > longest)) break;
    if (!(size > 64 * kTolerance) && ratio > 0.5) break;  // steps of rounding only
    if (std::isnan(size)) break;
    last = size;
  }
  return root;
}

}  // namespace gibbs::kernels
