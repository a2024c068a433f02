#pragma once
// What cross-entropy adds to softmax: a label per row.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels/row_summary.hpp"

namespace gibbs::kernels {

// In place of p, factor (p - e_label); and the loss of each row, without the factor. A row whose
// label is below 0 has none: it is written as factor p.
struct LabelLoss {
  const std::int64_t* labels = nullptr;
  double* losses = nullptr;
  double factor = 1;
};

// T log sum_j exp((x_j - x) / T) with x the score of the label: from max x_j, and log sum_j
// exp((x_j - max) / T) as excess. Nothing large is subtracted.
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

// p of a row becomes its gradient; nothing is taken from a label that is no state.
template <class W>
void label_gradient(double factor, std::int64_t label, W x, std::size_t n, W* p) {
  for (std::size_t j = 0; j < n; ++j) p[j] = static_cast<W>(factor * static_cast<double>(p[j]));
  if (label < 0) return;
  W& own = p[label];
  if (!is_absent(x)) own = static_cast<W>(static_cast<double>(own) - factor);
}

}  // namespace gibbs::kernels
