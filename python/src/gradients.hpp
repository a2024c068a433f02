#pragma once
// What may be wanted beside the first result: gradients and predictions.

#include "problem.hpp"

namespace gibbs::python {

// As a sum of bits. kUnscaled: gradients of the sum of losses where their mean is returned, which
// in float16 may be too small.
inline constexpr int kTemperature = 1, kLogDegeneracy = 2, kAlpha = 4, kScores = 8,
                     kPrediction = 16, kHessian = 32, kUnscaled = 64, kBudget = 128, kLower = 256,
                     kUpper = 512, kTau = 1024, kPoint = 2048;

// Gradients for parameters: one number per row, or one per element; not there if not wanted.
struct Extras {
  Extras(const Problem& problem, int wanted)
      : temperature(wanted & kTemperature ? new_per_row(problem, problem.working_type()) : Array{}),
        log_degeneracy(wanted & kLogDegeneracy
                           ? new_like(problem.scores, working_dtype(problem.scores.dtype))
                           : Array{}),
        alpha(wanted & kAlpha ? new_per_row(problem, problem.working_type()) : Array{}) {}

  Array temperature, log_degeneracy, alpha;
};

inline nanobind::object or_none(const Array& array) {
  return array ? array.object : nanobind::object(nanobind::none());
}

}  // namespace gibbs::python
