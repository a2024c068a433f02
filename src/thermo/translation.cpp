// The ideal gas in a box.

#include <cmath>
#include <numbers>

#include "base/check.hpp"
#include "base/log_gamma.hpp"
#include "gibbs/thermo/ensemble.hpp"

namespace gibbs::thermo {

// ln Z = const - (3 N / 2) ln beta, so that the nth cumulant of E is (3 N / 2) (n - 1)! (k T)^n.
State translation(double mass, double volume, double temperature, std::int64_t count,
                  const Constants& constants) {
  constexpr const char* kName = "translation";
  base::check_positive(kName, "mass", mass);
  base::check_positive(kName, "volume", volume);
  base::check_positive(kName, "temperature", temperature);
  base::check_positive(kName, "boltzmann", constants.boltzmann);
  base::check_positive(kName, "planck", constants.planck);
  base::check_at_least(kName, "count", count, 1);
  const auto n = static_cast<double>(count);
  const double theta = constants.boltzmann * temperature, half = 1.5 * n;
  // 1 / L^2 in long double, whose range holds any such product.
  const long double planck = constants.planck,
                    momentum = static_cast<long double>(mass) * constants.boltzmann * temperature;
  const auto log_wavelength = static_cast<double>(
      -std::log(2 * std::numbers::pi_v<long double> * momentum / planck / planck) / 2);
  State s{.temperature = temperature, .beta = 1 / theta};
  s.log_partition = n * (std::log(volume) - 3 * log_wavelength) - base::log_gamma(n + 1);
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
