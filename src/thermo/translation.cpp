// The ideal gas in a box.

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "base/check.hpp"
#include "gibbs/thermo/ensemble.hpp"

namespace gibbs::thermo {
namespace {

void check_positive(const char* argument, double value) {
  if (value > 0 && value < std::numeric_limits<double>::infinity()) return;
  base::refuse_value("translation", std::string(argument) + " must be positive and finite", value);
}

}  // namespace

// ln Z = const - (3 N / 2) ln beta, so that the nth cumulant of E is (3 N / 2) (n - 1)! (k T)^n.
State translation(double mass, double volume, double temperature, std::int64_t count,
                  const Constants& constants) {
  check_positive("mass", mass);
  check_positive("volume", volume);
  check_positive("temperature", temperature);
  if (count < 1) {
    base::refuse("translation", "count must be at least 1, got " + std::to_string(count));
  }
  const auto n = static_cast<double>(count);
  const double theta = constants.boltzmann * temperature, half = 1.5 * n;
  const double wavelength = constants.planck / std::sqrt(2 * std::numbers::pi * mass * theta);
  State s{.temperature = temperature, .beta = 1 / theta};
  s.log_partition = n * (std::log(volume) - 3 * std::log(wavelength)) - std::lgamma(n + 1);
  s.mean_energy = half * theta;
  s.free_energy = -theta * s.log_partition;
  s.entropy = s.log_partition + half;
  s.heat_capacity = half;
  s.mean_energy_slope = half * constants.boltzmann;
  s.energy_variance = half * theta * theta;
  s.energy_third = 2 * half * theta * theta * theta;
  s.energy_fourth = 6 * half * theta * theta * theta * theta;
  return s;
}

}  // namespace gibbs::thermo
