#pragma once
// The rows whose answers are kept in tests/known/maps.txt.

#include <string>
#include <vector>

#include "known_answers_map.hpp"

namespace known {

struct Case {
  std::string name;
  Row row;
};

std::vector<Case> all_cases();

}  // namespace known
