// Limits of temperature, and levels that are far apart, equal, absent or alone.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "thermo/ensemble_cases.hpp"

namespace gibbs::testing {
namespace {

void expect_frozen(const State& s, double energy, double states) {
  EXPECT_EQ(s.mean_energy, energy);
  EXPECT_EQ(s.free_energy, energy);
  EXPECT_NEAR(s.entropy, std::log(states), 1e-15);
  for (const double none :
       {s.heat_capacity, s.mean_energy_slope, s.energy_variance, s.energy_third, s.energy_fourth}) {
    EXPECT_EQ(none, 0);
  }
}

TEST(EnsembleEdges, AtZeroOnlyTheLowestLevelIsLeftAndBelowItOnlyTheHighest) {
  const Ensemble ensemble(Levels({2, -1, 5, -1, kInf, -7}, Row{1, 2, 4, 1, 9, 0}));
  expect_frozen(ensemble.at(0.0), -1, 3);
  expect_frozen(ensemble.at(-0.0), 5, 4);
  expect_frozen(ensemble.at_beta(kInf), -1, 3);
  expect_frozen(ensemble.at_beta(-kInf), 5, 4);
  expect_frozen(ensemble.at(1e-310), -1, 3);
  EXPECT_EQ(ensemble.at(0.0).log_partition, kInf);
  EXPECT_EQ(ensemble.at(-0.0).log_partition, kInf);
  EXPECT_EQ(ensemble.at(0.0).beta, kInf);
  EXPECT_EQ(ensemble.at(-0.0).beta, -kInf);
  EXPECT_EQ(Ensemble(Levels({1, 2})).at(0).log_partition, -kInf);
  EXPECT_EQ(Ensemble(Levels({-1, -2})).at(-0.0).log_partition, -kInf);
  EXPECT_NEAR(Ensemble(Levels({0, 2}, Row{3, 1})).at(0).log_partition, std::log(3), 1e-15);
  EXPECT_NEAR(ensemble.at(1e-3).entropy, std::log(3), 1e-15);
}

TEST(EnsembleEdges, AtInfinityAllStatesAreAlike) {
  const Ensemble ensemble(Levels({0, 1, 4}, Row{1, 2, 1}));
  for (const double t : {kInf, -kInf}) {
    const State s = ensemble.at(t);
    EXPECT_EQ(s.log_partition, std::log(4.0));
    EXPECT_EQ(s.entropy, std::log(4.0));
    EXPECT_EQ(s.mean_energy, 1.5);
    EXPECT_EQ(s.energy_variance, 2.25);
    EXPECT_EQ(s.heat_capacity, 0);
    EXPECT_EQ(s.mean_energy_slope, 0);
    EXPECT_EQ(s.free_energy, -t);
  }
  EXPECT_EQ(ensemble.at_beta(0.0).temperature, kInf);
  EXPECT_EQ(ensemble.at_beta(-0.0).temperature, -kInf);
  EXPECT_EQ(ensemble.at_beta(0).mean_energy, 1.5);
  EXPECT_EQ(Ensemble(Levels({3})).at(kInf).free_energy, 3);
}

TEST(EnsembleEdges, WithoutAnyLevelThereIsNothingButLogZ) {
  for (const Levels& levels : {Levels(Row{}), Levels({kInf}), Levels({1}, Row{0})}) {
    for (const double t : {0.0, 1.0, kInf}) {
      const State s = Ensemble(levels).at(t);
      EXPECT_EQ(s.log_partition, -kInf);
      EXPECT_EQ(s.free_energy, kInf);
      EXPECT_TRUE(std::isnan(s.mean_energy) && std::isnan(s.entropy) &&
                  std::isnan(s.heat_capacity));
    }
  }
}

TEST(EnsembleEdges, ATemperatureThatIsNaNIsNaNAndSpoilsNoOther) {
  const Ensemble ensemble(Levels({0, 1}));
  const std::vector<State> states = ensemble.sweep(Row{1, kNan, 2});
  EXPECT_TRUE(std::isnan(states[1].log_partition) && std::isnan(states[1].energy_fourth));
  EXPECT_EQ(states[0].entropy, ensemble.at(1).entropy);
  EXPECT_EQ(states[2].entropy, ensemble.at(2).entropy);
  EXPECT_TRUE(ensemble.sweep(Row{}).empty());
}

TEST(EnsembleEdges, OneEnergyAloneHasNoFluctuations) {
  for (const Levels& levels : {Levels({2.5}, Row{3}), Levels({2.5, 2.5, 2.5})}) {
    for (const double t : {1e-12, 1.0, 1e12, -1.0}) {
      const State s = Ensemble(levels).at(t);
      EXPECT_EQ(s.mean_energy, 2.5);
      EXPECT_EQ(s.entropy, std::log(3.0));
      EXPECT_EQ(s.energy_variance, 0);
      EXPECT_EQ(s.heat_capacity, 0);
      EXPECT_NEAR(s.free_energy, 2.5 - t * std::log(3), 1e-15 * (2.5 + std::abs(t)));
    }
  }
}

TEST(EnsembleEdges, LevelsThatCannotBeOccupiedAndEqualOnesChangeNothing) {
  const Levels plain({0, 1, 2}, Row{1, 3, 1});
  const Levels spread({kInf, 1, 0, 1, 2, -9}, Row{5, 1, 1, 2, 1, 0});
  for (const double t : {0.05, 1.0, -2.0}) {
    const State a = Ensemble(plain).at(t), b = Ensemble(spread).at(t);
    EXPECT_NEAR(a.log_partition, b.log_partition, 1e-15);
    EXPECT_NEAR(a.heat_capacity, b.heat_capacity, 1e-15);
    EXPECT_EQ(Ensemble(spread).levels().lowest(), 0);
  }
}

TEST(EnsembleEdges, NothingIsLostWhereNextToNothingIsExcited) {
  expect_exact(Levels({0, 1}), {0.005, 0.01, 0.03, -0.005});
  expect_exact(Levels({-3, -2, 8}, Row{1, 5, 1}), {0.0016, 0.02});
}

TEST(EnsembleEdges, EnergiesMayLieAnywhereInTheRangeOfADouble) {
  const Row everywhere{1e-200, 1e-12, 1e-3, 1, 50, 1e5, 1e12, 1e150, 1e297, 1e299, 3e300};
  Row both = everywhere;
  for (const double t : everywhere) both.push_back(-t);
  Mp::precision = 4200;
  expect_exact(Levels({-1e300, 0, 1, 1e300}, Row{1, 2, 3, 1}), both);
  expect_exact(Levels({0, 1, 2, 1e300}), both);
  expect_exact(Levels({0, 1e-200, 1e-190, 1e200}), both);
  Mp::precision = 256;
  constexpr double kLargest = std::numeric_limits<double>::max();
  expect_exact(Levels({-kLargest, kLargest, kLargest}), {1e307, 1e308, 1.7e308, -1e308});
}

TEST(EnsembleEdges, DegeneraciesMayHaveHundredsOfDigits) {
  Mp::precision = 2200;
  const auto decimal = [](int zeros) {
    return Degeneracy::of_decimal("1" + std::string(static_cast<std::size_t>(zeros), '0'));
  };
  const Levels levels({0, 1, 2, 3}, {decimal(0), decimal(300), decimal(600), decimal(299)});
  expect_exact(levels, {1e-4, 1e-3, 1.4e-3, 1.5e-3, 1, 1e6, -1, -1e-3});
  EXPECT_NEAR(Ensemble(levels).at(kInf).entropy, 600 * std::log(10), 1e-11);
  Mp::precision = 256;
}

}  // namespace
}  // namespace gibbs::testing
