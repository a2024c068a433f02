// Bosons and fermions in levels.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/quantum_statistics.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "support/mp.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::Levels;
using thermo::quantum_gas;
using thermo::QuantumGas;
using thermo::Statistics;
using Row = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr Statistics kAll[] = {Statistics::kBoseEinstein, Statistics::kFermiDirac,
                               Statistics::kMaxwellBoltzmann};

Mp exact_number(Statistics statistics, const Mp& x) {
  if (statistics == Statistics::kBoseEinstein) return Mp(1) / (exp(x) - Mp(1));
  if (statistics == Statistics::kFermiDirac) return Mp(1) / (exp(x) + Mp(1));
  return exp(Mp(0) - x);
}

struct Gas {
  Row energies, degeneracies;
  double particles = 1, beta = 1;

  QuantumGas solve(Statistics statistics) const {
    return quantum_gas(statistics, Levels(energies, degeneracies), particles, beta);
  }
};

// beta (mu - E_0) by bisection in 256 bits: of its own logarithm for bosons, which may come close
// to 0.
struct Exact {
  std::vector<double> numbers;
  double log_fugacity = 0;

  Exact(Statistics statistics, const Gas& gas) {
    const bool bosons = statistics == Statistics::kBoseEinstein;
    const Mp lowest(*std::min_element(gas.energies.begin(), gas.energies.end()));
    const auto fugacity = [&](const Mp& w) { return bosons ? Mp(0) - exp(w) : w; };
    const auto number = [&](std::size_t s, const Mp& a) {
      const Mp x = Mp(gas.beta) * (Mp(gas.energies[s]) - lowest) - a;
      return Mp(gas.degeneracies[s]) * exact_number(statistics, x);
    };
    const auto excess = [&](const Mp& a) {
      Mp sum(-gas.particles);
      for (std::size_t s = 0; s < gas.energies.size(); ++s) sum = sum + number(s, a);
      return sum.value();
    };
    Mp low(-3000), high(3000);  // of w; ln(-a) falls where a rises
    for (int i = 0; i < 240; ++i) {
      const Mp middle = (low + high) / Mp(2);
      ((excess(fugacity(middle)) > 0) != bosons ? high : low) = middle;
    }
    log_fugacity = fugacity(low).value();
    for (std::size_t s = 0; s < gas.energies.size(); ++s) {
      numbers.push_back(number(s, fugacity(low)).value());
    }
  }
};

TEST(MeanNumber, IsThatOfItsStatisticsWithAllItsDigits) {
  for (const double x : {1e-300, 1e-20, 1e-8, 0.1, 1.0, 30.0, 700.0}) {
    for (const Statistics statistics : kAll) {
      for (const double signed_x : {x, -x}) {
        if (statistics == Statistics::kBoseEinstein && signed_x < 0) continue;
        const double exact = exact_number(statistics, Mp(signed_x)).value();
        EXPECT_TRUE(near(mean_number(statistics, signed_x), exact, 5e-16 * exact)) << signed_x;
      }
    }
  }
  EXPECT_EQ(mean_number(Statistics::kBoseEinstein, 0), kInf);
  EXPECT_TRUE(std::isnan(mean_number(Statistics::kBoseEinstein, -1)));
  EXPECT_EQ(mean_number(Statistics::kFermiDirac, kInf), 0);
  EXPECT_EQ(mean_number(Statistics::kFermiDirac, -kInf), 1);
}

// Energies and beta with few bits, so that beta (E - E_0) is exact.
Gas random_gas(Random& random) {
  Gas gas;
  const double scale = std::ldexp(1.0, static_cast<int>(random.below(16)) - 10);
  for (std::int64_t s = 0; s < 2 + random.below(12); ++s) {
    gas.energies.push_back(scale * static_cast<double>(random.below(40) - 20));
    gas.degeneracies.push_back(static_cast<double>(1 + random.below(5)));
  }
  return gas;
}

TEST(QuantumGas, BosonsAreExactFromAFewToACondensate) {
  Random random(31);
  for (int trial = 0; trial < 60; ++trial) {
    Gas gas = random_gas(random);
    gas.particles = std::exp(random.uniform(-30, 60));
    const auto got = gas.solve(Statistics::kBoseEinstein);
    const Exact exact(Statistics::kBoseEinstein, gas);
    EXPECT_TRUE(got.converged);
    EXPECT_LT(got.iterations, 15);
    EXPECT_LT(std::abs(got.residual), 1e-13);
    EXPECT_TRUE(near(got.log_fugacity, exact.log_fugacity, 1e-13 * std::abs(exact.log_fugacity)));
    for (std::size_t s = 0; s < gas.energies.size(); ++s) {
      EXPECT_TRUE(near(got.occupation[s], exact.numbers[s], 1e-13 * exact.numbers[s] + 1e-307))
          << trial;
    }
  }
}

