#pragma once
// The maps of one row in long double, straight from their definitions: the numbers that the library
// is held to where no known answer is kept. Shares no code with the library.
//
// accuracy: |p - exact| < 1e-17, held against tests/known/maps.txt by known_answers_test.cpp

#include <cstdint>
#include <vector>

namespace gibbs::testing {

// One row. An empty log_degeneracy means g = 1; an empty mask, that every state is present.
// Inputs are long double so that finite differences step exactly.
struct Problem {
  std::vector<long double> scores;
  long double alpha = 1;
  long double temperature = 1;
  std::vector<long double> log_degeneracy = {};
  std::vector<bool> mask = {};
};

struct Solution {
  std::vector<long double> probabilities;
  std::vector<long double> log_probabilities;
  long double log_partition = 0;
  long double entropy = 0;
  long double threshold = 0;
  std::int64_t support = 0;
};

// Every line of the table of edges included: NaN, -inf, +inf, no state, T = 0, T = inf.
Solution solve(const Problem& problem);

// sum_i terms_i with the rounding of each addition carried along (Neumaier 1974).
long double accurate_sum(const std::vector<long double>& terms);

// H_alpha(p; g) from its definition.
long double tsallis_entropy(const std::vector<long double>& p, long double alpha,
                            const std::vector<long double>& log_degeneracy);

}  // namespace gibbs::testing
