#pragma once
// One row of a constrained map, in double: the one solver of the family.

#include <cstdint>
#include <span>

#include "family/generator.hpp"

namespace gibbs::family {

// A state of the row; p is what the solver finds.
struct State {
  double score, log_weight;   // x; log g
  double lower, upper, cost;  // bounds of p; w
  double p;
  bool open;  // whether the solver may still move p

  bool present() const;
};

struct ConstrainedLaw {
  Generator generator;
  double temperature, budget;
  bool precise;  // long double at the end: for double rows
};

struct ConstrainedSummary {
  double value, multiplier;
};

// Sets p of every state. Upper bounds may be infinite; the row may hold NaN.
ConstrainedSummary solve_row(const ConstrainedLaw& law, std::span<State> states);

}  // namespace gibbs::family
