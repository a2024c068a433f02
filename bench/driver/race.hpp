#pragma once
// Times the contestants of one shape against each other.

#include <string>
#include <vector>

#include "driver/contestant.hpp"

namespace gibbs::bench {

// seconds[k] is the time of one run in round k; NaN where the contestant sat out.
struct Lap {
  std::string name;
  double error;
  std::vector<double> seconds;
};

struct Pace {
  int rounds_out_of_cache = 21;
  int rounds_in_cache = 201;
};

// All contestants of one shape, round-robin in an order that changes with every round.
// throws    std::runtime_error: a contestant is wrong by more than its tolerance
std::vector<Lap> race(const Arena& arena, const std::vector<Contestant>& contestants,
                      const Pace& pace);

}  // namespace gibbs::bench
