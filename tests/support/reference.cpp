#include "support/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace gibbs::testing {
namespace {

using Real = long double;
using Reals = std::vector<long double>;

constexpr Real kInfinity = std::numeric_limits<Real>::infinity();
constexpr Real kNoise = 1e-19L;  // about one rounding of a sum near 1
constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();

Real log_g_of(const Problem& problem, std::size_t i) {
  return problem.log_degeneracy.empty() ? 0 : problem.log_degeneracy[i];
}

bool is_on(const Problem& problem, std::size_t i) {
  return problem.mask.empty() || problem.mask[i];
}

bool spoils_row(const Problem& problem, std::size_t i) {
  const Real log_g = log_g_of(problem, i);
  return is_on(problem, i) && (std::isnan(problem.scores[i]) || !(log_g < kInfinity));
}

// The present states, with d_i = (max x - x_i) / T.
struct States {
  std::vector<std::size_t> index;
  Reals x, d, log_g;
  Real top = -kInfinity;
};

States present_states(const Problem& problem) {
  States states;
  for (std::size_t i = 0; i < problem.scores.size(); ++i) {
    const Real x = problem.scores[i];
    const Real log_g = log_g_of(problem, i);
    if (!is_on(problem, i) || x == -kInfinity || log_g == -kInfinity) continue;
    states.index.push_back(i);
    states.x.push_back(x);
    states.log_g.push_back(log_g);
    states.top = std::max(states.top, x);
  }
  for (const Real x : states.x) states.d.push_back((states.top - x) / problem.temperature);
  return states;
}

// log sum exp, the largest term first taken out.
Real log_sum(const Reals& logs) {
  const Real largest = *std::max_element(logs.begin(), logs.end());
  if (largest == -kInfinity) return largest;
  Reals terms;
  for (const Real value : logs) terms.push_back(std::exp(value - largest));
  return largest + std::log(accurate_sum(terms));
}

// log p_i = log g_i + log(base_i) / b, where base_i = 1 + b (y_i - t).
// Away from alpha = 1: base_i = exp(v) + e_i, where exp(v) is the smallest base. That keeps p near
// a threshold, and for large alpha exp(v) may underflow where p = exp(v / b) does not.
Reals logs_from_v(const States& states, const Reals& e, Real b, Real v) {
  Reals logs;
  for (std::size_t k = 0; k < e.size(); ++k) {
    const Real log_base = e[k] == 0 ? v : e[k] > 0 ? std::log(std::exp(v) + e[k]) : -kInfinity;
    logs.push_back(states.log_g[k] + log_base / b);
  }
  return logs;
}

// Near alpha = 1: the unknown is s = t - max y, and log(base) / b stays exact as b -> 0.
Reals logs_from_s(const States& states, Real b, Real s) {
  Reals logs;
  for (std::size_t k = 0; k < states.d.size(); ++k) {
    const Real shift = -(states.d[k] + s);
    const bool inside = 1 + b * shift > 0;
    const Real power = b == 0 ? shift : inside ? std::log1p(b * shift) / b : -kInfinity;
    logs.push_back(states.log_g[k] + power);
  }
  return logs;
}

// The zero of `excess` between `positive` and `negative`, where it has those signs: a secant and a
// bisection in turn, until the value is rounding noise or the interval no longer shrinks.
template <class Function>
Real find_zero(Function excess, Real positive, Real negative) {
  Real at_positive = excess(positive);
  Real at_negative = excess(negative);
  if (!(at_positive > 0)) return positive;
  if (!(at_negative < 0)) return negative;
  const auto narrow = [&](Real at) {
    const Real value = excess(at);
    (value >= 0 ? positive : negative) = at;
    (value >= 0 ? at_positive : at_negative) = value;
  };
  for (int step = 0; step < 200; ++step) {
    const Real before = std::abs(positive - negative);
    narrow((positive * at_negative - negative * at_positive) / (at_negative - at_positive));
    if (at_positive < kNoise) return positive;
    if (at_negative > -kNoise) return negative;
    const Real middle = positive + (negative - positive) / 2;
    if (middle == positive || middle == negative) break;
    narrow(middle);
    if (!(std::abs(positive - negative) < before)) break;
  }
  return at_positive < -at_negative ? positive : negative;
}

Reals solve_near_one(const States& states, Real b) {
  const auto edge = [b](Real log_g) { return -std::expm1(-b * log_g) / b; };
  const auto top = std::min_element(states.d.begin(), states.d.end()) - states.d.begin();
  const Real low = edge(states.log_g[static_cast<std::size_t>(top)]);
  const Real high = edge(log_sum(states.log_g));
  const auto excess = [&](Real s) { return log_sum(logs_from_s(states, b, s)); };
  const Real margin = 1e-15L * (1 + std::abs(low) + std::abs(high));
  return logs_from_s(states, b, find_zero(excess, low - margin, high + margin));
}

// e_i for a support that ends at distance `last` below the maximum (alpha > 1).
Reals offsets(const States& states, Real b, Real last) {
  Reals e;
  for (const Real d : states.d) e.push_back(b > 0 ? b * (last - d) : -b * d);
  return e;
}

// The largest d in the support: the last at which v = -inf still leaves probability to give.
Real edge_of_support(const States& states, Real b) {
  Reals distances = states.d;
  std::sort(distances.begin(), distances.end());
  const auto has_room = [&](Real d) {
    return log_sum(logs_from_v(states, offsets(states, b, d), b, -kInfinity)) < 0;
  };
  const auto end = std::partition_point(distances.begin(), distances.end(), has_room);
  return *(end - 1);
}

Reals solve_away_from_one(States states, Real b) {
  const Real last = b > 0 ? edge_of_support(states, b) : 0;
  Reals e = offsets(states, b, last);
  Reals smallest_g;
  for (std::size_t k = 0; k < e.size(); ++k) {
    if (e[k] == 0) smallest_g.push_back(states.log_g[k]);
    if (e[k] < 0) states.log_g[k] = -kInfinity, e[k] = 0;
  }
  const auto excess = [&](Real v) { return log_sum(logs_from_v(states, e, b, v)); };
  const Real edge = -b * log_sum(smallest_g);
  Real other = edge;
  for (Real step = 1; !(excess(other) < 0); step *= 2) other = edge - std::copysign(step, b);
  return logs_from_v(states, e, b, find_zero(excess, edge, other));
}

// p in proportion to g among the states with d = 0.
Reals solve_maxima(const States& states) {
  Reals logs = states.log_g;
  for (std::size_t k = 0; k < logs.size(); ++k) {
    if (states.x[k] < states.top) logs[k] = -kInfinity;
  }
  const Real total = log_sum(logs);
  for (Real& value : logs) value -= total;
  return logs;
}

// Without the states that cannot be in the support whatever the others are: p <= 1 of the top state
// bounds its base by g^-b, and a state b d below has no more than what is left of it.
States candidates(const States& states, Real b) {
  Real bound = kInfinity;
  for (std::size_t k = 0; k < states.d.size(); ++k) {
    if (states.d[k] == 0) bound = std::min(bound, std::exp(-b * states.log_g[k]) / b);
  }
  States kept;
  kept.top = states.top;
  for (std::size_t k = 0; k < states.d.size(); ++k) {
    if (!(states.d[k] <= bound)) continue;
    kept.index.push_back(states.index[k]);
    kept.x.push_back(states.x[k]);
    kept.d.push_back(states.d[k]);
    kept.log_g.push_back(states.log_g[k]);
  }
  return kept;
}

Reals solve_logs(const Problem& problem, const States& states) {
  if (problem.temperature == kInfinity) {
    States flat = states;
    if (states.top < kInfinity) std::fill(flat.x.begin(), flat.x.end(), states.top);
    return solve_maxima(flat);
  }
  const bool limit = problem.temperature == 0 || problem.alpha == kInfinity;
  if (limit || states.top == kInfinity) return solve_maxima(states);
  const Real b = problem.alpha - 1;
  if (b == 0) return logs_from_s(states, b, log_sum(logs_from_s(states, b, 0)));
  return std::abs(b) < 0.01L ? solve_near_one(states, b) : solve_away_from_one(states, b);
}

void store(Solution& to, const States& states, const Reals& logs) {
  for (std::size_t k = 0; k < logs.size(); ++k) {
    const std::size_t i = states.index[k];
    to.log_probabilities[i] = logs[k];
    to.probabilities[i] = std::exp(logs[k]);
    if (logs[k] > -kInfinity) ++to.support;
  }
}

// <p, x> / T; at T = 0 the limit, with the convention 0 / 0 = 0.
Real mean_score(const Problem& problem, const States& states, const Solution& solution) {
  const Real t = problem.temperature;
  if (states.top == kInfinity) return kInfinity;
  if (t == kInfinity) return 0;
  if (t == 0) return states.top == 0 ? 0 : std::copysign(kInfinity, states.top);
  Reals terms;
  for (std::size_t k = 0; k < states.d.size(); ++k) {
    const Real p = solution.probabilities[states.index[k]];
    terms.push_back(p > 0 ? -p * states.d[k] : 0);
  }
  return states.top / t + accurate_sum(terms);
}

// x = T (t - 1/b), where the base is zero.
Real threshold_of(const Problem& problem, const States& states, const Solution& solution) {
  if (states.top == kInfinity) return states.top;
  if (problem.temperature == kInfinity) return -kInfinity;
  if (problem.alpha == kInfinity || problem.temperature == 0) return states.top;
  if (problem.alpha <= 1) return -kInfinity;
  const Real b = problem.alpha - 1;
  for (std::size_t k = 0; k < states.x.size(); ++k) {
    if (states.x[k] < states.top) continue;
    const Real log_r = solution.log_probabilities[states.index[k]] - states.log_g[k];
    return states.top - problem.temperature * std::exp(b * log_r) / b;
  }
  return kNan;
}

Solution filled(std::size_t cols, Real p, Real log_p, Real rest) {
  return {Reals(cols, p), Reals(cols, log_p), rest, rest, rest, 0};
}

}  // namespace

