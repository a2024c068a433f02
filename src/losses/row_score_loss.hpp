#pragma once
// Losses of one row that compare its scores with the target and need no map, in double.

#include "losses/row_loss.hpp"

namespace gibbs::losses {

struct RowScoreLoss {
  double loss = 0, by_temperature = 0;
};

// Each writes `weight` times its derivative in the scores to `grad`, unless that is null; the loss
// is that of weight 1. Of `row` x, n, the degeneracies (none) and T are read. The formulas are
// those of the public headers.
// edges     NaN: loss and gradient are NaN. A state that is absent: 0, with target mass L = inf
template <class W>
RowScoreLoss one_versus_all(const MappedRow<W>& row, const RowTarget& target, double weight,
                            W* grad);
template <class W>
RowScoreLoss squared(const MappedRow<W>& row, const RowTarget& target, double weight, W* grad);
template <class W>
RowScoreLoss hinge(const MappedRow<W>& row, const RowTarget& target, double cost, double weight,
                   W* grad);

}  // namespace gibbs::losses
