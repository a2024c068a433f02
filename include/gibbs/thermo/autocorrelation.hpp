#pragma once
// How far the numbers of a chain are independent.

#include <cstdint>
#include <span>

namespace gibbs::thermo {

//   mean, variance  of the numbers, the variance with the divisor n
//   time            tau = 1 + 2 (rho(1) + rho(2) + ...): so many of them are worth one by itself
//   window          of how many lags the sum is
//   standard_error  of the mean: sqrt(variance tau / n)
struct Autocorrelation {
  double mean = 0, variance = 0;
  double time = 1;
  std::int64_t window = 0;
  double standard_error = 0;
};

// The integrated autocorrelation time by Geyer's initial monotone sequence: lags are summed in
// pairs rho(2 t) + rho(2 t + 1), which are positive and fall in every reversible chain, as long as
// they do.
//
// accuracy  tau is itself an estimate, good to about sqrt(8 window / n) of itself
// range     numbers over the whole range of a double
// edges     all numbers equal: variance 0, tau 1, error 0. No number: NaN. A NaN or an infinity
//           among them: variance and error NaN, tau 1, window 0; the mean is that of the sum
// cost      n times the window, up to a window of 64; beyond it n log n, and up to 96 bytes for
// each
//           number: a million that only rise take about a second
// source    Geyer 1992
Autocorrelation autocorrelation(std::span<const double> series);

}  // namespace gibbs::thermo
