// MBAR comes to its answer from anywhere, or says why there is none.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/thermo/mbar.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/near.hpp"
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

}  // namespace
}  // namespace gibbs::testing
