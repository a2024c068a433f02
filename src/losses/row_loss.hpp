#pragma once
// One row's Fenchel-Young loss and its derivatives, in double.

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/label_loss.hpp"
#include "kernels/row_summary.hpp"
#include "maps/entropy_term.hpp"

namespace gibbs::losses {

// What a row is compared with: a label, or where `probabilities` is given, those of all states.
struct RowTarget {
  std::int64_t label = -1;
  const double* probabilities = nullptr;
};

// A row that has been mapped. log_weights may be null (0); p, the prediction, where it is not
// needed.
template <class W>
struct MappedRow {
  const W* x;
  const W* p;
  const W* log_weights;
  std::int64_t n;
  double alpha, temperature;
  const kernels::RowSummary* summary;

  double log_weight(std::int64_t i) const {
    return log_weights ? static_cast<double>(log_weights[i]) : 0;
  }
  bool is_absent(std::int64_t i) const {
    constexpr W kNone = -std::numeric_limits<W>::infinity();
    return x[i] == kNone || (log_weights && log_weights[i] == kNone);
  }
  // T log Z, the optimal value in units of the scores.
  double value() const {
    return summary->max + (summary->excess == 0 ? 0 : temperature * summary->excess);
  }
  // Whether T or alpha leaves derivatives of the scores alone.
  bool is_limit() const { return temperature == 0 || std::isinf(temperature) || std::isinf(alpha); }
  // max x - x_i, also where both are infinite.
  double below_max(std::int64_t i) const {
    const double score = static_cast<double>(x[i]);
    return score == summary->max ? 0 : summary->max - score;
  }
  // The loss of a target that gives away `pull` in scores and has this entropy. Both are relative
  // to the largest score, so that nothing large is subtracted.
  double loss_of(double pull, double entropy) const {
    const double gap = summary->excess - entropy;
    const double loss = pull + (gap == 0 ? 0 : temperature * gap);
    return loss < 0 ? 0 : loss;
  }
};

// L(x, e_label). The entropy of a label is that of its degeneracy alone.
template <class W>
double loss_of_label(const MappedRow<W>& row, std::int64_t label) {
  if (std::isnan(row.summary->excess)) return row.summary->excess;
  if (row.is_absent(label)) return std::numeric_limits<double>::infinity();
  const double log_g = row.log_weight(label);
  const bool none = log_g == 0 || std::isinf(row.alpha);
  const double entropy = none ? 0 : maps::entropy_term(1, log_g, row.alpha);
  return kernels::label_loss(row.summary->max, row.summary->excess - entropy, row.temperature,
                             static_cast<double>(row.x[label]));
}

// L(x, y).
template <class W>
double fenchel_young(const MappedRow<W>& row, const RowTarget& target);

// -sum y log y.
double shannon_entropy(const double* y, std::int64_t n);

// of_p f(p) - of_y f(y) for what the derivatives in T, alpha and log g are made of: H, its
// derivative in alpha, and entry by entry that in log g, which is added to by_log_g (null: not
// wanted). Needs p.
struct Weights {
  double of_p, of_y;
};
struct ParameterGradients {
  double temperature = 0, alpha = 0;
};
template <class W>
ParameterGradients parameter_gradients(const MappedRow<W>& row, const RowTarget& target,
                                       Weights weights, double* by_log_g);

// (of_j J + of_pp p p') v, J the Jacobian of the map; room: 2 n doubles. Needs p.
// edges     p_i = 0: 0. T or alpha at a limit: J = 0
template <class W>
void hessian_times(const MappedRow<W>& row, double of_j, double of_pp, const double* v,
                   double* product, double* room);

}  // namespace gibbs::losses
