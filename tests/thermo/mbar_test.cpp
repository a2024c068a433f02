// Free energies, weights and errors of MBAR are those of its equations.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/mbar.hpp>
#include <limits>
#include <vector>

#include "support/near.hpp"
#include "support/targets.hpp"
#include "support/threads.hpp"
#include "thermo/mbar_systems.hpp"

namespace gibbs::testing {
namespace {

using thermo::Mbar;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Mbar, IsTheFixedPointOfItsEquations) {
  const Sampled s = four_oscillators().sample({9, 4, 7, 5}, 3);
  const auto exact = fixed_point(s);
  on_every_target([&] {
    const Mbar mbar = s.solve();
    EXPECT_TRUE(mbar.report().converged) << mbar.report().message;
    for (std::size_t k = 0; k < exact.size(); ++k) {
      EXPECT_TRUE(near(mbar.free_energies()[k], exact[k], 1e-13L)) << k;
    }
  });
}

TEST(Mbar, AStateWithoutSamplesGetsItsFreeEnergyFromTheOthers) {
  const Sampled s = four_oscillators().sample({9, 0, 7, 5}, 4);
  const auto exact = fixed_point(s);
  const Mbar mbar = s.solve();
  EXPECT_TRUE(mbar.report().converged) << mbar.report().message;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    EXPECT_TRUE(near(mbar.free_energies()[k], exact[k], 1e-13L)) << k;
  }
}

TEST(Mbar, TheFirstStateMayHaveNoSamples) {
  const Sampled s = four_oscillators().sample({0, 9, 7, 5}, 5);
  const auto exact = fixed_point(s);
  const Mbar mbar = s.solve();
  for (std::size_t k = 0; k < exact.size(); ++k) {
    EXPECT_TRUE(near(mbar.free_energies()[k], exact[k], 1e-13L)) << k;
  }
}

// |z| over many runs: 4 standard deviations hold for each, and their mean square is near 1.
TEST(Mbar, OscillatorsAreWithinTheirErrors) {
  const Oscillators o = four_oscillators();
  double squares = 0;
  int count = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Sampled s = o.sample({1000, 500, 0, 800}, seed);
    const Mbar mbar = s.solve();
    for (std::int64_t k = 1; k < 4; ++k) {
      const double off =
          mbar.free_energies()[static_cast<std::size_t>(k)] - (o.free_energy(k) - o.free_energy(0));
      const double z = off / mbar.uncertainty()(0, k);
      EXPECT_LT(std::abs(z), 4) << seed << " " << k;
      squares += z * z;
      ++count;
    }
  }
  EXPECT_NEAR(squares / count, 1, 0.35);
}

TEST(Mbar, ExponentialsAreWithinTheirErrors) {
  const std::vector<double> rates{1, 2, 3, 4};
  Random random(9);
  const Sampled s = sample_states(
      {2000, 1000, 500, 1500},
      [&](std::int64_t k) {
        return -std::log(1 - random.uniform(0, 1)) / rates[static_cast<std::size_t>(k)];
      },
      [&](std::int64_t k, double x) { return rates[static_cast<std::size_t>(k)] * x; });
  const Mbar mbar = s.solve();
  for (std::int64_t k = 1; k < 4; ++k) {
    const auto at = static_cast<std::size_t>(k);
    EXPECT_LT(std::abs(mbar.free_energies()[at] - std::log(rates[at])) / mbar.uncertainty()(0, k),
              4);
  }
}

TEST(Mbar, WeightsOfEachStateSumToOneAndClaimEachSampleOnce) {
  const Sampled s = four_oscillators().sample({300, 200, 0, 100}, 6);
  const Mbar mbar = s.solve();
  std::vector<double> w(s.u.size());
  mbar.weights(0, {w.data(), 4, 600});
  for (std::size_t k = 0; k < 4; ++k) {
    double sum = 0;
    for (std::size_t n = 0; n < 600; ++n) sum += w[k * 600 + n];
    EXPECT_NEAR(sum, 1, 1e-12) << k;
  }
  for (std::size_t n = 0; n < 600; ++n) {
    double claimed = 0;
    for (std::size_t k = 0; k < 4; ++k)
      claimed += static_cast<double>(s.counts[k]) * w[k * 600 + n];
    EXPECT_NEAR(claimed, 1, 1e-12) << n;
  }
}

TEST(Mbar, WeightsOfSomeSamplesAreThoseOfAll) {
  const Sampled s = four_oscillators().sample({300, 200, 0, 100}, 6);
  const Mbar mbar = s.solve();
  std::vector<double> all(s.u.size()), some(4 * 300);
  mbar.weights(0, {all.data(), 4, 600});
  mbar.weights(123, {some.data(), 4, 300});
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t n = 0; n < 300; ++n) EXPECT_EQ(some[k * 300 + n], all[k * 600 + 123 + n]);
  }
}

TEST(Mbar, OverlapRowsSumToOne) {
  const Sampled s = four_oscillators().sample({300, 200, 0, 100}, 6);
  const Mbar mbar = s.solve();
  for (std::int64_t i = 0; i < 4; ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < 4; ++j) sum += mbar.overlap()(i, j);
    EXPECT_NEAR(sum, 1, 1e-11) << i;
  }
  EXPECT_EQ(mbar.overlap()(0, 2), 0);  // no samples to share
}

TEST(Mbar, OneStateHasNothingToSolve) {
  const Sampled s = ladder(1, 1).sample({40}, 1);
  const Mbar mbar = s.solve();
  EXPECT_TRUE(mbar.report().converged);
  EXPECT_EQ(mbar.free_energies()[0], 0);
  EXPECT_NEAR(mbar.effective_samples()[0], 40, 1e-11);
}

TEST(Mbar, AForbiddenConfigurationHasNoWeight) {
  Sampled s = four_oscillators().sample({300, 200, 150, 100}, 13);
  for (std::size_t n = 0; n < 750; ++n) {
    if (s.x[n] < 1.5) s.u[3 * 750 + n] = kInfinity;
  }
  const Mbar mbar = s.solve();
  EXPECT_TRUE(mbar.report().converged) << mbar.report().message;
  std::vector<double> w(s.u.size());
  mbar.weights(0, {w.data(), 4, 750});
  for (std::size_t n = 0; n < 750; ++n) EXPECT_EQ(w[3 * 750 + n] == 0, s.x[n] < 1.5) << n;
}

TEST(Mbar, TheAnswerDoesNotDependOnThreadsToTheBit) {
  const Sampled s = ladder(7, 1).sample(std::vector<std::int64_t>(7, 3000), 17);
  const auto all_numbers = [&] {
    const Mbar mbar = s.solve();
    std::vector<double> numbers = mbar.free_energies();
    for (const auto& table : {mbar.uncertainty(), mbar.bootstrap(4, 5).free_energies}) {
      numbers.insert(numbers.end(), table.values.begin(), table.values.end());
    }
    return numbers;
  };
  expect_same_with_any_threads(all_numbers, "mbar");
}

}  // namespace
}  // namespace gibbs::testing
