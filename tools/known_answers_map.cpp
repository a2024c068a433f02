#include "known_answers_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "known_answers_root.hpp"

namespace known {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A state that is present: d = (max x - x) / T and log g.
struct State {
  std::size_t index;
  Real d;
  Real log_g;
};

double log_degeneracy_of(const Row& row, std::size_t i) {
  return row.log_degeneracy.empty() ? 0 : row.log_degeneracy[i];
}

bool is_present(const Row& row, std::size_t i) {
  const bool on = row.mask.empty() || row.mask[i];
  return on && row.scores[i] > -kInfinity && log_degeneracy_of(row, i) > -kInfinity;
}

std::vector<std::size_t> present_states(const Row& row) {
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < row.scores.size(); ++i) {
    if (is_present(row, i)) present.push_back(i);
  }
  return present;
}

double max_score(const Row& row, const std::vector<std::size_t>& present) {
  double largest = -kInfinity;
  for (const std::size_t i : present) largest = std::max(largest, row.scores[i]);
  return largest;
}

// The states in ascending order of d.
std::vector<State> sorted_states(const Row& row, const std::vector<std::size_t>& present) {
  const double top = max_score(row, present);
  std::vector<State> states;
  for (const std::size_t i : present) {
    states.push_back({i, (Real(top) - Real(row.scores[i])) / Real(row.temperature),
                      Real(log_degeneracy_of(row, i))});
  }
  std::stable_sort(states.begin(), states.end(),
                   [](const State& a, const State& b) { return a.d < b.d; });
  return states;
}

// The states of the support, with e_i >= 0 such that p_i = g_i (u + e_i)^(1/b): u is the smallest
// base, so that nothing cancels where p is near zero. b = alpha - 1.
struct Support {
  std::vector<State> states;
  std::vector<Real> e;
  Real b;
};

std::vector<Real> log_probabilities(const Support& support, const Real& u) {
  std::vector<Real> result;
  for (std::size_t k = 0; k < support.states.size(); ++k) {
    result.push_back(support.states[k].log_g + log(u + support.e[k]) / support.b);
  }
  return result;
}

Real sum_of_exp(const std::vector<Real>& logs) {
  Real sum;
  for (const Real& value : logs) sum = sum + exp(value);
  return sum;
}

// log of the sum of p at u = exp(v): zero at the solution.
Real excess(const Support& support, const Real& v) {
  return log(sum_of_exp(log_probabilities(support, exp(v))));
}

// The first `count` states as a support: alpha > 1 measures e from the last, alpha < 1 from the
// first.
Support leading(const std::vector<State>& states, std::size_t count, const Real& b) {
  Support support{{states.begin(), states.begin() + static_cast<std::ptrdiff_t>(count)}, {}, b};
  const Real from = b > Real(0) ? support.states.back().d : support.states.front().d;
  for (const State& state : support.states) support.e.push_back(b * (from - state.d));
  return support;
}

// Whether state k, which sees u = 0, still leaves probability to give: sum < 1 with a margin of
// 2^-300, far below any that scores of 24 or 53 bits can make and far above 2^-512.
bool has_room(const std::vector<State>& states, std::size_t k, const Real& b) {
  if (k == 0) return true;
  const Support support = leading(states, k + 1, b);
  Real sum;
  for (std::size_t j = 0; j <= k; ++j) {
    if (support.e[j] > Real(0)) sum = sum + exp(states[j].log_g + log(support.e[j]) / b);
  }
  return sum < Real(1) - Real(std::ldexp(1, -300));
}

std::size_t count_in_support(const std::vector<State>& states, const Real& b) {
  if (b < Real(0)) return states.size();
  std::size_t inside = 1;
  std::size_t outside = states.size() + 1;
  while (outside - inside > 1) {
    const std::size_t middle = (inside + outside) / 2;
    (has_room(states, middle - 1, b) ? inside : outside) = middle;
  }
  return inside;
}

