#pragma once
// How scores fare against labels: loss, accuracy, and what the support of a sparse map says.

#include <cmath>
#include <cstdint>

#include "gibbs/losses/targets.hpp"

namespace gibbs {

// Sums over rows, so that parts of a data set add up. Rows whose label is ignored are not counted.
struct Evaluation {
  std::int64_t rows = 0;
  double loss = 0;  // sum of the rows' Fenchel-Young losses
  // Rows whose label has the highest score; of equal ones the first column.
  std::int64_t correct = 0;
  std::int64_t in_top5 = 0;  // rows whose label is among the five highest
  std::int64_t support = 0;  // states with p > 0
  std::int64_t covered = 0;  // rows whose label has p > 0

  // NaN where there are no rows.
  double mean_loss() const { return loss / static_cast<double>(rows); }
  // exp of the mean of -log p of the label, from losses at alpha 1 and this T, 0 < T < inf.
  double perplexity(double temperature) const { return std::exp(mean_loss() / temperature); }

  Evaluation& operator+=(const Evaluation& other) {
    rows += other.rows;
    loss += other.loss;
    correct += other.correct;
    in_top5 += other.in_top5;
    support += other.support;
    covered += other.covered;
    return *this;
  }
};

// Options of evaluate, as in LossOptions.
template <Score T>
struct EvaluationOptions {
  PerRow temperature = 1.0;
  Rows<const bool> mask = {};
  std::int64_t ignore_index = -100;
};

namespace detail {
template <Score T>
Evaluation evaluate(Rows<const T> scores, const Targets<T>& labels, const PerRow& alpha,
                    const EvaluationOptions<T>& options);
}  // namespace detail

// The evaluation of p = entmax(x) at this alpha, one label per row.
//
// edges     a label that is no state: loss inf, not covered. NaN in a row: loss NaN, not correct
// throws    std::invalid_argument, as fenchel_young_loss; targets that are not labels
template <Batch In>
Evaluation evaluate(const In& scores, const Targets<score_t<In>>& labels, const PerRow& alpha,
                    const EvaluationOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::evaluate<T>(Rows<const T>(scores), labels, alpha, options);
}

}  // namespace gibbs
