#pragma once
// Reads tests/known/maps.txt; the format is described at the top of that file.

#include <cstdint>
#include <string>
#include <vector>

#include "support/reference.hpp"

namespace gibbs::testing {

struct KnownAnswer {
  std::string name;  // with its line number, for messages
  Problem problem;
  Solution solution;
};

// All of them, read once. Throws std::runtime_error if the file is missing or not as described.
const std::vector<KnownAnswer>& known_answers();

}  // namespace gibbs::testing
