#pragma once
// The maps of include/gibbs/family of one row in 512 bits.

#include <string>
#include <utility>
#include <vector>

#include "known_answers_family_divergence.hpp"
#include "known_answers_real.hpp"

namespace known {

enum class Family { kConstrained, kNormmax, kTopK, kTempered, kSink };

// One row. Vectors but the scores may be empty: no bound, weights 1, g = 1, no state masked.
// Numbers that a map does not know are left alone.
struct FamilyRow {
  Family map = Family::kConstrained;
  Generator f;
  std::vector<Real> scores;
  Real temperature = 1;
  Real budget = 1;
  Real t = 1;     // of tempered softmax
  Real sink = 0;  // of softmax with a sink
  int k = 0;      // of top-k
  std::vector<Real> lower, upper, weights, log_degeneracy;
  std::vector<bool> mask;
};

// What the map makes of it: its probabilities, and other numbers by their key in the file.
struct FamilyAnswer {
  std::vector<Real> probabilities;
  int support = 0;
  std::vector<std::pair<std::string, std::vector<Real>>> numbers;
  Real tau;  // the root that was found, where there is one
};

// Where a root is looked for first.
struct Near {
  Real tau;
  Real step;
};

bool is_present(const FamilyRow& row, std::size_t i);

// Throws std::logic_error where the answer does not pass its certificate.
FamilyAnswer solve_with_certificate(const FamilyRow& row);
// Without: for rows that differ a little from one whose root is known.
FamilyAnswer solve(const FamilyRow& row, const Near* near = nullptr);

// p of the constrained maps, with `value`, and as `multiplier` the one tau, or the ends of the
// interval where more than one serves.
FamilyAnswer solve_constrained(const FamilyRow& row, const Near* near);
// That every p_i is best at this tau, and that together they take the budget.
void certify_constrained(const FamilyRow& row, const FamilyAnswer& answer);

}  // namespace known
