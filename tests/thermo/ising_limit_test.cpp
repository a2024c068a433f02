// Onsager's solution: against its own derivatives, finite squares, and what is known in closed
// form.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/ensemble.hpp>
#include <gibbs/thermo/ising_limit.hpp>
#include <gibbs/thermo/models.hpp>
#include <limits>
#include <numbers>

#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::ising_critical_temperature;
using thermo::ising_square_limit;
using thermo::IsingState;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kCatalan = 0.91596559417721901505;

TEST(IsingLimit, HasOnsagersValuesAtTheCriticalTemperature) {
  const double t = ising_critical_temperature();
  EXPECT_NEAR(t, 2 / std::log1p(std::numbers::sqrt2), 1e-15);
  const IsingState at = ising_square_limit(t);
  const double log_partition = std::numbers::ln2 / 2 + 2 * kCatalan / std::numbers::pi;
  EXPECT_NEAR(at.log_partition, log_partition, 1e-14);
  EXPECT_NEAR(at.mean_energy, -std::numbers::sqrt2, 5e-15);
  EXPECT_NEAR(at.free_energy, -t * log_partition, 2e-14);
  EXPECT_NEAR(at.entropy, log_partition - std::numbers::sqrt2 / t, 1e-14);
  EXPECT_GT(at.heat_capacity, 15);  // 0.4945 |ln |1 - T / T_c||, a rounding away from infinity
  EXPECT_EQ(ising_critical_temperature(-2), 2 * t);
}

TEST(IsingLimit, TheSpecificHeatDivergesAsALogarithm) {
  // C = -8 / pi K_c^2 ln |1 - T / T_c| + ...: the same on either side.
  const double t = ising_critical_temperature(), k = 1 / t;
  const double slope = 8 / std::numbers::pi * k * k;
  for (const double side : {-1.0, 1.0}) {
    const double far = ising_square_limit(t * (1 + side * 1e-6)).heat_capacity;
    const double near = ising_square_limit(t * (1 + side * 1e-9)).heat_capacity;
    EXPECT_NEAR((near - far) / (slope * std::log(1e3)), 1, 1e-4);
  }
}

// In K, where ln Z is a function of K alone: U = -J dlnZ/dK, C = K^2 d2lnZ/dK2.
TEST(IsingLimit, EnergyAndHeatCapacityAreDerivatives) {
  const auto at = [](double k) { return ising_square_limit(1 / k); };
  for (const double k : {0.01, 0.2, 0.3, 0.4, 0.43, 0.45, 0.5, 0.6, 0.8}) {
    const double step = 1e-3 * std::abs(k - 0.4407);
    const double slope = (at(k + step).log_partition - at(k - step).log_partition) / (2 * step);
    const double curve = (at(k - step).mean_energy - at(k + step).mean_energy) / (2 * step);
    EXPECT_NEAR(-at(k).mean_energy / slope, 1, 1e-6) << k;
    EXPECT_NEAR(at(k).heat_capacity / (k * k * curve), 1, 3e-6) << k;
    EXPECT_NEAR(at(k).entropy, at(k).log_partition + k * at(k).mean_energy, 1e-14) << k;
  }
}

// The three ways to compute it are one function where they meet.
TEST(IsingLimit, IsWithoutAStepWhereTheMethodsChange) {
  for (const double k : {8.0, 0x1p-40}) {
    const IsingState below = ising_square_limit(1 / (k * (1 - 1e-9))),
                     above = ising_square_limit(1 / (k * (1 + 1e-9)));
    // The largest logarithmic slope is 8 K.
    EXPECT_NEAR(below.heat_capacity / above.heat_capacity, 1, 2e-9 * (8 * k + 3)) << k;
    EXPECT_NEAR(below.entropy / above.entropy, 1, 2e-9 * (8 * k + 3)) << k;
    EXPECT_NEAR(below.mean_energy / above.mean_energy, 1, 3e-9) << k;
    EXPECT_NEAR(below.log_partition / above.log_partition, 1, 3e-9) << k;
  }
  // q^2 = 0.9 on either side of T_c: sinh 2K = (1 -+ sqrt 0.1) / sqrt 0.9.
  for (const double s :
       {(1 - std::sqrt(0.1)) / std::sqrt(0.9), (1 + std::sqrt(0.1)) / std::sqrt(0.9)}) {
    const double k = std::asinh(s) / 2;
    const double below = ising_square_limit(1 / (k * (1 - 1e-14))).log_partition,
                 above = ising_square_limit(1 / (k * (1 + 1e-14))).log_partition;
    EXPECT_NEAR(below, above, 3e-14);
  }
}

