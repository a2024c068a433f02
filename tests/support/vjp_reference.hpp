#pragma once
// The closed forms of the derivatives in long double, and a call of the library's in vectors.
// tests/maps/vjp_reference_test.cpp holds the closed forms to finite differences.

#include <vector>

#include "support/numerics.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {

// What a vector-Jacobian product sees: probabilities (or their logarithms) and the upstream v.
struct VjpProblem {
  std::vector<long double> probabilities;
  std::vector<long double> upstream;
  long double alpha = 1;
  long double temperature = 1;
  std::vector<long double> log_degeneracy = {};
};

// A derivative and, in `scale`, the sum of the sizes of its terms: what rounding is relative to.
struct ScaledGradient {
  Gradient value;
  Gradient scale;
};

ScaledGradient closed_vjp(const VjpProblem& problem);
ScaledGradient closed_log_vjp(const VjpProblem& problem);  // probabilities hold log p

// entmax_vjp on one row with every output.
template <Score T>
Gradient run_vjp(const VjpProblem& problem) {
  using W = working_t<T>;
  const std::vector<T> p = converted<T>(problem.probabilities);
  const std::vector<T> v = converted<T>(problem.upstream);
  const std::vector<W> log_g = converted<W>(problem.log_degeneracy);
  std::vector<T> grad(p.size());
  std::vector<W> grad_log_g(p.size()), grad_temperature(1), grad_alpha(1);
  EntmaxVjpOptions<T> options;
  options.alpha = static_cast<double>(problem.alpha);
  options.temperature = static_cast<double>(problem.temperature);
  if (!log_g.empty()) options.log_degeneracy = log_g;
  options.grad_temperature = grad_temperature;
  options.grad_log_degeneracy = grad_log_g;
  options.grad_alpha = grad_alpha;
  entmax_vjp(p, v, grad, options);
  return {widened(grad), widened(grad_log_g), grad_temperature[0], grad_alpha[0]};
}

// The same problem with every number as the library sees it in type T.
template <Score T>
VjpProblem rounded_to(VjpProblem problem) {
  problem.probabilities = widened(converted<T>(problem.probabilities));
  problem.upstream = widened(converted<T>(problem.upstream));
  problem.log_degeneracy = widened(converted<working_t<T>>(problem.log_degeneracy));
  problem.alpha = static_cast<double>(problem.alpha);
  problem.temperature = static_cast<double>(problem.temperature);
  return problem;
}

}  // namespace gibbs::testing
