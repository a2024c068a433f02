// What a solver says of itself.

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo {

const char* name(SolveStatus status) {
  switch (status) {
    case SolveStatus::kConverged:
      return "converged";
    case SolveStatus::kDisconnected:
      return "disconnected";
    case SolveStatus::kIterationLimit:
      return "iteration limit";
    case SolveStatus::kStalled:
      break;
  }
  return "stalled";
}

namespace detail {
namespace {

// "0-2, 5"
std::string list(const std::vector<std::int64_t>& states) {
  std::string words;
  for (std::size_t i = 0; i < states.size(); ++i) {
    std::size_t last = i;
    while (last + 1 < states.size() && states[last + 1] == states[last] + 1) ++last;
    words += (words.empty() ? "" : ", ") + std::to_string(states[i]);
    if (last > i) words += "-" + std::to_string(states[last]);
    i = last;
  }
  return words;
}

std::string steps(const SolveReport& r) {
  return std::to_string(r.iterations) + (r.iterations == 1 ? " step" : " steps");
}

std::string sentence(const SolveReport& r) {
  std::string words = std::string(name(r.status)) + " after " + steps(r) + ", gradient " +
                      base::text(r.gradient_norm, 2);
  if (r.components.size() <= 1) return words;
  words += "; states that share no samples with the others: ";
  for (std::size_t c = 0; c < r.components.size(); ++c) {
    words += (c == 0 ? "" : " | ") + list(r.components[c]);
  }
  return words;
}

}  // namespace

void check_options(const char* function, const SolveOptions& options) {
  base::check_not_negative(function, "tolerance", options.tolerance);
  base::check_not_negative(function, "max_iterations", static_cast<double>(options.max_iterations));
  base::check_not_negative(function, "least_shared", options.least_shared);
}

double error_apart(const SolveReport& report) {
  using Limits = std::numeric_limits<double>;
  return report.components.empty() ? Limits::quiet_NaN() : Limits::infinity();
}

SolveReport told_of(SolveReport report, std::vector<std::vector<std::int64_t>> components) {
  if (!report.components.empty()) report.components = std::move(components);
  if (report.converged && report.components.size() > 1) {
    report.converged = false;
    report.status = SolveStatus::kDisconnected;
  }
  report.message = sentence(report);
  return report;
}

}  // namespace detail
}  // namespace gibbs::thermo
