#pragma once
// Logistic noise, and the function that it belongs to.

#include <cstdint>

#include "gibbs/sampling/noise.hpp"

namespace gibbs::sampling {

// Elements at a time: words and noise stay in the first cache.
inline constexpr std::int64_t kLogisticPart = 256;

// out_i = log(u / (1 - u)) with u = (bits + 1/2) / 2^64 of category first + i, from -45.1 to 45.1
// and exact in both tails, since the complement of the bits counts 1 - u. n <= kLogisticPart.
// accuracy  the same bits on every machine
void fill_logistic(const RowNoise& row, std::uint64_t draw, std::uint64_t first, std::int64_t n,
                   double* out);

// out_i = 1 / (1 + exp(-x_i)); NaN for NaN. out is not x.
// accuracy  4 ulp, 0 below 2^-1022; the same bits on every machine
void sigmoid(const double* x, std::int64_t n, double* out);

}  // namespace gibbs::sampling