long double accurate_sum(const std::vector<long double>& terms) {
  Real sum = 0;
  Real lost = 0;
  for (const Real term : terms) {
    const Real next = sum + term;
    lost += std::abs(sum) >= std::abs(term) ? (sum - next) + term : (term - next) + sum;
    sum = next;
  }
  return std::isfinite(sum) ? sum + lost : sum;
}

long double tsallis_entropy(const std::vector<long double>& p, long double alpha,
                            const std::vector<long double>& log_degeneracy) {
  Reals terms;
  const Real b = alpha - 1;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0 || alpha == kInfinity) continue;
    const Real log_r = std::log(p[i]) - (log_degeneracy.empty() ? 0 : log_degeneracy[i]);
    terms.push_back(-p[i] * (b == 0 ? log_r : std::expm1(b * log_r) / (alpha * b)));
  }
  return accurate_sum(terms);
}

Solution solve(const Problem& problem) {
  const std::size_t cols = problem.scores.size();
  for (std::size_t i = 0; i < cols; ++i) {
    if (spoils_row(problem, i)) return filled(cols, kNan, kNan, kNan);
  }
  Solution solution = filled(cols, 0, -kInfinity, -kInfinity);
  solution.entropy = 0;
  States states = present_states(problem);
  if (states.index.empty()) return solution;
  const bool sparse = problem.alpha > 1 && problem.alpha < kInfinity && problem.temperature > 0;
  if (sparse && problem.temperature < kInfinity && states.top < kInfinity) {
    states = candidates(states, problem.alpha - 1);
  }
  store(solution, states, solve_logs(problem, states));
  solution.entropy = tsallis_entropy(solution.probabilities, problem.alpha, problem.log_degeneracy);
  solution.log_partition = mean_score(problem, states, solution) + solution.entropy;
  solution.threshold = threshold_of(problem, states, solution);
  return solution;
}

}  // namespace gibbs::testing
