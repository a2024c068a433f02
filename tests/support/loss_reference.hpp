#pragma once
// Fenchel-Young losses of one row in long double, from their definition.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/numerics.hpp"
#include "support/reference.hpp"

namespace gibbs::testing {

// max_p (<p, x> + T H(p)) - <y, x> - T H(y), for finite scores where y > 0.
inline long double reference_loss(const Problem& problem, const std::vector<long double>& y) {
  const Solution solution = solve(problem);
  // Relative to the largest score, so that no digit is lost to it.
  long double top = -std::numeric_limits<long double>::infinity();
  for (const long double x : problem.scores) top = std::max(top, x);
  const auto& p = solution.probabilities;
  std::vector<long double> terms;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const long double x = problem.scores[i] - top;
    if (p[i] > 0) terms.push_back(p[i] * x);
    if (y[i] > 0) terms.push_back(-y[i] * x);
  }
  const auto entropy = [&](const std::vector<long double>& q) {
    return tsallis_entropy(q, problem.alpha, problem.log_degeneracy);
  };
  return accurate_sum(terms) + problem.temperature * (entropy(p) - entropy(y));
}

inline Gradient numeric_loss_gradient(const Problem& problem, const std::vector<long double>& y) {
  return gradient([&](const Problem& moved) { return reference_loss(moved, y); }, problem);
}

inline std::vector<long double> one_hot(std::size_t n, std::size_t label) {
  std::vector<long double> y(n, 0);
  y[label] = 1;
  return y;
}

}  // namespace gibbs::testing
