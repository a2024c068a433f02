#pragma once
// Rows that no exponential decides: an infinite score, no state at all, T = 0, T = infinity.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/row_summary.hpp"

namespace gibbs::kernels {

// Which limit a row is in. kRegular: only an infinite or missing maximum makes it a limit. kArgmax:
// alpha = infinity at a finite T, with the probabilities of T = 0.
enum class Limit { kRegular, kZeroTemperature, kInfiniteTemperature, kArgmax };

// alpha and T of a row, and the limit that they put it in.
struct LimitLaw {
  Limit limit = Limit::kRegular;
  double alpha = 1, temperature = 1;
};

// (1 - G^(1 - alpha)) / (alpha (alpha - 1)), the entropy of p = g / G; log G at alpha = 1.
inline double entropy_of_shares(double log_total, double alpha) {
  if (alpha == std::numeric_limits<double>::infinity()) return 0;
  const double b = alpha - 1;
  if (b == 0) return log_total;
  return -std::expm1(-b * log_total) / (alpha * b);
}

// Writes p = g / sum(g) over the states that the limit selects (log p if `logarithm`), 0 elsewhere.
// log_weights may be null (g = 1); out may be null or x.
// edges     a NaN in x or log_weights: all NaN; no state: all 0, log Z = -inf
template <class W, class L = W>
RowSummary limit_row(const W* x, const L* log_weights, std::size_t n, const LimitLaw& law,
                     bool logarithm, W* out);

namespace detail {

template <class W, class L>
W largest_score(const W* x, const L* log_weights, std::size_t n) {
  W top = -std::numeric_limits<W>::infinity();
  for (std::size_t i = 0; i < n; ++i) {
    const L weight = log_weights ? log_weights[i] : L{0};
    if (std::isnan(x[i]) || std::isnan(weight) || weight == std::numeric_limits<L>::infinity()) {
      return std::numeric_limits<W>::quiet_NaN();
    }
    if (weight != -std::numeric_limits<L>::infinity() && x[i] > top) top = x[i];
  }
  return top;
}

inline double limit_log_partition(const LimitLaw& law, double top, double entropy) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (top == kInfinity) return top;
  if (law.limit == Limit::kArgmax) return top / law.temperature;
  if (law.limit == Limit::kInfiniteTemperature || top == 0) return entropy;
  return std::copysign(kInfinity, top);
}

}  // namespace detail

template <class W, class L>
RowSummary limit_row(const W* x, const L* log_weights, std::size_t n, const LimitLaw& law,
                     bool logarithm, W* out) {
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  const W top = detail::largest_score(x, log_weights, n);
  if (std::isnan(top)) {
    if (out) std::fill_n(out, n, top);
    return RowSummary::nan();
  }
  const bool all = law.limit == Limit::kInfiniteTemperature && top != kInfinity;
  // long double, so that double shares keep their 4 ulp where the weights are far apart.
  const auto weight = [&](std::size_t i) {
    return log_weights ? static_cast<long double>(log_weights[i]) : 0.0L;
  };
  const auto selected = [&](std::size_t i) {
    return x[i] > -kInfinity && (all || x[i] == top) && !std::isinf(weight(i));
  };
  long double largest = -std::numeric_limits<long double>::infinity(), total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (selected(i) && weight(i) > largest) largest = weight(i);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (selected(i)) total += std::exp(weight(i) - largest);
  }
  std::int64_t support = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const bool chosen = selected(i);
    const W p = chosen ? static_cast<W>(std::exp(weight(i) - largest) / total) : W{0};
    support += p > 0;
    if (!out) continue;
    out[i] = !logarithm ? p
             : chosen   ? static_cast<W>(weight(i) - largest - std::log(total))
                        : -kInfinity;
  }
  RowSummary summary;
  if (total > 0) {
    const auto log_total = static_cast<double>(largest + std::log(total));
    summary.entropy = entropy_of_shares(log_total, law.alpha);
    summary.log_partition =
        detail::limit_log_partition(law, static_cast<double>(top), summary.entropy);
    summary.max = static_cast<double>(top);
    summary.excess = summary.entropy;
    summary.threshold = all ? -std::numeric_limits<double>::infinity() : static_cast<double>(top);
    summary.support = support;
  }
  return summary;
}

}  // namespace gibbs::kernels
