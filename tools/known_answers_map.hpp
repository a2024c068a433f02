#pragma once
// entmax of one row in 512 bits, by root finding from its definition.

#include <vector>

#include "known_answers_real.hpp"

namespace known {

// One row. An empty log_degeneracy means g = 1, an empty mask that every state is present.
struct Row {
  std::vector<double> scores;
  double alpha = 1;
  double temperature = 1;
  std::vector<double> log_degeneracy;
  std::vector<bool> mask;
};

// What the map makes of it. threshold is -inf where no score is too low.
struct Answer {
  std::vector<Real> probabilities;
  std::vector<Real> log_probabilities;
  Real log_partition;
  Real entropy;
  Real threshold;
  int support = 0;
};

Answer solve(const Row& row);

}  // namespace known
