#include <gtest/gtest.h>

#include <algorithm>
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
using thermo::MbarOptions;
using thermo::SolveStatus;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// sum_n p_k(n) = N_k from the free energies alone, in long double.
void expect_claims(const Sampled& s, const Mbar& mbar) {
  const std::size_t states = s.counts.size(), samples = s.x.size();
  std::vector<long double> claims(states), y(states);
  long double scale = 1;
  for (std::size_t n = 0; n < samples; ++n) {
    long double top = -INFINITY, sum = 0;
    for (std::size_t k = 0; k < states; ++k) {
      y[k] = std::log(static_cast<long double>(s.counts[k])) + mbar.free_energies()[k] -
             static_cast<long double>(s.u[k * samples + n]);
      top = std::max(top, y[k]);
      scale = std::max(scale, std::abs(y[k]));
    }
    for (std::size_t k = 0; k < states; ++k) sum += std::exp(y[k] - top);
    for (std::size_t k = 0; k < states; ++k) claims[k] += std::exp(y[k] - top) / sum;
  }
  // A double of f leaves 1e-16 of itself, by which y is off.
  for (std::size_t k = 0; k < states; ++k) {
    EXPECT_TRUE(near(static_cast<double>(claims[k]), static_cast<long double>(s.counts[k]),
                     1e-10L + 1e-15L * scale * static_cast<long double>(samples)))
        << k;
  }
}

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

TEST(Mbar, OneStateHasNothingToSolve) {
  const Sampled s = ladder(1, 1).sample({40}, 1);
  const Mbar mbar = s.solve();
  EXPECT_TRUE(mbar.report().converged);
  EXPECT_EQ(mbar.free_energies()[0], 0);
  EXPECT_NEAR(mbar.effective_samples()[0], 40, 1e-11);
}

TEST(Mbar, DisconnectedStatesAreNamed) {
  const Oscillators o{{0, 1, 2, 100, 101}, {1, 1, 1, 1, 1}};
  const Sampled s = o.sample({200, 200, 200, 200, 200}, 11);
  const Mbar mbar = s.solve();
  EXPECT_FALSE(mbar.report().converged);
  EXPECT_EQ(mbar.report().status, SolveStatus::kDisconnected);
  EXPECT_EQ(mbar.report().components, (std::vector<std::vector<std::int64_t>>{{0, 1, 2}, {3, 4}}));
  EXPECT_NE(mbar.report().message.find("0-2 | 3-4"), std::string::npos) << mbar.report().message;
  EXPECT_EQ(mbar.uncertainty()(0, 3), kInfinity);
  EXPECT_LT(mbar.uncertainty()(3, 4), 0.3);
  EXPECT_LT(std::abs(mbar.free_energies()[4] - mbar.free_energies()[3]),
            4 * mbar.uncertainty()(3, 4));
}

TEST(Mbar, AStateThatOnlyContainsAnotherIsNotConnectedToIt) {
  // Every sample of both lies where both may be; none tells how much larger the second is.
  const Sampled s{{2, 2}, {0, 0, 0, 0}, {0, 0, kInfinity, kInfinity, 0, 0, 0, 0}};
  const Mbar mbar = s.solve();
  EXPECT_EQ(mbar.report().status, SolveStatus::kDisconnected);
}

TEST(Mbar, AnUnsampledStateBetweenComponentsBelongsToNone) {
  const Oscillators o{{0, 1, 100, 50}, {1, 1, 1, 0.001}};
  const Sampled s = o.sample({200, 200, 200, 0}, 12);
  const Mbar mbar = s.solve();
  EXPECT_EQ(mbar.report().components, (std::vector<std::vector<std::int64_t>>{{0, 1}, {2}, {3}}));
  EXPECT_EQ(mbar.uncertainty()(0, 3), kInfinity);
  EXPECT_EQ(mbar.uncertainty()(2, 3), kInfinity);
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

TEST(Mbar, AnyFirstGuessLeadsToTheSameAnswer) {
  Sampled s = ladder(6, 2).sample({100, 100, 100, 100, 100, 100}, 14);
  for (std::size_t i = 0; i < s.u.size(); ++i) {
    const std::size_t state = i / 600;
    s.u[i] += 500.0 * std::sin(static_cast<double>(state));
  }
  const Mbar mbar = s.solve();
  for (const double scale : {0.0, 1e3, -1e6}) {
    MbarOptions options;
    std::vector<double> initial;
    for (int k = 0; k < 6; ++k) initial.push_back(scale * std::cos(k));
    options.initial = initial;
    const Mbar other = s.solve(options);
    EXPECT_TRUE(other.report().converged) << scale << " " << other.report().message;
    for (std::size_t k = 0; k < 6; ++k) {
      EXPECT_NEAR(other.free_energies()[k], mbar.free_energies()[k], 1e-11) << scale;
    }
  }
}

// All scales at once, from a few samples of each state: every state must claim what it has.
TEST(Mbar, ItComesToTheAnswerOverAnyDistance) {
  for (const double scale : {10.0, 1e3, 1e6, 1e9}) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      Random random(seed);
      Sampled s;
      for (std::uint64_t k = 0; k < 2 + seed; ++k) {
        s.counts.push_back(1 + static_cast<std::int64_t>(random.uniform(0, seed % 2 ? 40 : 4)));
        s.x.resize(s.x.size() + static_cast<std::size_t>(s.counts.back()));
      }
      for (std::size_t i = 0; i < s.counts.size() * s.x.size(); ++i) {
        const double u = random.normal(scale);
        s.u.push_back(seed % 3 ? u : scale * std::floor(u / scale));
      }
      const Mbar mbar = s.solve();
      EXPECT_LE(mbar.report().gradient_norm, 1e-12) << scale << " " << seed;
      EXPECT_LE(mbar.report().iterations, 100) << scale << " " << seed;
      EXPECT_FALSE(mbar.report().components.empty());
      expect_claims(s, mbar);
    }
  }
}

TEST(Mbar, ALadderWithNextToNoOverlapConverges) {
  const Oscillators o = ladder(20, 6);
  const Sampled s = o.sample(std::vector<std::int64_t>(20, 1000), 15);
  const Mbar mbar = s.solve();
  EXPECT_TRUE(mbar.report().converged) << mbar.report().message;
  EXPECT_LE(mbar.report().iterations, 10);
  EXPECT_LE(mbar.report().gradient_norm, 1e-12);
  for (std::size_t k = 1; k < 20; ++k) {
    EXPECT_LT(std::abs(mbar.free_energies()[k]),
              4 * mbar.uncertainty()(0, static_cast<std::int64_t>(k)));
  }
}

TEST(Mbar, RunningOutOfStepsIsAStatus) {
  const Sampled s = four_oscillators().sample({30, 20, 15, 10}, 16);
  MbarOptions options;
  options.solve.max_iterations = 0;
  const Mbar mbar = s.solve(options);
  EXPECT_FALSE(mbar.report().converged);
  EXPECT_EQ(mbar.report().status, SolveStatus::kIterationLimit);
  EXPECT_GT(mbar.report().gradient_norm, 1e-12);
}

TEST(Mbar, AToleranceBelowRoundingEndsInAStatus) {
  MbarOptions options;
  options.solve.tolerance = 1e-18;
  const Sampled s = ladder(5, 1.3).sample({501, 502, 503, 504, 505}, 16);
  const Mbar mbar = s.solve(options);
  EXPECT_EQ(mbar.report().status, SolveStatus::kStalled) << mbar.report().message;
  EXPECT_LT(mbar.report().gradient_norm, 1e-13);
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
