// Levels of textbook systems against enumeration and closed forms.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <gibbs/thermo/models.hpp>
#include <limits>
#include <map>
#include <numbers>
#include <utility>
#include <vector>

#include "support/mp.hpp"
#include "support/near.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::Levels;
using Row = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Row energies(const Levels& levels) { return {levels.energies().begin(), levels.energies().end()}; }

Row degeneracies(const Levels& levels) {
  Row g;
  for (const auto& each : levels.degeneracies()) g.push_back(each.value());
  return g;
}

// The number of states of each energy, rounded so that sums in another order meet.
using Spectrum = std::map<std::int64_t, double>;
std::int64_t key(double energy) { return std::llround(energy * 1e9); }

Spectrum spectrum(const Levels& levels) {
  Spectrum found;
  const Row g = degeneracies(levels);
  for (std::size_t i = 0; i < g.size(); ++i) found[key(levels.energies()[i])] += g[i];
  return found;
}

int spin(std::uint64_t state, std::int64_t i) { return ((state >> i) & 1) != 0 ? -1 : 1; }

Spectrum enumerated_chain(std::int64_t spins, double coupling, double field) {
  Spectrum found;
  for (std::uint64_t state = 0; state < std::uint64_t{1} << spins; ++state) {
    double energy = 0;
    for (std::int64_t i = 0; i < spins; ++i) {
      energy -= coupling * spin(state, i) * spin(state, (i + 1) % spins) + field * spin(state, i);
    }
    found[key(energy)] += 1;
  }
  return found;
}

Spectrum enumerated_square(std::int64_t length, double coupling) {
  Spectrum found;
  const std::int64_t spins = length * length;
  for (std::uint64_t state = 0; state < std::uint64_t{1} << spins; ++state) {
    int sum = 0;
    for (std::int64_t row = 0; row < length; ++row) {
      for (std::int64_t col = 0; col < length; ++col) {
        const int here = spin(state, row * length + col);
        sum += here * spin(state, row * length + (col + 1) % length);
        sum += here * spin(state, (row + 1) % length * length + col);
      }
    }
    found[key(-coupling * sum)] += 1;
  }
  return found;
}

// ln sum g exp(-K E) in long double, relative to the ground state.
long double log_partition(const Levels& levels, long double k) {
  const long double ground = levels.lowest();
  long double sum = 0;
  for (std::size_t i = 0; i < levels.energies().size(); ++i) {
    sum += levels.degeneracies()[i].value() * std::exp(-k * (levels.energies()[i] - ground));
  }
  return std::log(sum) - k * ground;
}

// Kaufman 1949: the partition function of a periodic n x n lattice, J = 1.
long double kaufman(int n, long double k) {
  const long double pi = std::numbers::pi_v<long double>;
  std::vector<long double> gamma{2 * k + std::log(std::tanh(k))};
  const long double c = std::cosh(2 * k) / std::tanh(2 * k);
  for (int l = 1; l < 2 * n; ++l) gamma.push_back(std::acosh(c - std::cos(pi * l / n)));
  long double z = 0;
  for (const int parity : {0, 1}) {
    long double cosh = 1, sinh = 1;
    for (std::size_t l = static_cast<std::size_t>(parity); l < gamma.size(); l += 2) {
      cosh *= 2 * std::cosh(n * gamma[l] / 2);
      sinh *= 2 * std::sinh(n * gamma[l] / 2);
    }
    z += cosh + sinh;
  }
  return std::log(z / 2) + n * n / 2.0L * std::log(2 * std::sinh(2 * k));
}

TEST(Models, TwoLevelsLieAGapApart) {
  EXPECT_EQ(energies(thermo::two_level(2.5)), (Row{0, 2.5}));
  EXPECT_EQ(degeneracies(thermo::two_level(2.5, 2, 5)), (Row{2, 5}));
}

TEST(Models, TheOscillatorIsALadderWithOrWithoutItsZeroPoint) {
  EXPECT_EQ(energies(thermo::harmonic_oscillator(2, 3)), (Row{1, 3, 5}));
  EXPECT_EQ(energies(thermo::harmonic_oscillator(2, 3, false)), (Row{0, 2, 4}));
  EXPECT_EQ(degeneracies(thermo::harmonic_oscillator(2, 3)), (Row{1, 1, 1}));
}

TEST(Models, TheRotorWeighsEvenAndOddLevels) {
  EXPECT_EQ(energies(thermo::rigid_rotor(2, 4)), (Row{0, 4, 12, 24}));
  EXPECT_EQ(degeneracies(thermo::rigid_rotor(2, 4)), (Row{1, 3, 5, 7}));
  EXPECT_EQ(degeneracies(thermo::rigid_rotor(2, 4, 1, 3)), (Row{1, 9, 5, 21}));
  EXPECT_EQ(degeneracies(thermo::rigid_rotor(2, 4, 1, 0)), (Row{1, 0, 5, 0}));
}

