#include "gibbs/thermo/models.hpp"

#include <cmath>
#include <vector>

#include "base/check.hpp"

namespace gibbs::thermo {
namespace {

double number(std::int64_t n) { return static_cast<double>(n); }

// Levels n = first ... first + count - 1, with energy(n) and degeneracy(n).
template <typename Energy, typename States>
Levels ladder(const char* function, std::int64_t first, std::int64_t count, const Energy& energy,
              const States& states) {
  base::check_at_least(function, "count", count, 1);
  std::vector<double> energies;
  std::vector<double> degeneracies;
  energies.reserve(static_cast<std::size_t>(count));
  degeneracies.reserve(energies.capacity());
  for (std::int64_t n = first; n < first + count; ++n) {
    energies.push_back(energy(number(n)));
    degeneracies.push_back(states(number(n)));
  }
  if (!std::isfinite(energies.back())) {
    base::refuse_value(function, "the highest energy must be finite", energies.back());
  }
  return Levels(std::move(energies), degeneracies);
}

double one_state(double /*n*/) { return 1; }

void check_weight(const char* function, const char* argument, double weight) {
  if (weight >= 0 && std::isfinite(weight)) return;
  base::refuse_value(function, std::string(argument) + " must be finite and not negative", weight);
}

}  // namespace

Levels two_level(double gap, double ground_degeneracy, double excited_degeneracy) {
  base::check_positive("two_level", "gap", gap);
  check_weight("two_level", "ground_degeneracy", ground_degeneracy);
  check_weight("two_level", "excited_degeneracy", excited_degeneracy);
  return {{0, gap}, {ground_degeneracy, excited_degeneracy}};
}

Levels harmonic_oscillator(double quantum, std::int64_t count, bool zero_point) {
  base::check_positive("harmonic_oscillator", "quantum", quantum);
  const double zero = zero_point ? 0.5 : 0;
  return ladder(
      "harmonic_oscillator", 0, count, [&](double n) { return (n + zero) * quantum; }, one_state);
}

Levels rigid_rotor(double constant, std::int64_t count, double even_weight, double odd_weight) {
  base::check_positive("rigid_rotor", "constant", constant);
  check_weight("rigid_rotor", "even_weight", even_weight);
  check_weight("rigid_rotor", "odd_weight", odd_weight);
  const auto states = [&](double j) {
    return (2 * j + 1) * (std::fmod(j, 2) == 0 ? even_weight : odd_weight);
  };
  return ladder(
      "rigid_rotor", 0, count, [&](double j) { return constant * (j * (j + 1)); }, states);
}

Levels particle_in_box(double unit, std::int64_t count) {
  base::check_positive("particle_in_box", "unit", unit);
  return ladder(
      "particle_in_box", 1, count, [&](double n) { return n * n * unit; }, one_state);
}

Levels hydrogen_like(double rydberg, std::int64_t last) {
  base::check_positive("hydrogen_like", "rydberg", rydberg);
  base::check_at_least("hydrogen_like", "last", last, 1);
  return ladder(
      "hydrogen_like", 1, last, [&](double n) { return -rydberg / (n * n); },
      [](double n) { return 2 * n * n; });
}

}  // namespace gibbs::thermo