TEST(QuantumGas, FermionsAreExactFromAFewToAlmostFull) {
  Random random(32);
  for (int trial = 0; trial < 90; ++trial) {
    Gas gas = random_gas(random);
    const double states = std::accumulate(gas.degeneracies.begin(), gas.degeneracies.end(), 0.0);
    gas.particles = trial % 3 == 0   ? std::ceil(random.uniform(0, states - 1))
                    : trial % 3 == 1 ? random.uniform(0, states)
                                     : std::exp(random.uniform(-30, 0));
    if (gas.particles == 0) continue;
    const auto got = gas.solve(Statistics::kFermiDirac);
    const Exact exact(Statistics::kFermiDirac, gas);
    EXPECT_TRUE(got.converged) << trial;
    EXPECT_LT(got.iterations, 12) << trial;
    EXPECT_LT(std::abs(got.residual), 1e-13);
    EXPECT_TRUE(
        near(got.log_fugacity, exact.log_fugacity, 1e-13 * (1 + std::abs(exact.log_fugacity))))
        << trial;
    for (std::size_t s = 0; s < gas.energies.size(); ++s) {
      EXPECT_TRUE(near(got.occupation[s], exact.numbers[s], 1e-13 * exact.numbers[s] + 1e-307))
          << trial;
    }
  }
}

TEST(QuantumGas, ParticlesAndHolesAreMirrorImages) {
  const Gas gas{{-1, 0, 0.5, 3}, {1, 2, 3, 1}, 2.75, 4};
  Gas mirrored = gas;
  for (double& energy : mirrored.energies) energy = -energy;
  mirrored.particles = 7 - gas.particles;
  const auto a = gas.solve(Statistics::kFermiDirac), b = mirrored.solve(Statistics::kFermiDirac);
  EXPECT_NEAR(a.chemical_potential, -b.chemical_potential, 1e-15);
  EXPECT_NEAR(a.entropy, b.entropy, 1e-14);
  for (std::size_t s = 0; s < 4; ++s) {
    EXPECT_NEAR(a.occupation[s], gas.degeneracies[s] - b.occupation[s], 1e-14);
  }
}

TEST(QuantumGas, WhereStatesAreManyAllStatisticsAreClassical) {
  Gas gas{{}, {}, 1e-3, 1e-2};
  for (int s = 0; s < 200; ++s) gas.energies.push_back(s);
  gas.degeneracies.assign(200, 10);
  const auto classical = gas.solve(Statistics::kMaxwellBoltzmann);
  for (const Statistics statistics : {Statistics::kBoseEinstein, Statistics::kFermiDirac}) {
    const auto got = gas.solve(statistics);
    EXPECT_NEAR(got.log_fugacity, classical.log_fugacity, 1e-5);
    EXPECT_NEAR(got.mean_energy, classical.mean_energy, 1e-5 * classical.mean_energy);
    EXPECT_NEAR(got.entropy, classical.entropy, 1e-5 * classical.entropy);
    EXPECT_NE(got.mean_energy, classical.mean_energy);
  }
}

TEST(QuantumGas, TheEntropyGrowsByBetaPerEnergy) {
  Gas gas{{0, 1, 2.5, 3, 7}, {1, 3, 2, 4, 1}, 4, 0.8};
  for (const Statistics statistics : kAll) {
    Gas colder = gas, warmer = gas;
    colder.beta += 1e-4, warmer.beta -= 1e-4;
    const auto a = colder.solve(statistics), b = warmer.solve(statistics);
    EXPECT_NEAR((b.entropy - a.entropy) / (b.mean_energy - a.mean_energy), gas.beta, 1e-7);
  }
}

TEST(QuantumGas, InTheColdBosonsShareTheLowestEnergyByDegeneracy) {
  const Gas gas{{2, 5, 2}, {1, 1, 3}, 1e23, kInf};
  const auto got = gas.solve(Statistics::kBoseEinstein);
  EXPECT_DOUBLE_EQ(got.occupation[0], 0.25e23);
  EXPECT_DOUBLE_EQ(got.occupation[2], 0.75e23);
  EXPECT_EQ(got.occupation[1], 0);
  EXPECT_EQ(got.chemical_potential, 2);
  EXPECT_TRUE(got.converged);
  Gas cold = gas;
  cold.beta = 1e3;
  const auto nearly = cold.solve(Statistics::kBoseEinstein);
  EXPECT_NEAR(nearly.log_fugacity / got.log_fugacity, 1, 1e-14);
  EXPECT_NEAR(nearly.entropy, got.entropy, 1e-13 * got.entropy);
}

