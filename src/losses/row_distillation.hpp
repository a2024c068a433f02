#pragma once
// T^2 KL(teacher | student) of one row, in double.

#include "losses/row_loss.hpp"

namespace gibbs::losses {

struct RowDistillation {
  double loss = 0, by_temperature = 0;
};

// Both rows have been mapped at alpha 1, with p. Writes `weight` times the derivative in the
// student's scores to `grad`, unless that is null; it may be the student's p. The formulas and
// edges are those of gibbs/losses/distillation.hpp.
template <class W>
RowDistillation distillation(const MappedRow<W>& student, const MappedRow<W>& teacher,
                             double weight, W* grad);

}  // namespace gibbs::losses
