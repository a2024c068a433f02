#pragma once
// What a loss adds to its map: a label per row.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/row_summary.hpp"

namespace gibbs::kernels {

// In place of p, factor (p - e_label); and the loss of each row, without the factor.
struct LabelLoss {
  const std::int64_t* labels = nullptr;  // columns
  double* losses = nullptr;
  double factor = 1;
};

// T log Z - x with x the score of the label: from max x_j, and log Z - max / T as excess. Nothing
// large is subtracted.
inline double label_loss(double max, double excess, double temperature, double x) {
  if (std::isnan(excess)) return excess;
  if (x == -std::numeric_limits<double>::infinity()) return -x;
  const double pull = x == max ? 0 : max - x;  // also where both are infinite
  const double loss = pull + (excess == 0 ? 0 : temperature * excess);
  return loss < 0 ? 0 : loss;
}

template <class W>
bool is_absent(W x) {
  return x == -std::numeric_limits<W>::infinity();
}

// One row and its label, if it is compared with one.
template <class W>
struct RowLabel {
  const LabelLoss* loss = nullptr;  // null: only p is wanted
  std::int64_t row = 0, label = 0;
  W x = 0;  // the score of the label

  RowLabel(const LabelLoss* of, std::int64_t i, const W* scores) : loss(of), row(i) {
    if (!loss) return;
    label = loss->labels[i];
    x = scores[label];
  }
  double factor() const { return loss ? loss->factor : 1; }
  std::size_t column() const { return static_cast<std::size_t>(label); }
  // Nothing is taken from a label that is no state.
  bool takes() const { return loss && !is_absent(x); }
  void add(double max, double excess, double temperature) const {
    if (loss) loss->losses[row] = label_loss(max, excess, temperature, static_cast<double>(x));
  }
  // factor p becomes the gradient.
  void subtract(W* p) const {
    if (takes()) p[label] = static_cast<W>(static_cast<double>(p[label]) - loss->factor);
  }
  // Everything, of a row whose p has been written in a limit.
  void of_limit(const RowSummary& limit, double temperature, std::size_t n, W* p) const {
    if (!loss) return;
    add(limit.max, limit.excess, temperature);
    if (!p) return;
    for (std::size_t j = 0; j < n; ++j) {
      p[j] = static_cast<W>(loss->factor * static_cast<double>(p[j]));
    }
    subtract(p);
  }
};

}  // namespace gibbs::kernels
