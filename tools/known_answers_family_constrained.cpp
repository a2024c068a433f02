// The constrained maps: one root, in the multiplier.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include "known_answers_family_maps.hpp"
#include "known_answers_root.hpp"

namespace known {
namespace {

Real infinity() { return std::numeric_limits<double>::infinity(); }

const Real& smaller(const Real& a, const Real& b) { return b < a ? b : a; }
const Real& larger(const Real& a, const Real& b) { return a < b ? b : a; }

Real entry(const std::vector<Real>& values, std::size_t i, double otherwise) {
  return values.empty() ? Real(otherwise) : values[i];
}

// A state that is present.
struct State {
  std::size_t index;
  Real score, g, weight, lower, upper;
};

class Problem {
 public:
  explicit Problem(const FamilyRow& row) : row_(row) {
    for (std::size_t i = 0; i < row.scores.size(); ++i) {
      if (!is_present(row, i)) continue;
      State s{i,
              row.scores[i],
              exp(entry(row.log_degeneracy, i, 0)),
              entry(row.weights, i, 1),
              entry(row.lower, i, 0),
              entry(row.upper, i, std::numeric_limits<double>::infinity())};
      if (row.f.kind == Kind::kFermi) s.upper = smaller(s.upper, s.g);
      states_.push_back(s);
    }
  }

  const std::vector<State>& states() const { return states_; }

  // p_i at tau; a bound that it misses by no more than a root does is met.
  Real share(const State& s, const Real& tau) const {
    const Real p = s.g * row_.f.ratio((s.score - tau * s.weight) / row_.temperature);
    for (const Real& bound : {s.lower, s.upper}) {
      if (bound > Real(0) && abs(p - bound) < bound * Real(1e-110)) return bound;
    }
    return larger(s.lower, smaller(p, s.upper));
  }

  template <class Each>
  Real taken(const Each& p_of) const {
    Real sum;
    for (const State& s : states_) sum = sum + s.weight * p_of(s);
    return sum;
  }

  // log of what is taken over the budget: falls with tau.
  Real excess(const Real& tau) const {
    return log(taken([&](const State& s) { return share(s, tau); }) / row_.budget);
  }

  // Whether the excess changes its sign within the digits that are written.
  bool determines(const Real& tau) const {
    const Real width = (abs(tau) + 1) * Real(1e-36), noise = Real(1e-140);
    return excess(tau - width) > noise && excess(tau + width) < -noise;
  }

  Near start() const {
    Real top = states_.front().score;
    for (const State& s : states_) top = larger(top, s.score);
    return {top, row_.temperature};
  }

  Real find_tau(const Near& near) const {
    const Real here = excess(near.tau);
    const bool right = here > Real(0);
    Real from = near.tau, at_from = here, step = right ? near.step : -near.step;
    for (;; step = step * 4) {
      const Real to = near.tau + step, at_to = excess(to);
      const Real width = (abs(to) + 1) * Real(1e-130);
      if (right && !(at_to > Real(0))) return root(*this, {from, to, at_from, at_to}, width);
      if (!right && !(at_to < Real(0))) return root(*this, {to, from, at_to, at_from}, width);
      from = to;
      at_from = at_to;
    }
  }
  Real operator()(const Real& tau) const { return excess(tau); }

  // tau at which a state reaches a bound.
  Real tau_at(const State& s, const Real& bound) const {
    return (s.score - row_.temperature * row_.f.slope(bound / s.g)) / s.weight;
  }

  // x p - T g f(p / g).
  Real gain(const State& s, const Real& p) const {
    return s.score * p - row_.temperature * s.g * row_.f.value(p / s.g);
  }

 private:
  const FamilyRow& row_;
  std::vector<State> states_;
};

// All tau at which these p are best, given that one of them is `tau`.
std::vector<Real> multipliers(const Problem& problem, const std::vector<Real>& p, const Real& tau) {
  Real low = -infinity(), high = infinity();
  for (const State& s : problem.states()) {
    const Real& here = p[s.index];
    if (s.lower == s.upper) continue;
    if (here == s.lower) {
      low = larger(low, problem.tau_at(s, here));
    } else if (here == s.upper) {
      high = smaller(high, problem.tau_at(s, here));
    } else {
      return {tau};
    }
  }
  if (low == high) return {low};
  return {low, high};
}

FamilyAnswer infeasible(FamilyAnswer answer, const Real& multiplier) {
  answer.numbers = {{"value", {-infinity()}}, {"multiplier", {multiplier}}};
  return answer;
}

FamilyAnswer finish(const Problem& problem, FamilyAnswer answer) {
  Real value;
  for (const State& s : problem.states())
    value = value + problem.gain(s, answer.probabilities[s.index]);
  answer.numbers = {{"value", {value}},
                    {"multiplier", multipliers(problem, answer.probabilities, answer.tau)}};
  return answer;
}

// Largest of x p - tau w p - T g f(p / g) at p: no less than beside it. The function is concave, so
// its maximum is no further than the step.
bool is_best(const Problem& problem, const State& s, const Real& p, const Real& tau) {
  const auto merit = [&](const Real& q) { return problem.gain(s, q) - tau * s.weight * q; };
  const Real here = merit(p), step = (p > Real(0) ? p : s.g) * Real(1e-50);
  const Real rounding = (abs(here) + abs(s.score * p) + s.g) * Real(1e-145);
  for (const Real& beside : {p - step, p + step}) {
    const Real q = larger(s.lower, smaller(beside, s.upper));
    if (!(merit(q) < here + rounding)) return false;
  }
  return true;
}

}  // namespace

FamilyAnswer solve_constrained(const FamilyRow& row, const Near* near) {
  const Problem problem(row);
  FamilyAnswer answer;
  answer.probabilities.resize(row.scores.size());
  const auto set = [&](const auto& p_of) {
    for (const State& s : problem.states()) {
      const Real p = p_of(s);
      answer.probabilities[s.index] = p;
      answer.support += p > Real(0) ? 1 : 0;
    }
  };
  const auto upper = [](const State& s) { return s.upper; };
  const auto lower = [](const State& s) { return s.lower; };
  const Real most = problem.taken(upper), least = problem.taken(lower);
  if (most < row.budget || problem.states().empty()) {
    set(upper);
    return infeasible(answer, -infinity());
  }
  if (row.budget < least) {
    set(lower);
    return infeasible(answer, infinity());
  }
  if (most == row.budget) {
    set(upper);
  } else if (least == row.budget) {
    set(lower);
  } else {
    answer.tau = problem.find_tau(near ? *near : problem.start());
    set([&](const State& s) { return problem.share(s, answer.tau); });
  }
  return finish(problem, answer);
}

void certify_constrained(const FamilyRow& row, const FamilyAnswer& answer) {
  const Problem problem(row);
  if (!is_finite(answer.numbers[0].second[0])) return;  // too little room
  const Real taken = problem.taken([&](const State& s) { return answer.probabilities[s.index]; });
  bool good = !(abs(taken - row.budget) > row.budget * Real(1e-100));
  const std::vector<Real>& multipliers = answer.numbers[1].second;
  const bool one = multipliers.size() == 1 && is_finite(multipliers[0]);
  if (one) good = good && problem.determines(multipliers[0]);
  for (const Real& tau : multipliers) {
    if (!is_finite(tau)) continue;
    for (const State& s : problem.states()) {
      good = good && is_best(problem, s, answer.probabilities[s.index], tau);
    }
  }
  if (!good) throw std::logic_error("a constrained row is not solved to the digits written");
}

}  // namespace known
