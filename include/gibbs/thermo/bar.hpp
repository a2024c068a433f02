#pragma once
// Two states: Bennett's acceptance ratio, and exponential averaging.

#include <span>

#include "gibbs/thermo/solution.hpp"

namespace gibbs::thermo {

//   free_energy  f_1 - f_0
//   error        one standard deviation in the limit of many samples; +inf if disconnected; NaN
//                if that is not known, short of the answer
//   overlap      sum_n p_0(n) p_1(n) (N_0 + N_1) / (N_0 N_1): 1 for equal states, 0 for none
struct BarResult {
  double free_energy = 0;
  double error = 0;
  double overlap = 0;
  SolveReport report = {};
};

// The root of sum_n 1 / (1 + N_0 / N_1 exp(w_n - df)) = sum_m 1 / (1 + N_1 / N_0 exp(w_m + df)),
// with w = u_1 - u_0 of samples of state 0 (`forward`) and u_0 - u_1 of samples of state 1
// (`reverse`): the MBAR of two states, by the same solver. For work out of equilibrium: its forward
// and its reverse values.
//
// range     w > -inf; +inf: the other state cannot be there
// edges     states that share no samples: error +inf, status kDisconnected
// throws    std::invalid_argument: no work on one side; NaN or -inf, by its place
// source    Bennett 1976; Crooks 2000 (work)
BarResult bar(std::span<const double> forward, std::span<const double> reverse,
              const SolveOptions& options = {});

// -ln <exp(-w)>: from samples of one state alone (Zwanzig 1954; Jarzynski 1997 for work), with the
// error of the mean in the limit of many samples.
//
// range     w > -inf; +inf has no weight
// edges     all +inf: +inf, error NaN. One sample: error NaN
// throws    std::invalid_argument: no work; NaN or -inf, by its place
Estimate exponential_average(std::span<const double> work);

}  // namespace gibbs::thermo
