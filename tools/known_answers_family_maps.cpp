#include "known_answers_family_maps.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "known_answers_root.hpp"

namespace known {
namespace {

Real infinity() { return std::numeric_limits<double>::infinity(); }

Real power(const Real& base, const Real& exponent) { return exp(exponent * log(base)); }

Real sum_of(const std::vector<Real>& values) {
  return std::accumulate(values.begin(), values.end(), Real(0));
}

std::vector<std::size_t> present_states(const FamilyRow& row) {
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < row.scores.size(); ++i) {
    if (is_present(row, i)) present.push_back(i);
  }
  return present;
}

// Below this a number that is the difference of two is none.
Real cleared(const Real& value) { return abs(value) > Real(1e-80) ? value : Real(0); }

// entmax is the constrained map without constraints; its optimal value is T log Z, and p > 0 where
// x > tau + T f'(0).
FamilyAnswer solve_entmax(const FamilyRow& row, const Near* near) {
  FamilyAnswer answer = solve_constrained(row, near);
  const Real log_z = answer.numbers[0].second[0] / row.temperature;
  Real energy;
  for (std::size_t i = 0; i < row.scores.size(); ++i) {
    const Real& p = answer.probabilities[i];
    if (p > Real(0)) energy = energy + p * row.scores[i] / row.temperature;
  }
  const bool any = answer.support > 0;
  const Real threshold = any ? answer.tau + row.temperature * row.f.slope(0) : -infinity();
  answer.numbers = {{"log_partition", {log_z}},
                    {"entropy", {any ? cleared(log_z - energy) : Real(0)}},
                    {"threshold", {threshold}}};
  return answer;
}

// The row of the k highest scores; of equals the one in the lower column.
FamilyRow kept(const FamilyRow& row) {
  std::vector<std::size_t> order = present_states(row);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return row.scores[a] > row.scores[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(row.k)));
  FamilyRow few = row;
  few.mask.assign(row.scores.size(), false);
  for (const std::size_t i : order) few.mask[i] = true;
  return few;
}

FamilyRow untempered(const FamilyRow& row) {
  FamilyRow entmax = row;
  entmax.f = {Kind::kAlpha, 2 - row.t};
  return entmax;
}

// log_t(u), the inverse of exp_t.
Real tempered_log(const Real& u, const Real& t) {
  return t == Real(1) ? log(u) : (power(u, 1 - t) - 1) / (1 - t);
}

// That p = g exp_t(x / T - lambda) with one lambda, and that the others are below its reach.
void certify_tempered(const FamilyRow& row, const FamilyAnswer& answer) {
  Real low = infinity(), high = -infinity(), reach = -infinity();
  for (const std::size_t i : present_states(row)) {
    const Real x = row.scores[i] / row.temperature;
    const Real& p = answer.probabilities[i];
    if (!(p > Real(0))) {
      reach = x > reach ? x : reach;
      continue;
    }
    const Real g = row.log_degeneracy.empty() ? Real(1) : exp(row.log_degeneracy[i]);
    const Real lambda = x - tempered_log(p / g, row.t);
    low = lambda < low ? lambda : low;
    high = lambda > high ? lambda : high;
  }
  const Real slack = Real(1e-90) * (1 + abs(high));
  const bool outside = !is_finite(reach) || !(1 + (1 - row.t) * (reach - low) > slack);
  if (answer.support > 0 && (!outside || high - low > slack)) {
    throw std::logic_error("tempered probabilities are not powers of one lambda");
  }
}

