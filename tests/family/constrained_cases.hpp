#pragma once
// Problems of every divergence and every kind of constraint, and the library's answers to them.

#include <gibbs/family/constrained.hpp>
#include <string>
#include <vector>

#include "support/constrained_reference.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {

struct NamedProblem {
  std::string name;
  ConstrainedProblem problem;
};

inline constexpr std::pair<const char*, Divergence::Kind> kDivergences[] = {
    {"alpha", Divergence::kAlpha},           {"euclidean", Divergence::kEuclidean},
    {"reverse_kl", Divergence::kReverseKl},  {"chi_square", Divergence::kChiSquare},
    {"hellinger", Divergence::kHellinger},   {"jensen_shannon", Divergence::kJensenShannon},
    {"fermi_dirac", Divergence::kFermiDirac}};

// Scores N(0, 2) in float; the constraints are feasible for every divergence.
inline std::vector<NamedProblem> constrained_problems(std::int64_t n) {
  std::vector<NamedProblem> problems;
  Random random(7);
  const auto draw = [&](long double low, long double high) {
    std::vector<long double> values;
    for (std::int64_t i = 0; i < n; ++i) {
      values.push_back(
          static_cast<float>(random.uniform(static_cast<double>(low), static_cast<double>(high))));
    }
    return values;
  };
  const auto count = static_cast<long double>(n);
  for (const auto& divergence : kDivergences) {
    const char* const name = divergence.first;
    const Divergence::Kind kind = divergence.second;
    for (const long double alpha : {1.0L, 0.5L, 1.5L, 1.25L}) {
      if (kind != Divergence::kAlpha && alpha != 1) continue;
      ConstrainedProblem plain{kind, alpha, widened(normal_scores<float>(n, 2, 11)), 0.75L};
      plain.budget = kind == Divergence::kFermiDirac ? count / 3 : 1;
      const auto add = [&](const char* what, const ConstrainedProblem& problem) {
        problems.push_back({std::string(name) + ", " + what, problem});
      };
      add("unconstrained", plain);
      ConstrainedProblem capped = plain;
      capped.upper = draw(1.5L / count, 4 / count);
      capped.budget = 1;
      add("capped", capped);
      ConstrainedProblem boxed = capped;
      boxed.lower = draw(0, 0.5L / count);
      add("boxed", boxed);
      ConstrainedProblem weighted = boxed;
      weighted.weights = draw(0.5L, 2);
      add("weighted", weighted);
      ConstrainedProblem prior = boxed;
      prior.log_degeneracy = draw(-1, 2);
      add("with degeneracies", prior);
      ConstrainedProblem many = plain;
      many.budget = count / 4;
      many.upper.assign(static_cast<std::size_t>(n), 1);
      add("k-subsets", many);
    }
  }
  return problems;
}

template <Score T>
struct ConstrainedAnswer {
  std::vector<T> probabilities;
  working_t<T> value[1], multiplier[1];
  std::int64_t support[1];
};

inline Divergence divergence_of(const ConstrainedProblem& problem) {
  return {problem.kind, static_cast<double>(problem.alpha)};
}

template <Score T>
ConstrainedAnswer<T> run(const ConstrainedProblem& problem) {
  using W = working_t<T>;
  const std::vector<T> scores = converted<T>(problem.scores);
  const std::vector<W> lower = converted<W>(problem.lower), upper = converted<W>(problem.upper);
  const std::vector<W> weights = converted<W>(problem.weights);
  const std::vector<W> log_g = converted<W>(problem.log_degeneracy);
  ConstrainedAnswer<T> answer{std::vector<T>(scores.size()), {}, {}, {}};
  ConstrainedOptions<T> options;
  options.budget = static_cast<double>(problem.budget);
  options.temperature = static_cast<double>(problem.temperature);
  if (!lower.empty()) options.lower = lower;
  if (!upper.empty()) options.upper = upper;
  if (!weights.empty()) options.weights = weights;
  if (!log_g.empty()) options.log_degeneracy = log_g;
  options.value = answer.value;
  options.multiplier = answer.multiplier;
  options.support = answer.support;
  constrained(scores, answer.probabilities, divergence_of(problem), options);
  return answer;
}

}  // namespace gibbs::testing
