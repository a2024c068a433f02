#pragma once
// The constrained maps and normmax of one row in long double, by bisection of the multiplier on the
// definitions in include/gibbs/family/. Shares no code with the library.

#include <gibbs/family/divergence.hpp>
#include <vector>

namespace gibbs::testing {

// One row, 0 < T < inf, every score finite. Empty: no bound (or 0), weights 1, g = 1.
struct ConstrainedProblem {
  Divergence::Kind kind = Divergence::kEuclidean;
  long double alpha = 1;
  std::vector<long double> scores;
  long double temperature = 1;
  long double budget = 1;
  std::vector<long double> lower = {}, upper = {}, weights = {}, log_degeneracy = {};
};

struct ConstrainedSolution {
  std::vector<long double> probabilities;
  long double value = 0, multiplier = 0;
};

ConstrainedSolution solve(const ConstrainedProblem& problem);

// normmax by the condition that |q| = 1.
ConstrainedSolution solve_normmax(const std::vector<long double>& scores, long double alpha,
                                  long double temperature);

}  // namespace gibbs::testing
