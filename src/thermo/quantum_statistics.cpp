#include "gibbs/thermo/quantum_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "thermo/compensated.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/gas.hpp"

namespace gibbs::thermo {
namespace {

constexpr const char* kName = "quantum_gas";
constexpr double kFar = 1e300;  // as good as infinite, and sums of it are no NaN
constexpr double kInfinity = std::numeric_limits<double>::infinity();

GasLevels gas_levels(const Levels& levels) {
  const auto energies = levels.energies();
  GasLevels gas;
  for (std::size_t s = 0; s < energies.size(); ++s) {
    const double g = levels.degeneracies()[s].value();
    if (std::isinf(g)) {
      base::refuse(kName, "degeneracies[" + std::to_string(s) + "] must be within a double");
    }
    if (g > 0 && energies[s] < kInfinity) gas.index.push_back(s);
  }
  if (gas.index.empty()) base::refuse(kName, "no level can be occupied");
  std::ranges::stable_sort(gas.index, {}, [&](std::size_t s) { return energies[s]; });
  for (const std::size_t s : gas.index) {
    gas.energies.push_back(energies[s]);
    gas.degeneracies.push_back(levels.degeneracies()[s].value());
  }
  return gas;
}

void check(double particles, double beta) {
  if (!(particles > 0 && std::isfinite(particles))) {
    base::refuse_value(kName, "particles must be positive and finite", particles);
  }
  if (!(beta >= 0)) base::refuse_value(kName, "beta must be a number from 0", beta);
}

void check_room(const GasLevels& gas, double particles) {
  const double states = gas.states();
  if (particles <= states) return;
  base::refuse_value(
      kName, "particles must be at most one per state, " + base::text(states, 6) + " in all",
      particles);
}

Filling fill(Statistics statistics, const GasLevels& gas, double particles, double beta) {
  switch (statistics) {
    case Statistics::kBoseEinstein:
      return fill_bosons(gas, particles, beta);
    case Statistics::kFermiDirac:
      check_room(gas, particles);
      return fill_fermions(gas, particles, beta);
    case Statistics::kMaxwellBoltzmann:
      break;
  }
  return fill_classical(gas, particles, beta);
}

}  // namespace

double mean_number(Statistics statistics, double x) {
  switch (statistics) {
    case Statistics::kBoseEinstein:
      return x >= 0 ? 1 / std::expm1(std::abs(x))
                    : std::numeric_limits<double>::quiet_NaN();  // -0.0
    case Statistics::kFermiDirac:
      return x > 0 ? std::exp(-x) / (1 + std::exp(-x)) : 1 / (1 + std::exp(x));
    case Statistics::kMaxwellBoltzmann:
      break;
  }
  return std::exp(-x);
}

double GasLevels::states() const {
  detail::CompensatedSum sum;
  for (const double g : degeneracies) sum.add(g);
  return sum.value();
}

std::size_t GasLevels::up_to(std::size_t s) const {
  const auto end = std::ranges::upper_bound(energies, energies[s]);
  return static_cast<std::size_t>(end - energies.begin());
}

std::vector<double> GasLevels::distances(double beta, double origin) const {
  std::vector<double> x(size());
  if (beta == 0) return x;
  for (std::size_t s = 0; s < size(); ++s) {
    x[s] = std::clamp(beta * (energies[s] - origin), -kFar, kFar);
  }
  return x;
}

// At beta = 0 and x = 0 the limit is the mean of all energies: N = G (1 - beta (<E> - mu) c).
double chemical_potential(const GasLevels& levels, double origin, double x, double beta) {
  if (beta > 0 || x != 0) return origin + x / beta;
  detail::CompensatedSum sum;
  const double states = levels.states();
  for (std::size_t s = 0; s < levels.size(); ++s) {
    sum.add(levels.degeneracies[s] / states * levels.energies[s]);
  }
  return sum.value();
}

QuantumGas quantum_gas(Statistics statistics, const Levels& levels, double particles, double beta) {
  check(particles, beta);
  const GasLevels gas = gas_levels(levels);
  const Filling filling = fill(statistics, gas, particles, beta);
  QuantumGas result{.beta = beta,
                    .chemical_potential = filling.chemical_potential,
                    .log_fugacity = filling.log_fugacity,
                    .occupation = std::vector<double>(levels.energies().size()),
                    .entropy = filling.entropy,
                    .converged = filling.converged,
                    .iterations = filling.iterations};
  detail::CompensatedSum energy, total;
  total.add(-particles);
  for (std::size_t s = 0; s < gas.size(); ++s) {
    result.occupation[gas.index[s]] = filling.numbers[s];
    energy.add(filling.numbers[s] * gas.energies[s]);
    total.add(filling.numbers[s]);
  }
  result.mean_energy = energy.value();
  result.residual = total.value() / particles;
  return result;
}

}  // namespace gibbs::thermo