TEST(Models, TheBoxAndTheAtomGoWithTheSquareOfTheQuantumNumber) {
  EXPECT_EQ(energies(thermo::particle_in_box(0.5, 3)), (Row{0.5, 2, 4.5}));
  EXPECT_EQ(degeneracies(thermo::particle_in_box(0.5, 3)), (Row{1, 1, 1}));
  EXPECT_EQ(energies(thermo::hydrogen_like(16, 4)), (Row{-16, -4, -16.0 / 9, -1}));
  EXPECT_EQ(degeneracies(thermo::hydrogen_like(16, 3)), (Row{2, 8, 18}));
}

TEST(Models, IsingChainsAreThoseOfAllStates) {
  for (std::int64_t spins = 1; spins <= 12; ++spins) {
    for (const double field : {0.0, 0.7, -0.3}) {
      for (const double coupling : {1.0, -1.5}) {
        EXPECT_EQ(spectrum(thermo::ising_chain(spins, coupling, field)),
                  enumerated_chain(spins, coupling, field))
            << spins << " spins, J = " << coupling << ", h = " << field;
      }
    }
  }
}

TEST(Models, AChainWithoutAFieldIsOneWithAFieldOfNothing) {
  // h so small that it changes no energy, but takes the other way.
  EXPECT_EQ(spectrum(thermo::ising_chain(20, 1, 1e-300)), spectrum(thermo::ising_chain(20)));
}

TEST(Models, ALongChainHoldsTwoToTheNumberOfSpinsStates) {
  const double exact = (Mp(2000.0) * log(Mp(2.0))).value();
  EXPECT_NEAR(thermo::ising_chain(2000).log_states(), exact, 1e-13 * exact);
  EXPECT_NEAR(thermo::ising_chain(300, 1, 0.5).log_states(), 300 * std::numbers::ln2, 1e-13 * 300);
}

