#pragma once
// A start for Newton's method from anywhere.

#include <cstdint>

#include "thermo/mixture.hpp"

namespace gibbs::thermo::detail {

// Moves the mixture to where Newton's method is near its minimum, and returns how many steps that
// took: at most about `most`.
//
// Far from it the objective is all but piecewise linear: steps are short or lead nowhere. Of
// potentials divided by a temperature tau it is as convex, and smooth over distances of tau. So it
// is solved, roughly, where tau is so high that the start is near; then tau falls to 1, by as large
// factors as one or two steps can follow.
std::int64_t cool(Mixture& mixture, std::int64_t most);

}  // namespace gibbs::thermo::detail
