#pragma once
// What top-k keeps of a row, by sorting it, and calls of the maps with every side output.

#include <algorithm>
#include <cmath>
#include <gibbs/family/top_k.hpp>
#include <utility>
#include <vector>

#include "support/random.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {

// The row with the states that top-k leaves out taken away.
inline Problem restricted(Problem problem, std::int64_t k) {
  const auto n = problem.scores.size();
  const auto on = [&](std::size_t i) { return problem.mask.empty() || problem.mask[i]; };
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < n; ++i) {
    const long double log_g = problem.log_degeneracy.empty() ? 0 : problem.log_degeneracy[i];
    if (on(i) && (std::isnan(problem.scores[i]) || std::isnan(log_g))) return problem;
    if (on(i) && problem.scores[i] > -kInfinity && log_g > -kInfinity) present.push_back(i);
  }
  std::stable_sort(present.begin(), present.end(), [&](std::size_t a, std::size_t b) {
    return problem.scores[a] > problem.scores[b];
  });
  std::vector<long double> kept(n, -kInfinity);
  for (std::size_t m = 0; m < std::min<std::size_t>(present.size(), k); ++m) {
    kept[present[m]] = problem.scores[present[m]];
  }
  problem.scores = std::move(kept);
  return problem;
}

// top_k_entmax of a batch with every side output.
template <Score T>
Mapped<T> map_top_k(Rows<const T> scores, std::int64_t k, EntmaxOptions<T> options) {
  const auto rows = static_cast<std::size_t>(scores.rows);
  Mapped<T> out{std::vector<T>(rows * static_cast<std::size_t>(scores.cols)),
                std::vector<working_t<T>>(rows), std::vector<working_t<T>>(rows),
                std::vector<working_t<T>>(rows), std::vector<std::int64_t>(rows)};
  options.log_partition = out.log_partition;
  options.entropy = out.entropy;
  options.support = out.support;
  options.threshold = out.threshold;
  top_k_entmax(scores, k, Rows<T>(out.probabilities.data(), scores.rows, scores.cols), options);
  return out;
}

// The one row of a problem.
template <Score T>
Mapped<T> map_top_k(const Problem& problem, std::int64_t k) {
  using W = working_t<T>;
  const std::vector<T> scores = converted<T>(problem.scores);
  const std::vector<W> log_g = converted<W>(problem.log_degeneracy);
  const Mask mask(problem.mask);
  EntmaxOptions<T> options;
  options.alpha = static_cast<double>(problem.alpha);
  options.temperature = static_cast<double>(problem.temperature);
  if (!log_g.empty()) options.log_degeneracy = log_g;
  if (!problem.mask.empty()) options.mask = mask.view();
  return map_top_k(Rows<const T>(scores), k, options);
}

template <Score T>
Problem problem_of(std::int64_t n, double alpha, std::uint64_t seed = 301) {
  Problem problem;
  problem.scores = widened(normal_scores<T>(n, 2, seed));
  problem.alpha = alpha;
  return problem;
}

}  // namespace gibbs::testing
