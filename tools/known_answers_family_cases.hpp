#pragma once
// The rows whose answers are kept in tests/known/family.txt.

#include <string>
#include <vector>

#include "known_answers_family_maps.hpp"
#include "known_answers_patterns.hpp"

namespace known {

// With an upstream where derivatives are kept too.
struct FamilyCase {
  std::string name;
  FamilyRow row;
  std::vector<Real> upstream;
};

class FamilyCollector {
 public:
  // The row of a pattern, as yet without a map.
  FamilyRow row_of(const std::string& pattern, int length);
  void add(const std::string& name, FamilyRow row);
  // With the derivatives along normal numbers.
  void add_with_slopes(const std::string& name, FamilyRow row);

  Random& random() { return random_; }
  std::vector<FamilyCase> take() { return std::move(cases_); }

 private:
  Random random_{20250202};
  std::vector<FamilyCase> cases_;
};

// Every divergence under every constraint; states exactly at a bound.
void add_constrained(FamilyCollector& to);
void add_states_at_bounds(FamilyCollector& to);
// The others.
void add_simplex_members(FamilyCollector& to);

std::vector<FamilyCase> all_family_cases();

}  // namespace known
