#pragma once
// Rows whose degeneracy or temperature the fast kernels do not take, made into plain rows.

#include <cstdint>

namespace gibbs::kernels {

// high_i + low_i = (x_i - max) / T + log_weights_i as an unevaluated sum, good to 2^-100 of its
// terms. log_weights may be null (0).
// edges     x_i = -inf or log_weights_i = -inf: high = -inf, low = 0; NaN stays
void prepare_row(const float* x, const float* log_weights, std::int64_t n, float max,
                 double temperature, double* high, double* low);
void prepare_row(const double* x, const double* log_weights, std::int64_t n, double max,
                 double temperature, double* high, double* low);

}  // namespace gibbs::kernels
