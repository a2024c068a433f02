#pragma once
// One row's Fenchel-Young loss and its derivatives, in double.

#include <cstdint>

#include "kernels/row_summary.hpp"

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
  kernels::RowSummary summary;

  double log_weight(std::int64_t i) const {
    return log_weights ? static_cast<double>(log_weights[i]) : 0;
  }
  bool is_absent(std::int64_t i) const;
  // T log Z, the optimal value in units of the scores.
  double value() const;
  // Whether T or alpha leaves derivatives of the scores alone.
  bool is_limit() const;
};

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

}  // namespace gibbs::losses
