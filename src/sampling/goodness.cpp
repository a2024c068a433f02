#include "gibbs/sampling/goodness.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/check.hpp"

namespace gibbs {
namespace {

constexpr double kFewest = 10;  // expected counts: below, Pearson's statistic is no chi-square

// Q(a, x) = Gamma(a, x) / Gamma(a): 1 - P by its series where x < a + 1, else Lentz's fraction.
// source: DLMF 8.11.4, 8.9.2
double upper_gamma(double a, double x) {
  constexpr double kEpsilon = 1e-16;
  constexpr int kMost = 100000;
  if (x <= 0) return 1;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < kMost && term > kEpsilon * sum; ++n) sum += term *= x / (a + n);
    return std::max(0.0, 1 - sum * front);
  }
  double b = x + 1 - a, c = std::numeric_limits<double>::max(), d = 1 / b, fraction = d;
  for (int n = 1; n < kMost; ++n) {
    const double an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    fraction *= c * d;
    if (std::fabs(c * d - 1) < kEpsilon) break;
  }
  return front * fraction;
}

// P(sup |B| >= x) of a Brownian bridge: 2 sum (-1)^(k-1) exp(-2 k^2 x^2), or its dual.
double kolmogorov_tail(double x) {
  constexpr double kPi = 3.14159265358979323846;
  if (x <= 0) return 1;
  double sum = 0;
  if (x < 1) {
    for (int k = 1; k <= 5; ++k) {
      sum += std::exp(-(2 * k - 1) * (2 * k - 1) * kPi * kPi / (8 * x * x));
    }
    return 1 - std::sqrt(2 * kPi) / x * sum;
  }
  for (int k = 1; k <= 10; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return sum;
}

}  // namespace

double chi_square_tail(double x, double degrees_of_freedom) {
  return upper_gamma(degrees_of_freedom / 2, x / 2);
}

double two_sided_tail(double z) { return std::erfc(std::fabs(z) / std::sqrt(2.0)); }

GoodnessOfFit chi_square_test(std::span<const std::int64_t> counts,
                              std::span<const double> probabilities) {
  const char* const function = "chi_square_test";
  base::check_length(function, "probabilities", static_cast<std::int64_t>(probabilities.size()),
                     static_cast<std::int64_t>(counts.size()), "count");
  double total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    base::check_entry_not_negative(function, "counts", at, static_cast<double>(counts[i]));
    base::check_entry_not_negative(function, "probabilities", at, probabilities[i]);
    total += static_cast<double>(counts[i]);
  }
  GoodnessOfFit fit;
  double rare = 0, rare_expected = 0, bins = 0;
  const auto add = [&](double count, double expected) {
    fit.statistic += (count - expected) * (count - expected) / expected;
    bins += 1;
  };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = static_cast<double>(counts[i]), expected = total * probabilities[i];
    if (expected == 0 && count > 0) return {std::numeric_limits<double>::infinity(), 0, 0};
    if (expected >= kFewest) {
      add(count, expected);
    } else {
      rare += count;
      rare_expected += expected;
    }
  }
  if (rare_expected >= kFewest) add(rare, rare_expected);
  fit.degrees_of_freedom = std::max(bins - 1, 0.0);
  if (bins > 1) fit.p_value = chi_square_tail(fit.statistic, fit.degrees_of_freedom);
  return fit;
}

GoodnessOfFit uniformity_test(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  if (sorted.empty()) return {};
  const bool within =
      std::all_of(sorted.begin(), sorted.end(), [](double v) { return v >= 0 && v <= 1; });
  if (!within) return {1, static_cast<double>(sorted.size()), 0};
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, (rank + 1) / n - sorted[i], sorted[i] - rank / n});
  }
  const double root = std::sqrt(n);
  return {distance, n,
          std::clamp(kolmogorov_tail((root + 0.12 + 0.11 / root) * distance), 0.0, 1.0)};
}

}  // namespace gibbs
