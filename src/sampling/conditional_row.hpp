#pragma once
// One row of conditional Gumbels, in double.

#include <cstdint>

#include "gibbs/sampling/noise.hpp"

namespace gibbs::sampling {

// log of the sum of exp(x_i), the same bits on every target. work: n doubles. x has no NaN.
double portable_log_sum_exp(const double* x, std::int64_t n, double* work);

// z holds Gumbel noise and gets the perturbed scores below `maximum`, which is the winner's. work:
// 2 n doubles. The formula and the edges are those of gibbs/sampling/conditional_gumbels.hpp.
void condition_row(const double* x, std::int64_t n, std::int64_t winner, double maximum, double* z,
                   double* work);

// The gradient of the scores at a given maximum, to grad; returns that of the maximum.
double conditional_row_vjp(const double* x, const double* z, const double* upstream, std::int64_t n,
                           std::int64_t winner, double* grad);

// grad_i += softmax(x)_i by_maximum: the maximum that is drawn as log Z + G moves with the scores.
void add_by_maximum(const double* x, std::int64_t n, double by_maximum, double* grad);

}  // namespace gibbs::sampling
