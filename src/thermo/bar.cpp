#include "gibbs/thermo/bar.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "gibbs/thermo/mbar.hpp"
#include "thermo/compensated.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_work(const char* function, const char* argument, std::span<const double> work) {
  if (work.empty()) {
    base::refuse(function, std::string(argument) + " must have at least 1 value, got 0");
  }
  for (std::size_t n = 0; n < work.size(); ++n) {
    if (work[n] > -kInfinity) continue;
    const std::string entry = std::string(argument) + "[" + std::to_string(n) + "]";
    base::refuse_value(function, entry + " must be a number or +inf", work[n]);
  }
}

// u = (0, w) of samples of state 0 and (w, 0) of those of state 1.
Potentials two_states(std::span<const double> forward, std::span<const double> reverse) {
  const auto first_reverse = std::ssize(forward);
  const auto fill = [=](std::int64_t first, Rows<double> u) {
    for (std::int64_t j = 0; j < u.cols; ++j) {
      const std::int64_t n = first + j;
      const bool own = n < first_reverse;
      u(own ? 0 : 1, j) = 0;
      u(own ? 1 : 0, j) = own ? forward[static_cast<std::size_t>(n)]
                              : reverse[static_cast<std::size_t>(n - first_reverse)];
    }
  };
  return Potentials::blocks(2, first_reverse + std::ssize(reverse), fill);
}

}  // namespace

BarResult bar(std::span<const double> forward, std::span<const double> reverse,
              const SolveOptions& options) {
  detail::check_options("bar", options);
  check_work("bar", "forward", forward);
  check_work("bar", "reverse", reverse);
  const std::int64_t counts[] = {std::ssize(forward), std::ssize(reverse)};
  const Mbar mbar(two_states(forward, reverse), counts, {options, {}});
  const double both = mbar.overlap()(0, 1) + mbar.overlap()(1, 0);
  return {mbar.free_energies()[1], mbar.uncertainty()(0, 1), both, mbar.report()};
}

Estimate exponential_average(std::span<const double> work) {
  check_work("exponential_average", "work", work);
  const auto count = static_cast<double>(work.size());
  std::vector<double> scores;
  for (const double w : work) scores.push_back(-w);
  const double log_mean = log_sum_exp(scores) - std::log(count);
  if (log_mean == -kInfinity) return {kInfinity, std::numeric_limits<double>::quiet_NaN()};
  // Each weight relative to the mean, so the variance is that of a logarithm.
  detail::CompensatedSum squares;
  for (const double score : scores) {
    const double off = std::expm1(score - log_mean);
    squares.add(off * off);
  }
  return {-log_mean, std::sqrt(squares.value() / (count * (count - 1)))};
}

}  // namespace gibbs::thermo
