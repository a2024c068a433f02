#include "gibbs/sampling/goodness.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/log_gamma.hpp"

namespace gibbs {
namespace {

constexpr double kFewest = 10;  // expected counts: below, Pearson's statistic is no chi-square

struct Bin {
  double count = 0, expected = 0;

  bool is_rare() const { return expected < kFewest; }
  double term() const { return (count - expected) * (count - expected) / expected; }
  Bin& operator+=(const Bin& other) {
    count += other.count;
    expected += other.expected;
    return *this;
  }
};

// Q(a, x) = Gamma(a, x) / Gamma(a): 1 - P by its series where x < a + 1, else Lentz's fraction.
// source: DLMF 8.11.4, 8.9.2
double upper_gamma(double a, double x) {
  constexpr double kEpsilon = 1e-16;
  constexpr int kMost = 100000;
  if (x <= 0) return 1;
  const double front = std::exp(a * std::log(x) - x - base::log_gamma(a));
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

// P(X >= count) of a binomial variable of mean `expected` < 10 in `draws`; 1 up to the mean. Beyond
// it the terms fall, at last geometrically.
double binomial_tail(const Bin& bin, double draws) {
  const double q = bin.expected / draws, k = bin.count;
  if (k <= bin.expected || q >= 1) return 1;
  const double log_first = base::log_gamma(draws + 1) - base::log_gamma(k + 1) -
                           base::log_gamma(draws - k + 1) + k * std::log(q) +
                           (draws - k) * std::log1p(-q);
  double term = 1, sum = 1;
  for (double j = k; j < draws && term > 1e-17 * sum; ++j) {
    sum += term *= (draws - j) / (j + 1) * q / (1 - q);
  }
  return std::min(std::exp(log_first) * sum, 1.0);
}

// Pearson's test of bins of which all but a few rare ones are counted apart.
GoodnessOfFit pearson(const std::vector<Bin>& common, const Bin& rare, double draws) {
  GoodnessOfFit fit;
  fit.degrees_of_freedom = std::max(static_cast<double>(common.size()) - 1, 0.0);
  const auto least = std::min_element(common.begin(), common.end(), [](const Bin& a, const Bin& b) {
    return a.expected < b.expected;
  });
  for (auto bin = common.begin(); bin != common.end(); ++bin) {
    fit.statistic += bin == least ? (Bin(rare) += *bin).term() : bin->term();
  }
  if (common.size() > 1) fit.p_value = chi_square_tail(fit.statistic, fit.degrees_of_freedom);
  const double tail = binomial_tail(rare, draws);
  if (tail >= fit.p_value) return fit;
  return {fit.statistic + rare.term(), fit.degrees_of_freedom + 1, tail};
}

void check_law(std::span<const std::int64_t> counts, std::span<const double> probabilities) {
  const char* const function = "chi_square_test";
  base::check_length(function, "probabilities", static_cast<std::int64_t>(probabilities.size()),
                     static_cast<std::int64_t>(counts.size()), "count");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    base::check_entry_not_negative(function, "counts", at, static_cast<double>(counts[i]));
    base::check_entry_not_negative(function, "probabilities", at, probabilities[i]);
    if (std::isfinite(probabilities[i])) continue;
    const std::string entry = "probabilities[" + std::to_string(at) + "]";
    base::refuse_value(function, entry + " must be a number", probabilities[i]);
  }
}

}  // namespace

double chi_square_tail(double x, double degrees_of_freedom) {
  return upper_gamma(degrees_of_freedom / 2, x / 2);
}

double two_sided_tail(double z) { return std::erfc(std::fabs(z) / std::sqrt(2.0)); }

GoodnessOfFit chi_square_test(std::span<const std::int64_t> counts,
                              std::span<const double> probabilities) {
  check_law(counts, probabilities);
  double draws = 0;
  for (const std::int64_t count : counts) draws += static_cast<double>(count);
  std::vector<Bin> common;
  Bin rare;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Bin bin{static_cast<double>(counts[i]), draws * probabilities[i]};
    if (bin.expected == 0 && bin.count > 0) return {std::numeric_limits<double>::infinity(), 0, 0};
    if (bin.is_rare()) {
      rare += bin;
    } else {
      common.push_back(bin);
    }
  }
  if (!rare.is_rare()) {
    common.push_back(rare);
    rare = {};
  }
  return pearson(common, rare, draws);
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
