#include "support/constrained_reference.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace gibbs::testing {
namespace {

using Real = long double;
constexpr Real kInfinity = std::numeric_limits<Real>::infinity();

Real at(const std::vector<Real>& values, std::size_t i, Real otherwise) {
  return values.empty() ? otherwise : values[i];
}

// f(r), r >= 0.
Real f(const ConstrainedProblem& problem, Real r) {
  const Real a = problem.alpha, r_log_r = r == 0 ? 0 : r * std::log(r);
  switch (problem.kind) {
    case Divergence::kAlpha:
      return a == 1 ? r_log_r : (std::pow(r, a) - r) / (a * (a - 1));
    case Divergence::kEuclidean:
      return r * r / 2;
    case Divergence::kReverseKl:
      return -std::log(r);
    case Divergence::kChiSquare:
      return (r - 1) * (r - 1);
    case Divergence::kHellinger:
      return std::pow(std::sqrt(r) - 1, 2.0L);
    case Divergence::kJensenShannon:
      return r_log_r - (r + 1) * std::log((r + 1) / 2);
    case Divergence::kFermiDirac:
      return r_log_r + (r == 1 ? 0 : (1 - r) * std::log(1 - r));
  }
  return 0;
}

// The zero of a falling function.
Real zero_of(const std::function<Real(Real)>& excess, Real low, Real high) {
  for (int i = 0; i < 140; ++i) {
    const Real middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (excess(middle) > 0 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

// f'(r), by its definition.
Real slope(const ConstrainedProblem& problem, Real r) {
  const Real a = problem.alpha;
  switch (problem.kind) {
    case Divergence::kAlpha:
      return a == 1 ? std::log(r) + 1 : (a * std::pow(r, a - 1) - 1) / (a * (a - 1));
    case Divergence::kEuclidean:
      return r;
    case Divergence::kReverseKl:
      return -1 / r;
    case Divergence::kChiSquare:
      return 2 * (r - 1);
    case Divergence::kHellinger:
      return 1 - 1 / std::sqrt(r);
    case Divergence::kJensenShannon:
      return std::log(r) - std::log((r + 1) / 2);
    case Divergence::kFermiDirac:
      return std::log(r) - std::log1p(-r);
  }
  return 0;
}

// r with f'(r) = z: bisection on log r, so that no inverse is typed twice.
Real ratio(const ConstrainedProblem& problem, Real z) {
  const Real least = -60;
  const Real most = problem.kind == Divergence::kFermiDirac ? 0 : 60;
  const auto excess = [&](Real log_r) { return z - slope(problem, std::exp(log_r)); };
  if (!(excess(least) > 0)) return 0;
  if (most > 0 && excess(most) > 0) return kInfinity;
  return std::exp(zero_of(excess, least, most));
}

Real p_at(const ConstrainedProblem& problem, std::size_t i, Real tau) {
  const Real g = std::exp(at(problem.log_degeneracy, i, 0));
  const Real w = at(problem.weights, i, 1);
  const Real p = g * ratio(problem, (problem.scores[i] - tau * w) / problem.temperature);
  return std::clamp(p, at(problem.lower, i, 0), at(problem.upper, i, kInfinity));
}

}  // namespace

ConstrainedSolution solve(const ConstrainedProblem& problem) {
  const std::size_t n = problem.scores.size();
  const auto excess = [&](Real tau) {
    Real sum = -problem.budget;
    for (std::size_t i = 0; i < n; ++i) sum += at(problem.weights, i, 1) * p_at(problem, i, tau);
    return sum;
  };
  Real reach = problem.temperature;
  while (!(excess(-reach) > 0 && excess(reach) < 0) && reach < 1e6L) reach *= 2;
  ConstrainedSolution solution;
  solution.multiplier = zero_of(excess, -reach, reach);
  for (std::size_t i = 0; i < n; ++i) {
    const Real p = p_at(problem, i, solution.multiplier);
    const Real g = std::exp(at(problem.log_degeneracy, i, 0));
    solution.probabilities.push_back(p);
    solution.value += p * problem.scores[i] - problem.temperature * g * f(problem, p / g);
  }
  return solution;
}

ConstrainedSolution solve_normmax(const std::vector<Real>& scores, Real alpha, Real temperature) {
  const Real top = *std::max_element(scores.begin(), scores.end());
  const auto unit = [&](Real x, Real tau) { return std::max<Real>(0, (x - tau) / temperature); };
  const Real power = std::isinf(alpha) ? 1 : alpha / (alpha - 1);
  const auto excess = [&](Real tau) {
    Real sum = -1;
    for (const Real x : scores) sum += std::pow(unit(x, tau), power);
    return sum;
  };
  ConstrainedSolution solution;
  solution.multiplier = zero_of(excess, top - temperature, top);
  Real sum = 0;
  for (const Real x : scores) {
    const Real u = unit(x, solution.multiplier);
    solution.probabilities.push_back(u > 0 ? std::pow(u, power - 1) : 0);
    sum += solution.probabilities.back();
  }
  Real norm = 0;
  for (Real& p : solution.probabilities) {
    p /= sum;
    norm = std::isinf(alpha) ? std::max(norm, p) : norm + std::pow(p, alpha);
  }
  if (!std::isinf(alpha)) norm = std::pow(norm, 1 / alpha);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    solution.value += solution.probabilities[i] * scores[i];
  }
  solution.value -= temperature * norm;
  return solution;
}

}  // namespace gibbs::testing
