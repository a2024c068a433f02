#pragma once
// Reads tests/known/maps.txt and family.txt; the formats are described at the top of those files.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/reference.hpp"

namespace gibbs::testing {

struct KnownAnswer {
  std::string name;  // with its line number, for messages
  Problem problem;
  Solution solution;
};

// A row of the wider family: its numbers by their keys.
struct FamilyAnswer {
  std::string name;  // with its line number, for messages
  std::string map, divergence;
  std::map<std::string, std::vector<long double>> items = {};

  bool has(const std::string& key) const { return items.contains(key); }
  long double number(const std::string& key, long double otherwise = 0) const;
  // Empty where it is left out.
  const std::vector<long double>& row(const std::string& key) const;
};

// All of them, read once. Throws std::runtime_error if the file is missing or not as described.
const std::vector<KnownAnswer>& known_answers();
const std::vector<FamilyAnswer>& family_answers();

}  // namespace gibbs::testing
