#include <cmath>
#include <limits>

#include "thermo/bounded_newton.hpp"
#include "thermo/compensated.hpp"
#include "thermo/gas.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double ground_states(const GasLevels& levels) {
  detail::CompensatedSum sum;
  for (std::size_t s = 0; s < levels.up_to(0); ++s) sum.add(levels.degeneracies[s]);
  return sum.value();
}

// All in the lowest energy: the limit of T -> 0 for whatever can share a state.
Filling in_the_ground(const GasLevels& levels, double particles) {
  const double states = ground_states(levels);
  Filling filling{.numbers = std::vector<double>(levels.size()),
                  .chemical_potential = levels.energies[0]};
  for (std::size_t s = 0; s < levels.up_to(0); ++s) {
    filling.numbers[s] = particles * (levels.degeneracies[s] / states);
  }
  return filling;
}

// sum g e^-x
double partition_function(const GasLevels& levels, const std::vector<double>& x) {
  detail::CompensatedSum sum;
  for (std::size_t s = 0; s < x.size(); ++s) sum.add(levels.degeneracies[s] * std::exp(-x[s]));
  return sum.value();
}

}  // namespace

double boson_entropy(double x) {
  if (x > 745) return 0;
  return x / std::expm1(x) - std::log(-std::expm1(-x));
}

// In w = ln(e^d - 1), d = beta (E_0 - mu) > 0, ln N falls with a slope of about -1 both where all
// particles are in the ground state (N = g_0 e^-w) and where they are few (N = Z e^-w), and these
// two bound the root: 1 / (e^(x + d) - 1) <= e^-x / (e^d - 1).
Filling fill_bosons(const GasLevels& levels, double particles, double beta) {
  const double ground = ground_states(levels), log_n = std::log(particles);
  if (beta == kInfinity) {
    Filling filling = in_the_ground(levels, particles);
    filling.log_fugacity = -std::log1p(ground / particles);
    filling.entropy = ground * boson_entropy(-filling.log_fugacity);
    return filling;
  }
  const std::vector<double> x = levels.distances(beta, levels.energies[0]);
  const auto missing = [&](double w) {
    const double d = std::log1p(std::exp(w));
    const double d_slope = -std::expm1(-d);
    detail::CompensatedSum sum, slope;
    for (std::size_t s = 0; s < x.size(); ++s) {
      const double n = 1 / (x[s] > 0 ? std::expm1(x[s] + d) : std::exp(w));
      sum.add(levels.degeneracies[s] * n);
      slope.add(levels.degeneracies[s] * n * ((1 + n) * d_slope));
    }
    return Slope{log_n - std::log(sum.value()), slope.value() / sum.value(),
                 2e-16 * (1 + std::abs(log_n))};
  };
  const double low = std::log(ground) - log_n;
  const double high = std::log(partition_function(levels, x)) - log_n;
  const Root root = bounded_newton(missing, (low + high) / 2, low - 1e-12, high + 1e-12);
  const double d = std::log1p(std::exp(root.x));
  Filling filling{.numbers = std::vector<double>(x.size()),
                  .chemical_potential = chemical_potential(levels, levels.energies[0], -d, beta),
                  .log_fugacity = -d,
                  .converged = root.converged,
                  .iterations = root.iterations};
  detail::CompensatedSum entropy;
  for (std::size_t s = 0; s < x.size(); ++s) {
    filling.numbers[s] =
        levels.degeneracies[s] / (x[s] > 0 ? std::expm1(x[s] + d) : std::exp(root.x));
    entropy.add(levels.degeneracies[s] * boson_entropy(x[s] + d));
  }
  filling.entropy = entropy.value();
  return filling;
}

Filling fill_classical(const GasLevels& levels, double particles, double beta) {
  if (beta == kInfinity) {
    Filling filling = in_the_ground(levels, particles);
    filling.log_fugacity = std::log(particles / ground_states(levels));
    filling.entropy = particles * (1 - filling.log_fugacity);
    return filling;
  }
  const std::vector<double> x = levels.distances(beta, levels.energies[0]);
  const double z = partition_function(levels, x), ratio = particles / z;
  const double a = std::isnormal(ratio) ? std::log(ratio) : std::log(particles) - std::log(z);
  Filling filling{.numbers = std::vector<double>(x.size()),
                  .chemical_potential = chemical_potential(levels, levels.energies[0], a, beta),
                  .log_fugacity = a};
  detail::CompensatedSum entropy;
  for (std::size_t s = 0; s < x.size(); ++s) {
    const double n = particles * (levels.degeneracies[s] * std::exp(-x[s]) / z);
    filling.numbers[s] = n;
    if (n > 0) entropy.add(n * (1 + x[s] - a));
  }
  filling.entropy = entropy.value();
  return filling;
}

}  // namespace gibbs::thermo