TEST(Models, ChainsThatWouldTakeForEverAreRefused) {
  EXPECT_EQ(refusal([] { (void)thermo::ising_chain(100'001); }),
            "ising_chain: spins must be from 1 to 100000, got 100001");
  EXPECT_EQ(refusal([] { (void)thermo::ising_chain(100'000, 1, 0.5); }),
            "ising_chain: spins in a field must be from 1 to 3000, got 100000");
}

TEST(Models, IsingSquaresAreThoseOfAllStates) {
  for (std::int64_t length = 2; length <= 4; ++length) {
    for (const double coupling : {1.0, -2.0}) {
      EXPECT_EQ(spectrum(thermo::ising_square(length, coupling)),
                enumerated_square(length, coupling))
          << length;
    }
  }
}

TEST(Models, IsingSquaresHaveThePartitionFunctionOfKaufman) {
  for (int length = 2; length <= 8; ++length) {
    const Levels levels = thermo::ising_square(length);
    for (const long double k : {0.01L, 0.2L, 0.44L, 1.0L, 3.0L}) {
      const long double exact = kaufman(length, k);
      EXPECT_TRUE(near(log_partition(levels, k), exact, 1e-15L * exact)) << length << " at " << k;
    }
  }
}

TEST(Models, AnIsingSquareOfEvenLengthIsSymmetric) {
  for (const std::int64_t length : {2, 4, 6, 8}) {
    const Spectrum found = spectrum(thermo::ising_square(length));
    for (const auto& [energy, g] : found) EXPECT_EQ(found.at(-energy), g);
    const auto spins = static_cast<double>(length * length);
    EXPECT_NEAR(thermo::ising_square(length).log_states(), spins * std::numbers::ln2, 1e-13);
  }
}

// All alike; one spin turned, which costs 8 J and nothing can cost 4 J.
TEST(Models, TheLowestStatesOfAnIsingSquareAreCountedByHand) {
  const Levels levels = thermo::ising_square(8);
  EXPECT_EQ(levels.energies()[0], -128);
  EXPECT_EQ(levels.energies()[1], -120);
  EXPECT_EQ(degeneracies(levels)[0], 2);
  EXPECT_EQ(degeneracies(levels)[1], 2 * 64);
  EXPECT_EQ(degeneracies(levels)[2], 2 * 128);  // two neighbours, as many as there are bonds
}

// Z, U - E_0, S and C_V in long double, and the sums that they are made of.
std::vector<long double> quantities(const Levels& levels, long double thermal_energy) {
  const long double ground = levels.lowest();
  long double z = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < levels.energies().size(); ++i) {
    const long double y = (levels.energies()[i] - ground) / thermal_energy;
    const long double weight = levels.degeneracies()[i].value() * std::exp(-y);
    z += weight;
    first += weight * y;
    second += weight * y * y;
  }
  const long double u = first / z;
  return {z, u, std::log(z) + u, second / z - u * u};
}

using Counter = std::function<std::int64_t(double)>;
using Maker = std::function<Levels(std::int64_t)>;

void expect_nothing_lost(const Counter& count, const Maker& make, const char* model) {
  for (double thermal = 0.02; thermal < 2000; thermal *= 1.7) {
    const std::int64_t levels = count(thermal);
    const auto cut = quantities(make(levels), thermal);
    const auto whole = quantities(make(3 * levels + 20), thermal);
    for (std::size_t i = 0; i < cut.size(); ++i) {
      EXPECT_TRUE(near(cut[i], whole[i], 1e-15L * whole[i])) << model << " at " << thermal;
    }
  }
}

TEST(Models, CountsLoseNothingAtAnyTemperatureBelow) {
  expect_nothing_lost([](double t) { return thermo::harmonic_oscillator_count(1, t); },
                      [](std::int64_t n) { return thermo::harmonic_oscillator(1, n, false); },
                      "oscillator");
  expect_nothing_lost([](double t) { return thermo::particle_in_box_count(2, 2 * t); },
                      [](std::int64_t n) { return thermo::particle_in_box(1, n); }, "box");
  for (const auto& weights : {std::pair{1.0, 1.0}, {1.0, 0.0}, {0.0, 1.0}, {1.0, 3.0}}) {
    expect_nothing_lost(
        [](double t) { return thermo::rigid_rotor_count(1, t); },
        [&](std::int64_t n) { return thermo::rigid_rotor(1, n, weights.first, weights.second); },
        "rotor");
  }
}

TEST(Models, CountsAreNoLargerThanTheyMustBe) {
  EXPECT_LE(thermo::harmonic_oscillator_count(1, 1000), 49000);
  EXPECT_LE(thermo::rigid_rotor_count(1, 1000), 220);
  EXPECT_LT(thermo::rigid_rotor_count(1, 1000, 1e-3), 150);
  EXPECT_LE(thermo::rigid_rotor_count(1, 0), 6);
  EXPECT_LE(thermo::particle_in_box_count(1e300, 5e-324), 4);
}

TEST(Models, CountsOfNoTemperatureAreRefused) {
  EXPECT_EQ(refusal([] { thermo::rigid_rotor_count(0, 1); }),
            "rigid_rotor_count: constant must be positive and finite, got 0");
  EXPECT_EQ(refusal([] { thermo::harmonic_oscillator_count(1, -1); }),
            "harmonic_oscillator_count: thermal_energy must be finite and not negative, got -1");
  EXPECT_EQ(refusal([] { thermo::particle_in_box_count(1, 1, 2); }),
            "particle_in_box_count: tail must lie between 0 and 1, got 2");
  EXPECT_EQ(refusal([] { thermo::harmonic_oscillator_count(1e-300, 1e300); }),
            "harmonic_oscillator_count: a count must be below 2^53, got inf");
}

TEST(Models, WhatIsNoUnitOfEnergyOrNoCountIsRefused) {
  EXPECT_EQ(refusal([] { thermo::two_level(0); }),
            "two_level: gap must be positive and finite, got 0");
  EXPECT_EQ(refusal([] { thermo::two_level(1, -1); }),
            "two_level: ground_degeneracy must be finite and not negative, got -1");
  EXPECT_EQ(refusal([] { thermo::harmonic_oscillator(kNan, 3); }),
            "harmonic_oscillator: quantum must be positive and finite, got nan");
  EXPECT_EQ(refusal([] { thermo::harmonic_oscillator(1, 0); }),
            "harmonic_oscillator: count must be at least 1, got 0");
  EXPECT_EQ(refusal([] { thermo::rigid_rotor(1, 5, 1, kNan); }),
            "rigid_rotor: odd_weight must be finite and not negative, got nan");
  EXPECT_EQ(refusal([] { thermo::rigid_rotor(1e308, 5); }),
            "rigid_rotor: the highest energy must be finite, got inf");
  EXPECT_EQ(refusal([] { thermo::particle_in_box(-1, 5); }),
            "particle_in_box: unit must be positive and finite, got -1");
  EXPECT_EQ(refusal([] { thermo::hydrogen_like(1, 0); }),
            "hydrogen_like: last must be at least 1, got 0");
}

TEST(Models, SpinsThatCannotBeCountedAreRefused) {
  EXPECT_EQ(refusal([] { thermo::ising_chain(0); }),
            "ising_chain: spins must be from 1 to 100000, got 0");
  EXPECT_EQ(refusal([] { thermo::ising_chain(4, kNan); }),
            "ising_chain: coupling must be finite, got nan");
  EXPECT_EQ(refusal([] { thermo::ising_chain(4, 1e308); }),
            "ising_chain: the energy of aligned spins must be finite, got inf");
  EXPECT_EQ(refusal([] { thermo::ising_square(9); }),
            "ising_square: length must be from 2 to 8, got 9");
  EXPECT_EQ(refusal([] { thermo::ising_square(1); }),
            "ising_square: length must be from 2 to 8, got 1");
  EXPECT_EQ(refusal([] { thermo::ising_square(4, kNan); }),
            "ising_square: the energy of aligned spins must be finite, got nan");
}

}  // namespace
}  // namespace gibbs::testing