// |q|_beta with beta = alpha / (alpha - 1), the dual norm, is 1 at tau: there the value is tau.
FamilyAnswer solve_normmax(const FamilyRow& row) {
  const Real& alpha = row.f.alpha;
  const Real beta = is_finite(alpha) ? alpha / (alpha - 1) : Real(1);
  const std::vector<std::size_t> present = present_states(row);
  FamilyAnswer answer;
  answer.probabilities.resize(row.scores.size());
  if (present.empty()) {
    answer.numbers = {{"value", {-infinity()}}, {"threshold", {-infinity()}}};
    return answer;
  }
  Real top = row.scores[present.front()];
  for (const std::size_t i : present) top = row.scores[i] > top ? row.scores[i] : top;
  const auto raised = [&](const Real& tau, const Real& exponent) {
    std::vector<Real> q(row.scores.size());
    for (const std::size_t i : present) {
      const Real u = (row.scores[i] - tau) / row.temperature;
      if (u > Real(1e-110)) q[i] = power(u, exponent);
    }
    return q;
  };
  const auto excess = [&](const Real& tau) { return log(sum_of(raised(tau, beta))); };
  const Real low = top - row.temperature;
  answer.tau = root(excess, {low, top, excess(low), -infinity()}, (abs(top) + 1) * Real(1e-130));
  answer.probabilities = raised(answer.tau, beta - 1);
  const Real sum = sum_of(answer.probabilities);
  Real energy, norm;
  for (const std::size_t i : present) {
    Real& p = answer.probabilities[i];
    if (!(p > Real(0))) continue;
    ++answer.support;
    p = p / sum;
    energy = energy + p * row.scores[i];
    norm = is_finite(alpha) ? norm + power(p, alpha) : (p > norm ? p : norm);
  }
  if (is_finite(alpha)) norm = power(norm, 1 / alpha);
  answer.numbers = {{"value", {energy - row.temperature * norm}}, {"threshold", {answer.tau}}};
  return answer;
}

// By duality no p has a value above tau; so one that has it is the best.
void certify_normmax(const FamilyRow& row, const FamilyAnswer& answer) {
  if (answer.support == 0) return;
  const Real gap = abs(answer.numbers[0].second[0] - answer.tau);
  if (gap > Real(1e-100) * (1 + abs(answer.tau) + row.temperature)) {
    throw std::logic_error("a row of normmax is not at its optimum");
  }
}

FamilyAnswer solve_sink(const FamilyRow& row) {
  FamilyAnswer answer;
  answer.probabilities.resize(row.scores.size());
  const Real of_sink = exp(row.sink / row.temperature);
  for (const std::size_t i : present_states(row)) {
    const Real log_g = row.log_degeneracy.empty() ? Real(0) : row.log_degeneracy[i];
    answer.probabilities[i] = exp(log_g + row.scores[i] / row.temperature);
  }
  const Real sum = of_sink + sum_of(answer.probabilities);
  for (Real& p : answer.probabilities) {
    if (!(p > Real(0))) continue;
    p = p / sum;
    ++answer.support;
  }
  answer.numbers = {{"log_partition", {log(sum)}}, {"sink_probability", {of_sink / sum}}};
  return answer;
}

}  // namespace

bool is_present(const FamilyRow& row, std::size_t i) {
  const bool on = row.mask.empty() || row.mask[i];
  const bool has_g = row.log_degeneracy.empty() || is_finite(row.log_degeneracy[i]);
  return on && has_g && is_finite(row.scores[i]);
}

FamilyAnswer solve(const FamilyRow& row, const Near* near) {
  switch (row.map) {
    case Family::kConstrained:
      return solve_constrained(row, near);
    case Family::kNormmax:
      return solve_normmax(row);
    case Family::kTopK:
      return solve_entmax(kept(row), near);
    case Family::kTempered:
      return solve_entmax(untempered(row), near);
    case Family::kSink:
      return solve_sink(row);
  }
  return {};
}

FamilyAnswer solve_with_certificate(const FamilyRow& row) {
  FamilyAnswer answer = solve(row);
  if (row.map == Family::kConstrained) certify_constrained(row, answer);
  if (row.map == Family::kNormmax) certify_normmax(row, answer);
  if (row.map == Family::kTempered) certify_tempered(row, answer);
  return answer;
}

}  // namespace known
