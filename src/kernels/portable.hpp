#pragma once
// Exponentials and logarithms in double with the same bits on every target and machine: for what
// decides which category is drawn.

#include <cstdint>

namespace gibbs::kernels {

// out_i = exp((x_i - max) / T) for x <= max finite and T > 0; 0 where that would be subnormal, NaN
// for NaN. 2 ulp but for the rounding of the quotient.
void portable_weights(const float* x, std::int64_t n, double max, double temperature, double* out);
void portable_weights(const double* x, std::int64_t n, double max, double temperature, double* out);

// out_i = log(x_i), 2 ulp of max(1, |answer|); -inf for 0 and for subnormal x. x >= 0 finite or
// NaN. out may be x.
void portable_log(const double* x, std::int64_t n, double* out);

// The highest of a row: NaN if there is one, -inf of no scores.
float highest_score(const float* x, std::int64_t n);
double highest_score(const double* x, std::int64_t n);

}  // namespace gibbs::kernels
