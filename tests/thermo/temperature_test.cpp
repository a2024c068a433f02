// From the mean energy back to the temperature, and to the peak of the heat capacity.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/models.hpp>
#include <string>

#include "support/random.hpp"
#include "support/refusal.hpp"
#include "thermo/ensemble_cases.hpp"

namespace gibbs::testing {
namespace {

using thermo::TemperatureSolution;

// How far beta is from the one that gives the mean energy, by a step of Newton in MPFR.
double error_of_beta(const Levels& levels, double mean_energy, double beta) {
  const ExactState at = exact_state(levels, Mp(1.0) / Mp(beta));
  return ((at.mean_energy - Mp(mean_energy)) / at.variance).value();
}

void expect_found(const Levels& levels, double mean_energy, std::int64_t most = 40) {
  const TemperatureSolution found = Ensemble(levels).temperature_of(mean_energy);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.temperature * found.beta, 1, 3e-16);
  const double deviation = std::sqrt(exact_state(levels, Mp(1) / Mp(found.beta)).variance.value());
  EXPECT_LE(std::abs(error_of_beta(levels, mean_energy, found.beta)),
            std::max(1e-13 * std::abs(found.beta), 1e-15 / deviation))
      << "mean energy " << mean_energy << ", beta " << found.beta << " after " << found.iterations;
  EXPECT_LE(found.iterations, most) << mean_energy;
}

TEST(Temperatures, OfJaynesDice) {
  const Levels dice({1, 2, 3, 4, 5, 6});
  for (const double mean : {4.5, 2.5, 1.1, 5.9, 3.4999, 1 + 1e-9, 6 - 1e-9, 1 + 1e-15}) {
    on_every_target([&] { expect_found(dice, mean); });
  }
  const double beta = Ensemble(dice).temperature_of(4.5).beta;
  EXPECT_LE(std::abs(error_of_beta(dice, 4.5, beta)), 1e-15);
  EXPECT_LT(beta, 0);
}

TEST(Temperatures, OfTheMeanInTheMiddleIsInfinite) {
  const TemperatureSolution found = Ensemble(Levels({1, 2, 3, 4, 5, 6})).temperature_of(3.5);
  EXPECT_EQ(found.beta, 0);
  EXPECT_EQ(found.temperature, kInf);
  EXPECT_TRUE(found.converged);
}

TEST(Temperatures, AreFoundAsCloseToEitherEndAsTheDifferenceCanBeTold) {
  for (const double excited : {1e-300, 1e-100, 1e-9, 0.3}) {
    expect_found(Levels({0, 1}), excited);
    expect_found(Levels({-1, 0}), -excited);
    expect_found(Levels({0, 1}, Row{1, 1e9}), excited);
    expect_found(Levels({-1, 0}, Row{1, 1e9}), -excited);
  }
  EXPECT_NEAR(Ensemble(Levels({0, 1})).temperature_of(0.25).beta, std::log(3), 3e-16);
}

TEST(Temperatures, OfAnyMeanOfAnyLevels) {
  Random random(5);
  for (int trial = 0; trial < 200; ++trial) {
    Row energies, g;
    const std::int64_t count = 2 + random.below(30);
    for (std::int64_t i = 0; i < count; ++i) {
      energies.push_back(trial % 3 == 0 ? std::pow(10, random.uniform(-9, 9)) : random.normal());
      g.push_back(trial % 2 == 0 ? 1 : std::pow(10, random.uniform(-5, 5)));
    }
    const Levels levels(energies, g);
    const double share = std::pow(random.uniform(0, 1), 1 + 4.0 * (trial % 5));
    const double mean =
        std::lerp(levels.lowest(), levels.highest(), trial % 4 < 2 ? share : 1 - share);
    if (mean > levels.lowest() && mean < levels.highest()) expect_found(levels, mean);
  }
}

TEST(Temperatures, AreFoundOnAnyScale) {
  Row decades;
  for (int power = -290; power <= 290; power += 10) decades.push_back(std::pow(10.0, power));
  Mp::precision = 2200;
  for (const double mean : {1e-250, 1e-3, 1e17, 1e200, 9e288}) {
    expect_found(Levels(decades), mean, 100);
  }
  Mp::precision = 256;
}

TEST(Temperatures, OfTheEndsAreZero) {
  const Ensemble ensemble(Levels({0, 1, 2}));
  EXPECT_EQ(ensemble.temperature_of(0).beta, kInf);
  EXPECT_EQ(ensemble.temperature_of(0).temperature, 0);
  EXPECT_EQ(ensemble.temperature_of(2).beta, -kInf);
  EXPECT_TRUE(std::signbit(ensemble.temperature_of(2).temperature));
  EXPECT_EQ(Ensemble(Levels({3})).temperature_of(3).beta, 0);
}

TEST(Temperatures, AreInUnitsOfK) {
  const Levels levels({0, 1});
  const TemperatureSolution found = Ensemble(levels, {.boltzmann = 0.5}).temperature_of(0.25);
  EXPECT_EQ(found.beta, Ensemble(levels).temperature_of(0.25).beta);
  EXPECT_NEAR(found.temperature, 2 / found.beta, 1e-15);
}

TEST(Temperatures, OfWhatCannotBeAreRefused) {
  const Ensemble ensemble(Levels({-1, 1}));
  EXPECT_EQ(refusal([&] { (void)ensemble.temperature_of(1.5); }),
            "temperature_of: mean_energy must be from -1 to 1, got 1.5");
  EXPECT_EQ(refusal([&] { (void)ensemble.temperature_of(kNan); }),
            "temperature_of: mean_energy must be from -1 to 1, got nan");
  EXPECT_EQ(refusal([&] { (void)Ensemble(Levels(Row{})).temperature_of(0); }),
            "temperature_of: there is no level that can be occupied");
}

// x tanh(x / 2) = 2 at the peak, C_V = (x / 2)^2 / cosh(x / 2)^2 there.
TEST(Peaks, OfTwoLevelsIsSchottkys) {
  Mp x(2.4);
  for (int i = 0; i < 8; ++i) {
    const Mp e = exp(x), tanh = (e - Mp(1)) / (e + Mp(1));
    x = x - (x * tanh - Mp(2)) / (tanh + x * (Mp(1) - tanh * tanh) / Mp(2));
  }
  const Mp e = exp(x);
  on_every_target([&] {
    const State peak = Ensemble(thermo::two_level(1)).heat_capacity_peak(0.01, 10);
    EXPECT_NEAR(peak.temperature * x.value(), 1, 1e-14);
    EXPECT_NEAR(peak.heat_capacity, (x * x * e / ((e + Mp(1)) * (e + Mp(1)))).value(), 1e-15);
  });
}

TEST(Peaks, AreWhereTheSlopeVanishes) {
  for (const double g : {1.0, 3.0, 50.0}) {
    const Ensemble ensemble(Levels({0, 1, 7}, Row{1, g, 2}));
    const State peak = ensemble.heat_capacity_peak(0.02, 3);
    for (const double t : {peak.temperature * (1 - 1e-4), peak.temperature * (1 + 1e-4)}) {
      EXPECT_LT(ensemble.at(t).heat_capacity, peak.heat_capacity);
    }
  }
}

TEST(Peaks, AtAnEndWhereCVRisesOutwards) {
  const Ensemble ensemble(thermo::two_level(1));
  EXPECT_EQ(ensemble.heat_capacity_peak(1, 5).temperature, 1);
  EXPECT_EQ(ensemble.heat_capacity_peak(0.1, 0.3).temperature, 0.3);
  EXPECT_EQ(Ensemble(Levels({1})).heat_capacity_peak(1, 2).heat_capacity, 0);
}

TEST(Peaks, OfNoIntervalAreRefused) {
  const Ensemble ensemble(thermo::two_level(1));
  EXPECT_EQ(
      refusal([&] { (void)ensemble.heat_capacity_peak(2, 1); }),
      "heat_capacity_peak: the temperatures must be positive, finite and rising, got 2 and 1");
  EXPECT_NE(refusal([&] { (void)ensemble.heat_capacity_peak(0, 1); }), "");
  EXPECT_NE(refusal([&] { (void)ensemble.heat_capacity_peak(1, kNan); }), "");
}

}  // namespace
}  // namespace gibbs::testing
