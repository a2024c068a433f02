#pragma once
// The root of a monotone function, bracketed.

#include "known_answers_real.hpp"

namespace known {

// The function is positive at `low` and negative at `high`; low may be the larger of the two.
struct Bracket {
  Real low, high;
  Real at_low, at_high;
};

// Regula falsi with the Illinois halving, and a bisection every eighth step and wherever the
// function is infinite as a safeguard: some twenty steps to `width`, whatever the shape.
template <class Function>
Real root(const Function& function, Bracket in, const Real& width) {
  const Real nothing = width * Real(1e-30);
  if (!(in.at_low > nothing)) return in.low;
  int side = 0;
  for (int step = 1; abs(in.high - in.low) > width; ++step) {
    Real middle = (in.low * in.at_high - in.high * in.at_low) / (in.at_high - in.at_low);
    if (step % 8 == 0 || !is_finite(middle)) middle = (in.low + in.high) / Real(2);
    const Real value = function(middle);
    if (abs(value) < nothing) return middle;
    const int new_side = value > Real(0) ? 1 : -1;
    Real& other = new_side > 0 ? in.at_high : in.at_low;
    if (new_side == side) other = other / Real(2);
    (new_side > 0 ? in.low : in.high) = middle;
    (new_side > 0 ? in.at_low : in.at_high) = value;
    side = new_side;
  }
  return (in.low + in.high) / Real(2);
}

}  // namespace known
