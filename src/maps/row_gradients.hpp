#pragma once
// Gradients of one row in double: of the scores with degeneracy, and of alpha, T and log g.

#include <cstdint>

#include "kernels/vjp.hpp"

namespace gibbs::maps {

// One row as double. log_weights may be null (0).
struct GradientRow {
  kernels::VjpOf of;
  const double* given;
  const double* upstream;
  const double* log_weights;
  std::int64_t n;
  double alpha, temperature;
};

struct RowGradients {
  double temperature = 0, alpha = 0;
};

// Writes grad_scores and grad_log_weights (either may be null); returns the others. The formulas
// are those of gibbs/entmax.hpp and gibbs/log_softmax.hpp.
// edges     p_i = 0: 0. NaN in p, or upstream where p > 0: all NaN. T or alpha at a limit: 0.
RowGradients gradients_of_row(const GradientRow& given, double* grad_scores,
                              double* grad_log_weights);

// The Hessian of <upstream, p> in the scores times `direction`; the formula and the edges are those
// of gibbs/entmax_hvp.hpp. Of kEntmax.
void hessian_of_row(const GradientRow& given, const double* direction, double* product);

}  // namespace gibbs::maps
