#pragma once
// What a loss is called with, read once.

#include <utility>

#include "problem.hpp"

namespace gibbs::python {

struct LossProblem {
  LossProblem(Problem of, nanobind::handle targets, nanobind::handle weights_of_classes,
              nanobind::handle weights_of_samples, nanobind::handle smoothing,
              nanobind::handle ignored, nanobind::handle z);

  Problem map;
  // One of the two is there: int64 in the order of the rows, or in the dtype of the scores.
  Array labels, probabilities;
  Array class_weights;  // of the working type, side by side
  PerRowArgument sample_weights;
  double label_smoothing;
  std::int64_t ignore_index;
  double z_loss;
};

}  // namespace gibbs::python
