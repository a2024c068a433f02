#pragma once
// Sums of products over all lags at once.

#include <complex>
#include <span>
#include <vector>

namespace gibbs::thermo::detail {

// sum_i d_i d_(i + lag) of lag = 0 ... d.size() - 1, by the discrete Fourier transform.
//
// accuracy  2^-53 log2 n of sum d^2, about
// cost      n log n, and up to 96 bytes for each number
// source    Cooley & Tukey 1965; Wiener-Khinchin
std::vector<double> lagged_products(std::span<const double> d);

}  // namespace gibbs::thermo::detail
