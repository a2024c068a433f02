#pragma once
// A temperature, or its inverse, as the sums over levels need it.

#include "kernels/level_sums.hpp"
#include "thermo/twofold.hpp"

namespace gibbs::thermo {

// What the levels are in contact with. theta = k |T|; `inverted`: T < 0 or T = -0.0.
struct Bath {
  double temperature = 0, beta = 0;
  Twofold theta;
  bool inverted = false;

  // Whether only the lowest level, or the highest, is left: 1 / theta is beyond a double.
  bool frozen() const;
  bool valid() const { return beta == beta; }
  long double signed_theta() const { return inverted ? -theta.value() : theta.value(); }
};

// range     boltzmann > 0; temperature, beta: any
Bath at_temperature(double temperature, double boltzmann);
Bath at_beta(double beta, double boltzmann);

// For energies multiplied by `scale`, a power of two, none farther than `farthest` from where they
// are counted from. range: bath valid and not frozen
kernels::ThermalScale thermal_scale(const Bath& bath, double scale, double farthest);

}  // namespace gibbs::thermo