TEST(QuantumGas, InTheColdFermionsFillFromBelow) {
  Gas gas{{3, 0, 1, 1}, {2, 1, 1, 2}, 2.5, kInf};
  auto got = gas.solve(Statistics::kFermiDirac);
  EXPECT_EQ(got.occupation, (Row{0, 1, 0.5, 1}));
  EXPECT_EQ(got.chemical_potential, 1);
  Gas cold = gas;
  cold.beta = 200;
  EXPECT_NEAR(cold.solve(Statistics::kFermiDirac).entropy, got.entropy, 1e-13);
  gas.particles = cold.particles = 4;  // a full level: midway to the next one
  got = gas.solve(Statistics::kFermiDirac);
  EXPECT_EQ(got.occupation, (Row{0, 1, 1, 2}));
  EXPECT_EQ(got.chemical_potential, 2);
  EXPECT_EQ(got.entropy, 0);
  // T -> 0 of the same: e^(mu - 1) 3 holes = e^(3 - mu) 2 particles moves it by kT / 2 ln(3 / 2).
  EXPECT_NEAR(cold.solve(Statistics::kFermiDirac).chemical_potential,
              2 + std::log(1.5) / 2 / cold.beta, 1e-14);
  gas.particles = 6;
  got = gas.solve(Statistics::kFermiDirac);
  EXPECT_EQ(got.occupation, gas.degeneracies);
  EXPECT_EQ(got.chemical_potential, kInf);
  gas.beta = 1;
  EXPECT_EQ(gas.solve(Statistics::kFermiDirac).occupation, gas.degeneracies);
}

TEST(QuantumGas, InTheHeatAllStatesAreAlike) {
  const Gas gas{{0, 5, 1e6}, {1, 2, 5}, 2, 0};
  for (const Statistics statistics : kAll) {
    const auto got = gas.solve(statistics);
    for (std::size_t s = 0; s < 3; ++s) {
      EXPECT_NEAR(got.occupation[s], gas.degeneracies[s] / 4, 1e-15);
    }
    EXPECT_EQ(got.chemical_potential, -kInf);
  }
  EXPECT_NEAR(gas.solve(Statistics::kFermiDirac).log_fugacity, std::log(0.25 / 0.75), 1e-15);
  EXPECT_NEAR(gas.solve(Statistics::kBoseEinstein).log_fugacity, std::log(0.25 / 1.25), 1e-15);
  Gas half = gas;
  half.particles = 4;
  EXPECT_EQ(half.solve(Statistics::kFermiDirac).chemical_potential, (5 * 2 + 1e6 * 5) / 8);
}

TEST(QuantumGas, LevelsThatCannotBeOccupiedAreNot) {
  const auto got =
      quantum_gas(Statistics::kFermiDirac, Levels({0, kInf, 1, -5}, Row{1, 9, 1, 0}), 1.5, 2);
  EXPECT_EQ(got.occupation[1], 0);
  EXPECT_EQ(got.occupation[3], 0);
  EXPECT_NEAR(got.occupation[0] + got.occupation[2], 1.5, 1e-15);
}

TEST(QuantumGas, EnergiesOverTheWholeRangeGiveNoNan) {
  Gas gas{{-1e300, 0, 1e-300, 1e300}, {1, 1, 1, 1}, 1.5, 1};
  for (const double beta : {0.0, 1e-300, 1.0, 1e12, 1e300, kInf}) {
    gas.beta = beta;
    for (const Statistics statistics : kAll) {
      const auto got = gas.solve(statistics);
      EXPECT_TRUE(got.converged) << beta;
      EXPECT_LT(std::abs(got.residual), 1e-13) << beta;
      EXPECT_FALSE(std::isnan(got.entropy)) << beta;
      EXPECT_FALSE(std::isnan(got.chemical_potential)) << beta;
    }
  }
}

TEST(QuantumGas, AnEntropyBeyondADoubleIsInfinite) {
  const auto classical = quantum_gas(Statistics::kMaxwellBoltzmann, Levels({0, 1, 2}), 1e308, 1);
  EXPECT_EQ(classical.entropy, -kInf);  // N (1 + <x> - ln N / Z), with ln N = 709
  EXPECT_NEAR(classical.occupation[1] / classical.occupation[0], std::exp(-1), 1e-15);
  const std::vector<double> few{1e-10};
  const auto crowded = quantum_gas(Statistics::kMaxwellBoltzmann, Levels({0}, few), 1e308, 1);
  EXPECT_NEAR(crowded.log_fugacity, 318 * std::log(10), 1e-11);
}

TEST(QuantumGas, RefusesInASentence) {
  const auto asked = [](double particles, double beta) {
    return refusal([=] {
      quantum_gas(Statistics::kFermiDirac, Levels({0, 1}, Row{1, 2}), particles, beta);
    });
  };
  EXPECT_EQ(asked(3.5, 1),
            "quantum_gas: particles must be at most one per state, 3 in all, got 3.5");
  EXPECT_EQ(asked(0, 1), "quantum_gas: particles must be positive and finite, got 0");
  EXPECT_EQ(asked(kInf, 1), "quantum_gas: particles must be positive and finite, got inf");
  EXPECT_EQ(asked(1, -1), "quantum_gas: beta must be a number from 0, got -1");
  EXPECT_EQ(asked(1, std::nan("")), "quantum_gas: beta must be a number from 0, got nan");
  EXPECT_EQ(refusal([] { quantum_gas(Statistics::kBoseEinstein, Levels({1}, Row{0}), 1, 1); }),
            "quantum_gas: no level can be occupied");
}

}  // namespace
}  // namespace gibbs::testing
