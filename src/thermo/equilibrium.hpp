#pragma once
// From the moments of levels to the state at a temperature.

#include <span>
#include <vector>

#include "gibbs/thermo/ensemble.hpp"
#include "thermo/bath.hpp"
#include "thermo/level_blocks.hpp"

namespace gibbs::thermo {

// The states at any temperatures, those that are NaN, 0, infinite or negative included.
std::vector<State> equilibria(const Levels& levels, std::span<const Bath> baths, double boltzmann);

// log Z where beta is infinite: +-inf by the sign of beta E, and the entropy where E is 0.
double frozen_log_partition(double energy, bool inverted, double entropy);

}  // namespace gibbs::thermo
