#pragma once
// What a loss is called with, read once.

#include <cstdint>

#include "problem.hpp"

namespace gibbs::python {

enum class Reduce { kMean, kSum, kNone };

Reduce take_reduction(const char* function, nanobind::handle value);

struct LossProblem {
  Problem map;
  // One of the two is there: int64 in the order of the rows, or in the dtype of the scores.
  Array labels, probabilities;
  Array class_weights;  // of the working type, side by side
  PerRowArgument sample_weights;
  double label_smoothing = 0;
  std::int64_t ignore_index = 0;
  double z_loss = 0;
  Array direction = {};  // of a Hessian's product, in the dtype of the scores
};

// With every option of the losses of maps; with those of all losses; of a teacher's scores, which
// stand where probabilities do.
LossProblem take_loss_problem(Problem map, nanobind::handle targets, nanobind::handle class_weights,
                              nanobind::handle sample_weights, nanobind::handle label_smoothing,
                              nanobind::handle ignore_index, nanobind::handle z_loss);
LossProblem take_score_problem(Problem map, nanobind::handle targets,
                               nanobind::handle sample_weights, nanobind::handle ignore_index);
LossProblem take_teacher_problem(Problem map, nanobind::handle teacher_scores,
                                 nanobind::handle sample_weights);

}  // namespace gibbs::python
