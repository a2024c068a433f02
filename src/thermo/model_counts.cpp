#include <cmath>

#include "base/check.hpp"
#include "gibbs/thermo/models.hpp"

namespace gibbs::thermo {
namespace {

struct Request {
  const char* function;
  const char* unit_name;
  double unit, thermal_energy, tail;
};

void check(const Request& asked) {
  base::check_positive(asked.function, asked.unit_name, asked.unit);
  if (!(asked.thermal_energy >= 0 && std::isfinite(asked.thermal_energy))) {
    base::refuse_value(asked.function, "thermal_energy must be finite and not negative",
                       asked.thermal_energy);
  }
  if (!(asked.tail > 0 && asked.tail < 1)) {
    base::refuse_value(asked.function, "tail must lie between 0 and 1", asked.tail);
  }
}

// The energy, in units of the model's own, from which levels may be left out. The sum that loses
// most is that of C_V, of g y^2 exp(-y) with y = E / kT. At high temperature it is of order 1 and
// loses (y^2 + 2 y + 2) exp(-y) at most; at low temperature it is that of an excited level, and
// loses g / g_1 (y / y_1)^2 exp(y_1 - y). Either is below (1 + y)^3 exp(y_1 - y).
double cut(const Request& asked, double excited) {
  const double thermal = asked.thermal_energy / asked.unit;
  if (thermal == 0) return excited;
  if (thermal > 1e300) return thermal;  // no count; the sums below could overflow
  double energy = excited;
  for (int i = 0; i < 60; ++i) {  // a contraction by 3 / (1 + y), and y > 30 after the first step
    const double log_y = std::log(thermal + energy) - std::log(thermal);
    energy = excited + thermal * (3 * log_y - std::log(asked.tail));
  }
  return energy;
}

std::int64_t as_count(const Request& asked, double levels) {
  if (!(levels < 0x1p53)) base::refuse_value(asked.function, "a count must be below 2^53", levels);
  return static_cast<std::int64_t>(std::ceil(levels)) + 1;
}

}  // namespace

std::int64_t harmonic_oscillator_count(double quantum, double thermal_energy, double tail) {
  const Request asked{"harmonic_oscillator_count", "quantum", quantum, thermal_energy, tail};
  check(asked);
  return as_count(asked, cut(asked, 1));
}

// The excited level is J = 3, which is one also where only odd levels are occupied.
std::int64_t rigid_rotor_count(double constant, double thermal_energy, double tail) {
  const Request asked{"rigid_rotor_count", "constant", constant, thermal_energy, tail};
  check(asked);
  return as_count(asked, std::sqrt(cut(asked, 12)));
}

std::int64_t particle_in_box_count(double unit, double thermal_energy, double tail) {
  const Request asked{"particle_in_box_count", "unit", unit, thermal_energy, tail};
  check(asked);
  return as_count(asked, std::sqrt(cut(asked, 4)));
}

}  // namespace gibbs::thermo
