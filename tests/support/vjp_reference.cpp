#include "support/vjp_reference.hpp"

#include <cmath>
#include <cstddef>

namespace gibbs::testing {
namespace {

using Real = long double;

// Adds a term to a derivative and its size to the scale.
void add(Real& value, Real& scale, Real term) {
  value += term;
  scale += std::abs(term);
}

struct State {
  Real p, v, log_r;
};

// The state, if it is in the support.
bool state_at(const VjpProblem& problem, std::size_t i, bool logarithm, State& state) {
  const Real given = problem.probabilities[i];
  state.p = logarithm ? std::exp(given) : given;
  state.v = problem.upstream[i];
  const Real log_g = problem.log_degeneracy.empty() ? 0 : problem.log_degeneracy[i];
  state.log_r = (logarithm ? given : std::log(given)) - log_g;
  return state.p > 0;
}

// (r^b - 1) / b, log r at b = 0.
Real power(Real log_r, Real b) { return b == 0 ? log_r : std::expm1(b * log_r) / b; }

// (exp(-y) - 1 + y) / y^2 by its series where the difference cancels.
Real psi(Real y) {
  if (std::abs(y) > 0.1L) return (std::expm1(-y) + y) / (y * y);
  Real sum = 0;
  Real term = 0.5L;
  for (int k = 3; k < 20; ++k) sum += term, term *= -y / k;
  return sum;
}

ScaledGradient zeros(std::size_t cols) {
  const Gradient zero{std::vector<Real>(cols), std::vector<Real>(cols), 0, 0};
  return {zero, zero};
}

bool is_limit(const VjpProblem& problem) {
  return problem.temperature == 0 || std::isinf(problem.temperature) || std::isinf(problem.alpha);
}

// s = p r^-b; in the limits, where only g counts, p itself.
Real weight_of(const VjpProblem& problem, const State& state) {
  return is_limit(problem) ? state.p : state.p * std::exp(-(problem.alpha - 1) * state.log_r);
}

// vbar = sum s v / sum s, and the size of its terms.
void weighted_mean(const VjpProblem& problem, Real& mean, Real& size) {
  std::vector<Real> weights, values, sizes;
  State state{};
  for (std::size_t i = 0; i < problem.probabilities.size(); ++i) {
    if (!state_at(problem, i, false, state)) continue;
    const Real s = weight_of(problem, state);
    weights.push_back(s);
    values.push_back(s * state.v);
    sizes.push_back(s * std::abs(state.v));
  }
  const Real total = accurate_sum(weights);
  mean = total > 0 ? accurate_sum(values) / total : 0;
  size = total > 0 ? accurate_sum(sizes) / total : 0;
}

}  // namespace

ScaledGradient closed_vjp(const VjpProblem& problem) {
  ScaledGradient result = zeros(problem.probabilities.size());
  auto& [value, scale] = result;
  Real mean = 0;
  Real size = 0;
  weighted_mean(problem, mean, size);
  const Real b = problem.alpha - 1;
  const Real t = problem.temperature;
  State state{};
  for (std::size_t i = 0; i < problem.probabilities.size(); ++i) {
    if (!state_at(problem, i, false, state)) continue;
    const Real s = weight_of(problem, state);
    const Real from_mean = state.v - mean;
    const Real reach = std::abs(state.v) + size;
    value.log_degeneracy[i] = state.p * from_mean;
    scale.log_degeneracy[i] = state.p * reach;
    if (is_limit(problem)) continue;
    value.scores[i] = s * from_mean / t;
    scale.scores[i] = s * reach / t;
    const Real of_t = s * power(state.log_r, b) / t;
    value.temperature -= of_t * from_mean;
    scale.temperature += std::abs(of_t) * reach;
    const Real of_alpha = state.p * state.log_r * state.log_r * psi(b * state.log_r);
    value.alpha -= of_alpha * from_mean;
    scale.alpha += std::abs(of_alpha) * reach;
  }
  return result;
}

ScaledGradient closed_log_vjp(const VjpProblem& problem) {
  ScaledGradient result = zeros(problem.probabilities.size());
  auto& [value, scale] = result;
  State state{};
  Real total = 0;
  Real size = 0;
  for (std::size_t i = 0; i < problem.probabilities.size(); ++i) {
    if (state_at(problem, i, true, state)) add(total, size, state.v);
  }
  for (std::size_t i = 0; i < problem.probabilities.size(); ++i) {
    if (!state_at(problem, i, true, state)) continue;
    const Real along = state.v - state.p * total;
    const Real reach = std::abs(state.v) + state.p * size;
    value.log_degeneracy[i] = along;
    scale.log_degeneracy[i] = reach;
    if (is_limit(problem)) continue;
    value.scores[i] = along / problem.temperature;
    scale.scores[i] = reach / problem.temperature;
    value.temperature -= along * state.log_r / problem.temperature;
    scale.temperature += reach * std::abs(state.log_r) / problem.temperature;
  }
  return result;
}

}  // namespace gibbs::testing
