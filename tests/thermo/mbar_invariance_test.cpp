// What changes nothing in the answer of MBAR, or changes it as it should.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/thermo/mbar.hpp>
#include <limits>
#include <vector>

#include "thermo/mbar_systems.hpp"

namespace gibbs::testing {
namespace {

using thermo::Mbar;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Mbar, AddingConstantsToStatesMovesFreeEnergiesByThem) {
  Sampled s = ladder(5, 1.5).sample({50, 60, 0, 70, 80}, 7);
  const Mbar before = s.solve();
  const auto n = static_cast<std::size_t>(s.samples());
  for (std::size_t k = 0; k < 5; ++k) {
    for (std::size_t i = 0; i < n; ++i) s.u[k * n + i] += 1024.0 * static_cast<double>(k * k);
  }
  const Mbar after = s.solve();
  for (std::size_t k = 0; k < 5; ++k) {
    const double moved = 1024.0 * static_cast<double>(k * k);
    EXPECT_NEAR(after.free_energies()[k] - moved, before.free_energies()[k], 1e-11) << k;
    EXPECT_NEAR(after.uncertainty()(0, static_cast<std::int64_t>(k)),
                before.uncertainty()(0, static_cast<std::int64_t>(k)), 1e-11);
  }
}

TEST(Mbar, AddingAConstantToASampleChangesNothing) {
  Sampled s = ladder(4, 1.5).sample({50, 60, 70, 80}, 8);
  const Mbar before = s.solve();
  const auto n = static_cast<std::size_t>(s.samples());
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < n; ++i)
      s.u[k * n + i] += 512.0 * std::floor(std::sin(double(i)) * 8);
  }
  const Mbar after = s.solve();
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(after.free_energies()[k], before.free_energies()[k], 1e-11) << k;
  }
}

// What a sample's u have in common says nothing, however large: the differences of the sums decide.
TEST(Mbar, AConstantOfASampleCostsNoDigits) {
  for (const double size : {1e5, 1e9, 1e13}) {
    Sampled s = ladder(4, 1).sample({500, 0, 400, 600}, 8);
    const auto n = static_cast<std::size_t>(s.samples());
    Random random(9);
    Sampled differences = s;
    for (std::size_t i = 0; i < n; ++i) {
      const double constant = random.normal(size);
      double least = kInfinity;
      for (std::size_t k = 0; k < 4; ++k) least = std::min(least, s.u[k * n + i] += constant);
      for (std::size_t k = 0; k < 4; ++k) differences.u[k * n + i] = s.u[k * n + i] - least;
    }
    const Mbar far = s.solve(), near_by = differences.solve();
    EXPECT_TRUE(far.report().converged) << size << " " << far.report().message;
    std::vector<double> w(s.u.size()), exact(s.u.size());
    far.weights(0, {w.data(), 4, s.samples()});
    near_by.weights(0, {exact.data(), 4, s.samples()});
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(far.free_energies()[k], near_by.free_energies()[k], 1e-13) << size;
      EXPECT_NEAR(far.effective_samples()[k] / near_by.effective_samples()[k], 1, 1e-12) << size;
    }
    for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(w[i], exact[i], 1e-15) << size;
  }
}

TEST(Mbar, AStateFarBelowTheOthersCostsThemNoDigits) {
  Sampled s = ladder(4, 1).sample({500, 300, 400, 600}, 8);
  const Mbar before = s.solve();
  for (std::size_t i = 0; i < 1800; ++i) s.u[3 * 1800 + i] -= 1e9;
  const Mbar after = s.solve();
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(after.free_energies()[k], before.free_energies()[k], 1e-8) << k;
  }
  // Rounding of u_3, 1e-7, is the same in both; what the others say of each other is exact.
  for (std::size_t i = 0; i < 1800; ++i) s.u[3 * 1800 + i] += 1e9;
  const Mbar again = s.solve();
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(after.free_energies()[k], again.free_energies()[k], 1e-12) << k;
  }
}

TEST(Mbar, ReversingTheStatesReversesTheAnswer) {
  const Sampled s = ladder(4, 1).sample({50, 60, 70, 80}, 8);
  Sampled reversed = s;
  std::reverse(reversed.counts.begin(), reversed.counts.end());
  const auto n = static_cast<std::size_t>(s.samples());
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < n; ++i) reversed.u[k * n + i] = s.u[(4 - k) * n - 1 - i];
  }
  const Mbar one = s.solve(), other = reversed.solve();
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(one.free_energies()[k] - one.free_energies()[3], other.free_energies()[3 - k],
                1e-12);
  }
}

TEST(Mbar, AStateTwiceSharesItsSamplesAndDiffersByNothing) {
  const Oscillators o{{0, 1, 1}, {1, 2, 2}};
  const Sampled s = o.sample({400, 300, 100}, 10);
  const Mbar mbar = s.solve();
  EXPECT_NEAR(mbar.free_energies()[1], mbar.free_energies()[2], 1e-13);
  EXPECT_EQ(mbar.uncertainty()(1, 2), 0);
  EXPECT_NEAR(mbar.overlap()(1, 1) * 100, mbar.overlap()(1, 2) * 300, 1e-9);
}

TEST(Mbar, ASampledStateAndItsUnsampledCopyDifferByNothing) {
  const Oscillators o{{0, 1, 1, 0}, {1, 2, 2, 1}};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Sampled s = o.sample({400, 300, 0, 0}, seed);
    const Mbar mbar = s.solve();
    EXPECT_EQ(mbar.uncertainty()(1, 2), 0) << seed;
    EXPECT_EQ(mbar.uncertainty()(0, 3), 0) << seed;
    EXPECT_GT(mbar.uncertainty()(0, 2), 0.01);
  }
}

TEST(Mbar, StatesThatDifferByLittleHaveTheErrorOfThat) {
  // u_1 - u_0 = e x: f_1 - f_0 = e <x>, with error e / sqrt(N).
  const Oscillators o{{0, 1e-5}, {1, 1}};
  const Sampled s = o.sample({5000, 5000}, 3);
  EXPECT_NEAR(s.solve().uncertainty()(0, 1) / (1e-5 / std::sqrt(10000.0)), 1, 0.05);
}

}  // namespace
}  // namespace gibbs::testing
