#pragma once
// The one convex solver behind MBAR, BAR and WHAM.

#include <cstdint>
#include <string>
#include <vector>

#include "gibbs/thermo/solution.hpp"
#include "thermo/laplacian.hpp"
#include "thermo/mixture.hpp"

namespace gibbs::thermo::detail {

struct Solved {
  SolveReport report;  // components by place in the mixture, none if not known; no message yet
  Evaluation at;       // at mixture.rest
};

// Moves mixture.rest to the minimum, by Newton steps that are cut short until the objective falls,
// by way of high temperatures from afar; on until another step would change it by less than
// `steady`, or rounding by as much.
Solved solve(Mixture& mixture, const SolveOptions& options, double steady = 1e-12);

// Refuses options in the name of `function`.
void check_options(const char* function, const SolveOptions& options);

// The report with components of all states, those without samples among them, if they are known,
// and its sentence.
SolveReport told_of(SolveReport report, std::vector<std::vector<std::int64_t>> components);

// The error of a difference between states that share no samples: +inf, or NaN if not known.
double error_apart(const SolveReport& report);

// Writes a first guess into centre, and 0 into rest, from samples of each state: `taken[k]` lists
// some of the samples of state index[k].
void guess_free_energies(Mixture& mixture, const std::vector<std::vector<std::int64_t>>& taken);

}  // namespace gibbs::thermo::detail
