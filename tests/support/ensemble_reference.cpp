#include "support/ensemble_reference.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <vector>

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Term {
  Mp weight, distance;  // from the end that is occupied at T = 0
};

Mp degeneracy(const thermo::Degeneracy& g) { return scaled(Mp(g.mantissa()), g.exponent()); }

// Notes a number that is not near.
void compare(const char* name, double got, const Mp& exact, const Mp& size, double bar,
             std::ostringstream& said) {
  const Mp error = abs(Mp(got) - exact), least(std::numeric_limits<double>::min());
  if (exact.value() == got || error < Mp(bar) * (size + least)) return;
  said << "\n  " << name << " is " << got << ", exact " << exact.value() << ", off by "
       << (error / size).value() << " of " << size.value();
}

}  // namespace

ExactState exact_state(const thermo::Levels& levels, const Mp& theta) {
  const bool inverted = theta < Mp(0);
  const Mp reference(inverted ? levels.highest() : levels.lowest());
  std::vector<Term> excited;
  Mp ground, sum, first;
  for (std::size_t i = 0; i < levels.energies().size(); ++i) {
    const thermo::Degeneracy& g = levels.degeneracies()[i];
    if (g.mantissa() == 0 || levels.energies()[i] == kInfinity) continue;
    const Mp distance = Mp(levels.energies()[i]) - reference;
    if (distance.value() == 0) {
      ground = ground + degeneracy(g);
      continue;
    }
    excited.push_back({degeneracy(g) * exp(-(distance / theta)), distance});
    sum = sum + excited.back().weight;
    first = first + excited.back().weight * distance;
  }
  const Mp all = ground + sum, mean = first / all;
  Mp second = ground * mean * mean, third = ground * mean * mean * mean, fourth = third * mean,
     absolute = abs(third);
  third = -third;
  for (const Term& term : excited) {
    const Mp z = term.distance - mean, square = z * z * term.weight;
    second = second + square;
    third = third + square * z;
    absolute = absolute + abs(square * z);
    fourth = fourth + square * z * z;
  }
  ExactState s;
  const Mp log_ground = log(ground), log_excited = log1p(sum / ground);
  s.log_partition = log_ground + log_excited - reference / theta;
  s.mean_energy = reference + mean;
  s.free_energy = reference - theta * (log_ground + log_excited);
  s.entropy = log_ground + log_excited + mean / theta;
  s.variance = second / all;
  s.heat_capacity = s.variance / (theta * theta);
  s.third = third / all;
  s.fourth = fourth / all - Mp(3) * s.variance * s.variance;
  s.log_size = abs(log_ground) + log_excited + abs(reference / theta);
  s.entropy_size = abs(log_ground) + log_excited + mean / theta;
  s.energy_size = abs(reference) + abs(mean);
  s.free_size = abs(reference) + abs(theta) * (abs(log_ground) + log_excited);
  s.third_size = absolute / all;
  s.fourth_size = fourth / all;
  return s;
}

::testing::AssertionResult is_close(const thermo::State& got, const ExactState& exact, double bar) {
  std::ostringstream said;
  said.precision(17);
  const auto each = [&](const char* name, double of, const Mp& answer, const Mp& size) {
    compare(name, of, answer, size, bar, said);
  };
  each("log Z", got.log_partition, exact.log_partition, exact.log_size);
  each("U", got.mean_energy, exact.mean_energy, exact.energy_size);
  each("F", got.free_energy, exact.free_energy, exact.free_size);
  each("S", got.entropy, exact.entropy, exact.entropy_size);
  each("C_V", got.heat_capacity, exact.heat_capacity, exact.heat_capacity);
  each("Var", got.energy_variance, exact.variance, exact.variance);
  each("third", got.energy_third, exact.third, exact.third_size);
  each("fourth", got.energy_fourth, exact.fourth, exact.fourth_size);
  if (said.str().empty()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "T " << got.temperature << ": " << said.str();
}

}  // namespace gibbs::testing
