#include "support/numerics.hpp"

#include <cmath>
#include <cstddef>

namespace gibbs::testing {
namespace {

using Value = std::function<long double(const Problem&)>;

// `place` picks the number of a problem that is moved.
template <class Place>
long double slope(const Value& value, Problem problem, Place place) {
  const long double at = place(problem);
  if (!std::isfinite(at)) return 0;
  return derivative(
      [&](long double x) {
        place(problem) = x;
        return value(problem);
      },
      at);
}

// The same for a parameter, whose limits at 0 and infinity are constant.
template <class Place>
long double slope_of_parameter(const Value& value, Problem problem, Place place) {
  return place(problem) == 0 ? 0 : slope(value, problem, place);
}

Value weighted_sum(std::vector<long double> Solution::*numbers,
                   const std::vector<long double>& upstream) {
  return [numbers, upstream](const Problem& problem) {
    const Solution solution = solve(problem);
    std::vector<long double> terms;
    for (std::size_t i = 0; i < upstream.size(); ++i) {
      const bool counts = solution.probabilities[i] > 0;
      terms.push_back(counts ? upstream[i] * (solution.*numbers)[i] : 0);
    }
    return accurate_sum(terms);
  };
}

}  // namespace

long double derivative(const std::function<long double(long double)>& f, long double x,
                       long double h) {
  const long double near = f(x + h) - f(x - h);
  const long double far = f(x + 2 * h) - f(x - 2 * h);
  return (8 * near - far) / (12 * h);
}

Gradient gradient(const Value& value, const Problem& problem) {
  Problem full = problem;
  full.log_degeneracy.resize(problem.scores.size(), 0);
  Gradient result;
  for (std::size_t i = 0; i < problem.scores.size(); ++i) {
    const auto score = [i](Problem& p) -> long double& { return p.scores[i]; };
    const auto log_g = [i](Problem& p) -> long double& { return p.log_degeneracy[i]; };
    result.scores.push_back(slope(value, full, score));
    result.log_degeneracy.push_back(slope(value, full, log_g));
  }
  const auto temperature = [](Problem& p) -> long double& { return p.temperature; };
  const auto alpha = [](Problem& p) -> long double& { return p.alpha; };
  result.temperature = slope_of_parameter(value, full, temperature);
  result.alpha = slope_of_parameter(value, full, alpha);
  return result;
}

Gradient numeric_vjp(const Problem& problem, const std::vector<long double>& upstream) {
  return gradient(weighted_sum(&Solution::probabilities, upstream), problem);
}

Gradient numeric_log_vjp(const Problem& problem, const std::vector<long double>& upstream) {
  return gradient(weighted_sum(&Solution::log_probabilities, upstream), problem);
}

Gradient numeric_log_partition_vjp(const Problem& problem, long double upstream) {
  return gradient([upstream](const Problem& p) { return upstream * solve(p).log_partition; },
                  problem);
}

}  // namespace gibbs::testing
