#include "gibbs/thermo/ensemble.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "base/check.hpp"
#include "thermo/bath.hpp"
#include "thermo/boltzmann.hpp"
#include "thermo/equilibrium.hpp"

namespace gibbs::thermo {
namespace {

template <class Make>
std::vector<Bath> baths_at(std::span<const double> values, double boltzmann, const Make& make) {
  std::vector<Bath> baths;
  baths.reserve(values.size());
  for (const double value : values) baths.push_back(make(value, boltzmann));
  return baths;
}

}  // namespace

double State::skewness() const {
  const bool known = energy_variance > 0 && std::isfinite(energy_variance);
  return known ? energy_third / energy_variance / std::sqrt(energy_variance)
               : std::numeric_limits<double>::quiet_NaN();
}

State combine(const State& a, const State& b) {
  if (std::isnan(a.temperature)) return a;
  if (std::isnan(b.temperature)) return b;
  if (a.temperature != b.temperature ||
      std::signbit(a.temperature) != std::signbit(b.temperature)) {
    base::refuse("combine", "the temperatures must be the same, got " + base::text(a.temperature) +
                                " and " + base::text(b.temperature));
  }
  State both = a;
  both.log_partition += b.log_partition;
  both.mean_energy += b.mean_energy;
  both.free_energy += b.free_energy;
  both.entropy += b.entropy;
  both.heat_capacity += b.heat_capacity;
  both.mean_energy_slope += b.mean_energy_slope;
  both.energy_variance += b.energy_variance;
  both.energy_third += b.energy_third;
  both.energy_fourth += b.energy_fourth;
  if (std::isinf(both.beta)) {
    both.log_partition =
        frozen_log_partition(both.mean_energy, std::signbit(both.beta), both.entropy);
  }
  return both;
}

Ensemble::Ensemble(Levels levels, const EnsembleOptions& options)
    : levels_(std::move(levels)),
      unit_(options.unit),
      boltzmann_(boltzmann_of("Ensemble", options)) {}

State Ensemble::at(double temperature) const { return sweep({&temperature, 1})[0]; }

State Ensemble::at_beta(double beta) const { return sweep_beta({&beta, 1})[0]; }

std::vector<State> Ensemble::sweep(std::span<const double> temperatures) const {
  return equilibria(levels_, baths_at(temperatures, boltzmann_, at_temperature), boltzmann_);
}

std::vector<State> Ensemble::sweep_beta(std::span<const double> betas) const {
  return equilibria(levels_, baths_at(betas, boltzmann_, thermo::at_beta), boltzmann_);
}

}  // namespace gibbs::thermo
