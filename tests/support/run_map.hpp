#pragma once
// One call of a map with every side output, in vectors.

#include <cstdint>
#include <gibbs/entmax.hpp>
#include <limits>
#include <vector>

#include "support/batches.hpp"
#include "support/reference.hpp"

namespace gibbs::testing {

inline const long double kInfinity = std::numeric_limits<long double>::infinity();
inline const long double kNan = std::numeric_limits<long double>::quiet_NaN();

// One of every kind: heavy tails, softmax, sparse with both closed forms, steep edges, argmax.
inline constexpr double kAlphas[] = {0.5,  1, 1.001, 1.25, 1.5,
                                     1.75, 2, 3,     10,   std::numeric_limits<double>::infinity()};

// A probability vector or batch, row after row, and one of each other number per row.
template <Score T>
struct Mapped {
  std::vector<T> probabilities;
  std::vector<working_t<T>> log_partition, entropy, threshold;
  std::vector<std::int64_t> support;
};

// The probabilities of a batch, row after row.
template <Score T>
std::vector<T> entmax_of(const std::vector<T>& scores, std::int64_t rows, double alpha) {
  std::vector<T> p(scores.size());
  const auto cols = static_cast<std::int64_t>(scores.size()) / rows;
  entmax(Rows<const T>(scores.data(), rows, cols), Rows<T>(p.data(), rows, cols), {.alpha = alpha});
  return p;
}

template <Score To>
std::vector<To> converted(const std::vector<long double>& values) {
  std::vector<To> result;
  for (const long double value : values) result.push_back(from_double<To>(value));
  return result;
}

template <Score T>
std::vector<long double> widened(const std::vector<T>& values) {
  std::vector<long double> result;
  for (const T value : values) result.push_back(to_double(value));
  return result;
}

// entmax of a batch; `options` says all but the side outputs.
template <Score T>
Mapped<T> map_rows(Rows<const T> scores, EntmaxOptions<T> options) {
  const auto rows = static_cast<std::size_t>(scores.rows);
  Mapped<T> out{std::vector<T>(rows * static_cast<std::size_t>(scores.cols)),
                std::vector<working_t<T>>(rows), std::vector<working_t<T>>(rows),
                std::vector<working_t<T>>(rows), std::vector<std::int64_t>(rows)};
  options.log_partition = out.log_partition;
  options.entropy = out.entropy;
  options.support = out.support;
  options.threshold = out.threshold;
  entmax(scores, Rows<T>(out.probabilities.data(), scores.rows, scores.cols), options);
  return out;
}

// The one row of a problem, its numbers rounded to T.
template <Score T>
Mapped<T> map_row(const Problem& problem) {
  const std::vector<T> scores = converted<T>(problem.scores);
  const std::vector<working_t<T>> log_g = converted<working_t<T>>(problem.log_degeneracy);
  const Mask mask(problem.mask);
  EntmaxOptions<T> options;
  options.alpha = static_cast<double>(problem.alpha);
  options.temperature = static_cast<double>(problem.temperature);
  if (!log_g.empty()) options.log_degeneracy = log_g;
  if (!problem.mask.empty()) options.mask = mask.view();
  return map_rows(Rows<const T>(scores), options);
}

// What the library sees of a problem when the scores are T: every number rounded to its type.
template <Score T>
Problem rounded_to(Problem problem) {
  problem.scores = widened(converted<T>(problem.scores));
  problem.log_degeneracy = widened(converted<working_t<T>>(problem.log_degeneracy));
  problem.alpha = static_cast<double>(problem.alpha);
  problem.temperature = static_cast<double>(problem.temperature);
  return problem;
}

}  // namespace gibbs::testing
