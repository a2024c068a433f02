// The ensemble against its definition in MPFR, at any temperature and on every target.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/parallel.hpp>
#include <gibbs/thermo/ensemble.hpp>
#include <string>
#include <utility>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "thermo/ensemble_cases.hpp"

namespace gibbs::testing {
namespace {

// Energies of one kind, a few of them equal, and degeneracies of one kind.
Row energies_of(Random& random, std::int64_t count, int kind) {
  Row energies;
  for (std::int64_t i = 0; i < count; ++i) {
    switch (kind) {
      case 0:
        energies.push_back(static_cast<double>(random.below(20)) - 7);
        break;
      case 1:
        energies.push_back(random.normal(3));
        break;
      case 2:
        energies.push_back(1e6 + random.normal());
        break;
      case 3:
        energies.push_back(std::pow(10.0, random.uniform(-4, 4)));
        break;
      default:
        energies.push_back(std::pow(10.0, random.uniform(-60, 60)) * random.normal());
    }
  }
  if (count > 3) energies[2] = energies[0];
  return energies;
}

std::vector<Degeneracy> degeneracies_of(Random& random, std::int64_t count, int kind) {
  std::vector<Degeneracy> g;
  for (std::int64_t i = 0; i < count; ++i) {
    switch (kind) {
      case 0:
        g.emplace_back(1);
        break;
      case 1:
        g.emplace_back(static_cast<double>(random.below(9)));
        break;
      case 2:
        g.emplace_back(random.uniform(0.01, 2));
        break;
      default:
        g.push_back(Degeneracy::of_decimal(std::to_string(1 + random.below(9)) + "e" +
                                           std::to_string(random.below(600) - 300)));
    }
  }
  g.back() = 2;  // one level at least
  return g;
}

double span(const Levels& levels) {
  return levels.highest() > levels.lowest() ? levels.highest() - levels.lowest() : 1;
}

// Hot, cold and all between, on both sides.
Row temperatures_of(Random& random, const Levels& levels) {
  Row temperatures;
  for (const double power : {-12.0, -3.0, -1.5, -1.0, -0.3, 0.0, 1.0, 12.0}) {
    const double t = span(levels) * std::pow(10, power + random.uniform(-0.2, 0.2));
    temperatures.push_back(t);
    temperatures.push_back(-t);
  }
  return temperatures;
}

TEST(Ensembles, EveryQuantityIsThatOfTheDefinition) {
  Random random(1);
  for (const std::int64_t count : {1, 2, 3, 7, 65, 513}) {
    for (int kind = 0; kind < 5; ++kind) {
      for (int g = 0; g < 4; ++g) {
        // Populations as small as 1e-600 are told apart from 0.
        Mp::precision = g == 3 ? 2200 : 256;
        SCOPED_TRACE(std::to_string(count) + " levels of kind " + std::to_string(kind) + ", g " +
                     std::to_string(g));
        const Levels levels(energies_of(random, count, kind), degeneracies_of(random, count, g));
        expect_exact(levels, temperatures_of(random, levels));
      }
    }
  }
  Mp::precision = 256;
}

TEST(Ensembles, ManyBlocksAndChunksAreOneSum) {
  Random random(2);
  const Levels levels(energies_of(random, 20000, 1), degeneracies_of(random, 20000, 1));
  expect_exact(levels, {0.01, 0.7, 1e3, -0.2});
}

TEST(Ensembles, AStateDependsOnNoOtherTemperatureAndNoThread) {
  Random random(3);
  const Ensemble ensemble(Levels(energies_of(random, 30000, 1), degeneracies_of(random, 30000, 2)));
  Row temperatures;
  for (int i = 0; i < 150; ++i) temperatures.push_back(random.normal(5));
  set_num_threads(1);
  const std::vector<State> one = ensemble.sweep(temperatures);
  set_num_threads(2);
  const std::vector<State> two = ensemble.sweep(temperatures);
  set_num_threads(0);
  EXPECT_TRUE(same_bits(one, two));
  for (const std::size_t i : {0, 63, 64, 149}) {
    EXPECT_TRUE(same_bits(std::vector{ensemble.at(temperatures[i])}, std::vector{one[i]})) << i;
  }
}

TEST(Ensembles, ATemperatureAndItsBetaAreOneState) {
  const Ensemble ensemble(Levels({0, 1, 3}, Row{1, 2, 1}), {.boltzmann = 0.25});
  for (const double t : {0.5, 2.0, -4.0}) {
    EXPECT_TRUE(
        same_bits(std::vector{ensemble.at(t)}, std::vector{ensemble.at_beta(1 / (0.25 * t))}));
  }
}

TEST(Ensembles, TheUnitIsHowKIsMeasured) {
  const Levels levels({0, 100}, Row{1, 3});
  const Ensemble wavenumbers(levels, {.unit = thermo::EnergyUnit::kWavenumber});
  const double k = thermo::boltzmann_constant(thermo::EnergyUnit::kWavenumber);
  EXPECT_EQ(wavenumbers.boltzmann(), k);
  const State s = wavenumbers.at(300);
  EXPECT_EQ(s.mean_energy_slope, k * s.heat_capacity);
  EXPECT_NEAR(s.heat_capacity, Ensemble(levels).at(300 * k).heat_capacity, 1e-15);
  EXPECT_NE(Ensemble(levels, {.boltzmann = 2}).at(300).heat_capacity,
            Ensemble(levels).at(300).heat_capacity);
}

TEST(Ensembles, SystemsThatDoNotInteractAdd) {
  const Levels a({-1, 0.5, 2}, Row{1, 2, 3}), b({0, 0.25}, Row{2, 1});
  const Ensemble first(a), second(b), both(thermo::product(a, b));
  for (const double t : {0.1, 1.0, -3.0, 0.0, kInf}) {
    const State sum = thermo::combine(first.at(t), second.at(t)), product = both.at(t);
    EXPECT_NEAR(sum.entropy, product.entropy, 1e-14);
    EXPECT_NEAR(sum.mean_energy, product.mean_energy, 1e-14);
    EXPECT_NEAR(sum.energy_variance, product.energy_variance, 1e-14);
    EXPECT_NEAR(sum.energy_third, product.energy_third, 1e-14);
    EXPECT_NEAR(sum.energy_fourth, product.energy_fourth, 2e-14);
    EXPECT_NEAR(sum.heat_capacity, product.heat_capacity, 1e-14);
    if (t != 0) {
      EXPECT_NEAR(sum.log_partition, product.log_partition, 1e-14);
    } else {
      EXPECT_EQ(sum.log_partition, product.log_partition);
    }
  }
}

TEST(Ensembles, OfTwoTemperaturesAreNotCombined) {
  const Ensemble one(Levels({0, 1}));
  const auto refused = [&](double t, double u) {
    return refusal([&] { (void)thermo::combine(one.at(t), one.at(u)); });
  };
  EXPECT_EQ(refused(1, 2), "combine: the temperatures must be the same, got 1 and 2");
  EXPECT_EQ(refused(0.0, -0.0), "combine: the temperatures must be the same, got 0 and -0");
  EXPECT_EQ(refused(-0.0, -0.0), "");
  for (const auto& [t, u] : {std::pair(kNan, kNan), {kNan, 1.0}, {1.0, kNan}}) {
    const State both = thermo::combine(one.at(t), one.at(u));
    EXPECT_TRUE(std::isnan(both.temperature) && std::isnan(both.entropy) &&
                std::isnan(both.log_partition));
  }
}

TEST(Ensembles, SkewnessIsTheThirdCumulantOverThePowerOfTheVariance) {
  const State s = Ensemble(Levels({0, 1}, Row{1, 1})).at(0.5);
  const double p = 1 / (1 + std::exp(2));
  EXPECT_NEAR(s.skewness(), (1 - 2 * p) / std::sqrt(p * (1 - p)), 1e-14);
  EXPECT_TRUE(std::isnan(Ensemble(Levels({1})).at(1).skewness()));
}

TEST(Ensembles, RefuseAConstantThatIsNone) {
  const Levels levels({0, 1});
  EXPECT_EQ(refusal([&] { Ensemble(levels, {.boltzmann = 0}); }),
            "Ensemble: boltzmann must be positive and finite, got 0");
  EXPECT_EQ(refusal([&] { Ensemble(levels, {.boltzmann = kNan}); }),
            "Ensemble: boltzmann must be positive and finite, got nan");
  const Ensemble e(levels);
  EXPECT_EQ(refusal([&] { (void)combine(e.at(1), e.at(2)); }),
            "combine: the temperatures must be the same, got 1 and 2");
}

}  // namespace
}  // namespace gibbs::testing