TEST(IsingLimit, IsWhatLargeSquaresComeTo) {
  const thermo::Ensemble square(thermo::ising_square(8));
  for (const double t : {0.7, 1.0, 1.2, 30.0, 100.0}) {
    const auto finite = square.at(t);
    const IsingState limit = ising_square_limit(t);
    // A ring of 8 around the torus: tanh(K)^8 is what the boundary adds; at low T two ground
    // states.
    const double seam = t < 2 ? 1e-6 : 3 * std::pow(std::tanh(1 / t), 8);
    const double signs = t < 2 ? std::numbers::ln2 / 64 : 0;
    EXPECT_NEAR(finite.log_partition / 64, limit.log_partition + signs, seam) << t;
    EXPECT_NEAR(finite.mean_energy / 64, limit.mean_energy, 100 * seam) << t;
    EXPECT_NEAR(finite.entropy / 64, limit.entropy + signs, 100 * seam) << t;
    EXPECT_NEAR(finite.heat_capacity / 64, limit.heat_capacity, 100 * seam) << t;
  }
}

TEST(IsingLimit, KeepsItsDigitsWhereLittleIsLeft) {
  // u = exp(-4K): C = 16 K^2 (4 u^2 + 18 u^3 + 72 u^4 + ...).
  const double k = 3, u = std::exp(-12);
  const IsingState cold = ising_square_limit(1 / k);
  const double series = 16 * k * k * u * u * (4 + u * (18 + u * (72 + u * 300)));
  EXPECT_NEAR(cold.heat_capacity / series, 1, 1e-13);
  EXPECT_NEAR(ising_square_limit(1e9).heat_capacity, 2e-18, 1e-31);
  EXPECT_EQ(ising_square_limit(1e-3).heat_capacity, 0);
  EXPECT_NEAR(ising_square_limit(0.05).entropy / (std::exp(-160) * (1 + 160)), 1, 1e-13);
}

TEST(IsingLimit, MagnetizationIsYangs) {
  const double t = ising_critical_temperature();
  EXPECT_EQ(ising_square_limit(t * 1.0000001).magnetization, 0);
  for (const double below : {0.5, 1.5, 2.0, 2.26}) {
    const double s = std::sinh(2 / below);
    EXPECT_NEAR(ising_square_limit(below).magnetization, std::pow(1 - std::pow(s, -4), 0.125),
                1e-14);
  }
  EXPECT_EQ(ising_square_limit(0).magnetization, 1);
}

TEST(IsingLimit, HasLimitsAndSigns) {
  const IsingState zero = ising_square_limit(0, 1.5), inverted = ising_square_limit(-0.0, 1.5);
  EXPECT_EQ(zero.log_partition, kInf);
  EXPECT_EQ(zero.mean_energy, -3);
  EXPECT_EQ(zero.free_energy, -3);
  EXPECT_EQ(zero.entropy, 0);
  EXPECT_EQ(zero.heat_capacity, 0);
  EXPECT_EQ(inverted.mean_energy, 3);
  const IsingState hot = ising_square_limit(kInf);
  EXPECT_EQ(hot.log_partition, std::numbers::ln2);
  EXPECT_EQ(hot.mean_energy, 0);
  EXPECT_EQ(hot.heat_capacity, 0);
  EXPECT_EQ(hot.free_energy, -kInf);
  EXPECT_EQ(ising_square_limit(0, 0).entropy, std::numbers::ln2);
  const IsingState upright = ising_square_limit(2), opposite = ising_square_limit(-2),
                   alternating = ising_square_limit(2, -1);
  EXPECT_EQ(opposite.mean_energy, -upright.mean_energy);
  EXPECT_EQ(opposite.log_partition, upright.log_partition);
  EXPECT_EQ(alternating.mean_energy, upright.mean_energy);
  EXPECT_TRUE(std::isnan(ising_square_limit(std::nan("")).magnetization));
  EXPECT_EQ(refusal([] { ising_square_limit(1, kInf); }),
            "ising_square_limit: coupling must be finite, got inf");
}

}  // namespace
}  // namespace gibbs::testing