// p of the state with the smallest base is at most 1, which bounds u on one side; doubling steps
// find the other.
Bracket bracket_of(const Support& support) {
  const State& smallest = support.b > Real(0) ? support.states.back() : support.states.front();
  const Real edge = -support.b * smallest.log_g;
  const Real at_edge = excess(support, edge);
  for (double step = 1;; step *= 2) {
    const Real other = support.b > Real(0) ? edge - Real(step) : edge + Real(step);
    const Real at_other = excess(support, other);
    if (at_other < Real(0)) return {edge, other, at_edge, at_other};
  }
}

Real solve_for_v(const Support& support) {
  return root([&](const Real& v) { return excess(support, v); }, bracket_of(support), Real(1e-90));
}

void store(Answer& answer, const std::vector<State>& states, const std::vector<Real>& logs) {
  for (std::size_t k = 0; k < states.size(); ++k) {
    answer.log_probabilities[states[k].index] = logs[k];
    answer.probabilities[states[k].index] = exp(logs[k]);
  }
  answer.support = static_cast<int>(states.size());
}

// p in proportion to g exp(-d): softmax, and the shares of the maxima when there d = 0.
void normalise(Answer& answer, const std::vector<State>& states) {
  std::vector<Real> logs;
  for (const State& state : states) logs.push_back(state.log_g - state.d);
  const Real log_sum = log(sum_of_exp(logs));
  for (Real& value : logs) value = value - log_sum;
  store(answer, states, logs);
}

void solve_argmax(Answer& answer, std::vector<State> states, double top) {
  std::erase_if(states, [](const State& state) { return state.d > Real(0); });
  normalise(answer, states);
  answer.threshold = Real(top);
}

void solve_by_root(Answer& answer, const Row& row, const std::vector<State>& states, double top) {
  const Real b = Real(row.alpha) - Real(1);
  const Support support = leading(states, count_in_support(states, b), b);
  const Real u = exp(solve_for_v(support));
  store(answer, support.states, log_probabilities(support, u));
  if (b > Real(0)) {
    const Real base_of_top = u + support.e.front();
    answer.threshold = Real(top) - Real(row.temperature) * base_of_top / b;
  }
}

// One term of H_alpha(p; g) = sum (p - p^alpha g^(1 - alpha)) / (alpha (alpha - 1)).
Real entropy_term(const Real& log_p, const Real& log_g, double alpha) {
  if (alpha == kInfinity) return 0;
  if (alpha == 1) return exp(log_p) * (log_g - log_p);
  const Real a(alpha);
  const Real b = a - Real(1);
  return (exp(log_p) - exp(a * log_p - b * log_g)) / (a * b);
}

void add_optimal_value(Answer& answer, const Row& row, const std::vector<std::size_t>& present) {
  Real energy;
  for (const std::size_t i : present) {
    if (!(answer.log_probabilities[i] > Real(-kInfinity))) continue;
    energy = energy + answer.probabilities[i] * Real(row.scores[i]) / Real(row.temperature);
    answer.entropy = answer.entropy + entropy_term(answer.log_probabilities[i],
                                                   Real(log_degeneracy_of(row, i)), row.alpha);
  }
  answer.log_partition = energy + answer.entropy;
}

}  // namespace

Answer solve(const Row& row) {
  Answer answer;
  answer.probabilities.resize(row.scores.size());
  answer.log_probabilities.resize(row.scores.size(), Real(-kInfinity));
  answer.threshold = Real(-kInfinity);
  answer.log_partition = Real(-kInfinity);
  const std::vector<std::size_t> present = present_states(row);
  if (present.empty()) return answer;
  const double top = max_score(row, present);
  const std::vector<State> states = sorted_states(row, present);
  if (row.alpha == kInfinity) {
    solve_argmax(answer, states, top);
  } else if (row.alpha == 1) {
    normalise(answer, states);
  } else {
    solve_by_root(answer, row, states, top);
  }
  add_optimal_value(answer, row, present);
  return answer;
}

}  // namespace known
