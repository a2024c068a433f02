#include "thermo/equilibrium.hpp"

#include <cmath>
#include <limits>

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

State filled(const Bath& bath, double value) {
  return {
      bath.temperature, bath.beta, value, value, value, value, value, value, value, value, value};
}

// Nothing can be occupied.
State empty_state(const Bath& bath) {
  State state = filled(bath, kNan);
  state.log_partition = -kInfinity;
  state.free_energy = bath.inverted ? -kInfinity : kInfinity;
  return state;
}

State frozen_state(const Levels& levels, const Bath& bath) {
  const double energy = bath.inverted ? levels.highest() : levels.lowest();
  State state = filled(bath, 0);
  state.mean_energy = state.free_energy = energy;
  state.entropy = static_cast<double>(ground_states(levels, energy).log_weight());
  state.log_partition = frozen_log_partition(energy, bath.inverted, state.entropy);
  return state;
}

// value / divisor^power, where either may be beyond the range of a double.
long double over_power(long double value, long double divisor, int power) {
  for (int i = 0; i < power; ++i) value /= divisor;
  return value;
}

// The ground state is apart so that log Z, the entropy and the moments are exact where next to
// nothing is excited. Distances, moments and theta are in units of 1 / scale.
State state_of(const Bath& bath, const Reference& reference, const Moments& ground,
               const Moments& excited, double boltzmann) {
  const Moments all = merge(ground, excited);
  const long double energy = reference.energy, theta = bath.signed_theta();
  const long double log_relative = log_total(ground, excited);  // log sum g exp(-beta (E - E_0))
  const long double above = all.mean / reference.distance_scale();
  State s{.temperature = bath.temperature, .beta = bath.beta};
  s.log_partition = static_cast<double>(log_relative - energy / theta);
  s.mean_energy = static_cast<double>(energy + above);
  s.free_energy =
      log_relative == 0 ? reference.energy : static_cast<double>(energy - theta * log_relative);
  s.entropy = static_cast<double>(log_relative + above / theta);
  const long double variance = over_power(all.second, reference.scale, 2);
  s.heat_capacity = static_cast<double>(over_power(variance, theta, 2));
  s.mean_energy_slope = s.heat_capacity * boltzmann;
  s.energy_variance = static_cast<double>(variance);
  s.energy_third = static_cast<double>(over_power(all.third, reference.distance_scale(), 3));
  s.energy_fourth =
      static_cast<double>(over_power(all.fourth - 3 * all.second * all.second, reference.scale, 4));
  return s;
}

// Those of the temperatures with one sign, whose reference is at one end of the levels.
void fill_states(const Levels& levels, std::span<const Bath> baths, bool inverted, double boltzmann,
                 std::vector<State>& states) {
  const Reference reference = ground_reference(levels, inverted);
  const double span = farthest(levels, reference);
  std::vector<std::size_t> places;
  std::vector<kernels::ThermalScale> scales;
  for (std::size_t i = 0; i < baths.size(); ++i) {
    if (!baths[i].valid() || baths[i].frozen() || baths[i].inverted != inverted) continue;
    places.push_back(i);
    scales.push_back(thermal_scale(baths[i], reference.scale, span));
  }
  if (places.empty()) return;
  const Moments ground = ground_states(levels, reference.energy);
  const std::vector<Moments> excited = level_moments(levels, reference, scales);
  for (std::size_t t = 0; t < places.size(); ++t) {
    states[places[t]] = state_of(baths[places[t]], reference, ground, excited[t], boltzmann);
  }
}

}  // namespace

double frozen_log_partition(double energy, bool inverted, double entropy) {
  if (energy == 0) return entropy;
  return (energy < 0) == inverted ? -kInfinity : kInfinity;
}

std::vector<State> equilibria(const Levels& levels, std::span<const Bath> baths, double boltzmann) {
  std::vector<State> states;
  states.reserve(baths.size());
  const bool empty = levels.lowest() == kInfinity;
  for (const Bath& bath : baths) {
    if (!bath.valid()) {
      states.push_back(filled(bath, kNan));
    } else if (empty) {
      states.push_back(empty_state(bath));
    } else {
      states.push_back(bath.frozen() ? frozen_state(levels, bath) : State{});
    }
  }
  if (empty) return states;
  fill_states(levels, baths, false, boltzmann, states);
  fill_states(levels, baths, true, boltzmann, states);
  return states;
}

}  // namespace gibbs::thermo
