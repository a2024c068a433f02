// Chains of Metropolis against the laws that they draw from.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <gibbs/sampling/goodness.hpp>
#include <gibbs/thermo/metropolis.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

using thermo::autocorrelation;
using thermo::metropolis;
using thermo::MetropolisOptions;
using thermo::StepNoise;
constexpr double kInf = std::numeric_limits<double>::infinity();

const std::vector<double> kEnergies{0, 0.7, -0.4, 2, 0.1, 1.3, 0.7};

double energy_of(std::int64_t state) { return kEnergies[static_cast<std::size_t>(state)]; }

// One place to the left or to the right on a ring.
std::int64_t neighbour(std::int64_t state, StepNoise& noise) {
  const auto size = static_cast<std::int64_t>(kEnergies.size());
  return (state + (noise.below(2) == 0 ? 1 : size - 1)) % size;
}

std::vector<double> boltzmann(double beta) {
  std::vector<double> p;
  double z = 0;
  for (const double energy : kEnergies) z += std::exp(-beta * energy);
  for (const double energy : kEnergies) p.push_back(std::exp(-beta * energy) / z);
  return p;
}

// Fit of the states of a chain that is thinned until they are independent.
double p_value(double beta, std::uint64_t seed) {
  std::int64_t state = 0;
  const MetropolisOptions trial{.beta = beta, .steps = 20000, .burn_in = 1000, .seed = seed};
  const double time = metropolis(state, energy_of, neighbour, trial).energy.time;
  const auto stride = static_cast<std::int64_t>(std::ceil(4 * time));
  std::vector<std::int64_t> counts(kEnergies.size());
  metropolis(state, energy_of, neighbour,
             {.beta = beta,
              .steps = 4000 * stride,
              .burn_in = 10 * stride,
              .stride = stride,
              .seed = seed,
              .stream = 1},
             [&](std::int64_t kept, double) { ++counts[static_cast<std::size_t>(kept)]; });
  return chi_square_test(counts, boltzmann(beta)).p_value;
}

TEST(Metropolis, StatesComeAsOftenAsTheLawSays) {
  for (const double beta : {0.5, 1.0, 2.5, -1.5}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const double p = p_value(beta, seed);
      EXPECT_GT(p, 1e-3) << beta << " " << seed;
      EXPECT_LT(p, 1 - 1e-3) << beta << " " << seed;
    }
  }
}

TEST(Metropolis, TheMeanEnergyLiesWithinItsError) {
  for (std::uint64_t chain = 0; chain < 8; ++chain) {
    std::int64_t state = 0;
    const auto run = metropolis(state, energy_of, neighbour,
                                {.steps = 50000, .burn_in = 100, .seed = 5, .chain = chain});
    const auto p = boltzmann(1);
    double exact = 0;
    for (std::size_t s = 0; s < p.size(); ++s) exact += p[s] * kEnergies[s];
    EXPECT_LT(std::abs(run.energy.mean - exact), 4 * run.energy.standard_error);
    EXPECT_LT(run.energy.standard_error, 0.02);
    EXPECT_GT(run.acceptance(), 0.4);
    EXPECT_LT(run.acceptance(), 0.6);
  }
}

TEST(Metropolis, AcceptsAsOftenAsTheLawAndTheProposalsSay) {
  const auto p = boltzmann(1);
  double exact = 0;
  for (std::size_t s = 0; s < p.size(); ++s) {
    for (const std::size_t to : {(s + 1) % p.size(), (s + p.size() - 1) % p.size()}) {
      exact += p[s] / 2 * std::min(1.0, std::exp(kEnergies[s] - kEnergies[to]));
    }
  }
  std::int64_t state = 0;
  const auto run = metropolis(state, energy_of, neighbour, {.steps = 200000, .seed = 6});
  EXPECT_NEAR(run.acceptance(), exact, 0.01);
}

TEST(Metropolis, AChainIsAFunctionOfItsSeedStreamAndNumber) {
  const auto run = [](const MetropolisOptions& options) {
    std::int64_t state = 0;
    return metropolis(state, energy_of, neighbour, options).energies;
  };
  const MetropolisOptions options{.steps = 200, .seed = 7, .stream = 8, .chain = 9};
  EXPECT_EQ(run(options), run(options));
  MetropolisOptions other = options;
  other.seed = 1;
  EXPECT_NE(run(options), run(other));
  other = options, other.stream = 1;
  EXPECT_NE(run(options), run(other));
  other = options, other.chain = 1;
  EXPECT_NE(run(options), run(other));
  other = options, other.beta = 3;
  EXPECT_NE(run(options), run(other));
}

TEST(Metropolis, TwoRunsOneAfterTheOtherAreOne) {
  std::int64_t state = 3;
  auto whole = metropolis(state, energy_of, neighbour, {.steps = 300, .seed = 2});
  std::int64_t parts = 3;
  const auto first = metropolis(parts, energy_of, neighbour, {.steps = 120, .seed = 2});
  const auto second =
      metropolis(parts, energy_of, neighbour, {.steps = 180, .seed = 2, .first_step = 120});
  EXPECT_EQ(parts, state);
  EXPECT_EQ(first.accepted + second.accepted, whole.accepted);
  std::vector<double> together = first.energies;
  together.insert(together.end(), second.energies.begin(), second.energies.end());
  EXPECT_EQ(together, whole.energies);
}

TEST(Metropolis, EveryStridethStateIsKeptAfterTheBurnIn) {
  std::int64_t state = 0;
  std::vector<double> told;
  const auto all = metropolis(state, energy_of, neighbour, {.steps = 110, .seed = 4});
  state = 0;
  const auto kept =
      metropolis(state, energy_of, neighbour, {.steps = 100, .burn_in = 10, .stride = 7, .seed = 4},
                 [&](std::int64_t s, double) { told.push_back(energy_of(s)); });
  ASSERT_EQ(kept.energies.size(), 14U);
  for (std::size_t i = 0; i < 14; ++i) EXPECT_EQ(kept.energies[i], all.energies[16 + 7 * i]);
  EXPECT_EQ(told, kept.energies);
}

TEST(Metropolis, InTheColdItNeverClimbsAndInTheHeatItAlwaysMoves) {
  std::int64_t state = 3;
  const auto cold = metropolis(state, energy_of, neighbour, {.beta = kInf, .steps = 100});
  for (std::size_t i = 1; i < cold.energies.size(); ++i) {
    EXPECT_LE(cold.energies[i], cold.energies[i - 1]);
  }
  const auto hot = metropolis(state, energy_of, neighbour, {.beta = 0, .steps = 100});
  EXPECT_EQ(hot.accepted, 100);
}

TEST(Metropolis, AStateOfInfiniteEnergyIsLeftAndNeverEntered) {
  const auto walled = [](std::int64_t s) { return s == 3 ? kInf : energy_of(s); };
  for (const double beta : {0.0, 1.0, -1.0}) {
    std::int64_t state = 3;
    std::int64_t visits = 0;
    const auto run =
        metropolis(state, walled, neighbour, {.beta = beta, .steps = 500, .burn_in = 1},
                   [&](std::int64_t s, double) { visits += s == 3 ? 1 : 0; });
    EXPECT_EQ(visits, 0);
    for (const double energy : run.energies) EXPECT_TRUE(std::isfinite(energy));
  }
}

// A ring of spins that flips one at a time.
class Ring {
 public:
  double energy() const {
    double sum = 0;
    for (std::size_t i = 0; i < spins_.size(); ++i) sum -= spins_[i] * spins_[(i + 1) % kSize];
    return sum;
  }
  double propose(StepNoise& noise) {
    chosen_ = static_cast<std::size_t>(noise.below(kSize));
    return 2 * spins_[chosen_] *
           (spins_[(chosen_ + 1) % kSize] + spins_[(chosen_ + kSize - 1) % kSize]);
  }
  void accept() { spins_[chosen_] = -spins_[chosen_]; }

 private:
  static constexpr std::size_t kSize = 8;
  std::array<double, kSize> spins_{1, 1, 1, 1, 1, 1, 1, 1};
  std::size_t chosen_ = 0;
};

TEST(Metropolis, AModelThatMovesInPlaceHasTheExactMeanEnergyOfItsRing) {
  Ring ring;
  const auto run = metropolis(ring, {.beta = 0.6, .steps = 400000, .burn_in = 1000, .seed = 3});
  const double t = std::tanh(0.6);  // U = -N (t + t^(N - 1)) / (1 + t^N)
  const double exact = -8 * (t + std::pow(t, 7)) / (1 + std::pow(t, 8));
  EXPECT_LT(std::abs(run.energy.mean - exact), 4 * run.energy.standard_error);
  EXPECT_EQ(run.energies.back(), ring.energy());
}

TEST(Autocorrelation, OfAnAutoregressiveSeriesIsItsClosedForm) {
  Random random(9);
  for (const double rho : {0.0, 0.5, 0.9, -0.4}) {
    std::vector<double> series{0};
    for (int i = 1; i < 200000; ++i) series.push_back(rho * series.back() + random.normal());
    const auto got = autocorrelation(series);
    const double exact = (1 + rho) / (1 - rho);
    EXPECT_NEAR(got.time, exact, 0.06 * exact) << rho;
    EXPECT_NEAR(got.variance, 1 / (1 - rho * rho), 0.05 * got.variance);
    EXPECT_LT(std::abs(got.mean), 4 * got.standard_error);
  }
}

// Geyer's sum as it is written, every lag by itself.
double time_by_definition(const std::vector<double>& x) {
  double mean = 0, sum = 0, last = kInf;
  for (const double each : x) mean += each / static_cast<double>(x.size());
  const auto covariance = [&](std::size_t lag) {
    double products = 0;
    for (std::size_t i = 0; i + lag < x.size(); ++i)
      products += (x[i] - mean) * (x[i + lag] - mean);
    return products;
  };
  const double variance = covariance(0);
  for (std::size_t lag = 0; lag + 1 < x.size(); lag += 2) {
    last = std::min(last, (covariance(lag) + covariance(lag + 1)) / variance);
    if (!(last > 0)) break;
    sum += last;
  }
  return 2 * sum - 1;
}

TEST(Autocorrelation, OfLongWindowsIsTheSumOfItsLags) {
  Random random(4);
  for (const std::size_t size : {100u, 1000u, 3001u}) {
    std::vector<double> rising, slow{0};
    for (std::size_t i = 0; i < size; ++i) rising.push_back(static_cast<double>(i));
    for (std::size_t i = 1; i < size; ++i) slow.push_back(0.99 * slow.back() + random.normal());
    for (const auto& series : {rising, slow}) {
      const double exact = time_by_definition(series);
      EXPECT_NEAR(autocorrelation(series).time, exact, 1e-12 * exact) << size;
    }
    EXPECT_GT(autocorrelation(rising).window, static_cast<std::int64_t>(size / 4));
  }
}

// A line has rho(s n) = 1 - 3 s + 2 s^3, which is positive up to s = (sqrt 3 - 1) / 2.
TEST(Autocorrelation, OfAMillionNumbersThatOnlyRiseTakesNoMinutes) {
  std::vector<double> series(1'000'000);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] = static_cast<double>(i);
  const auto got = autocorrelation(series);
  const double s = (std::sqrt(3.0) - 1) / 2;
  EXPECT_NEAR(static_cast<double>(got.window), 1e6 * s, 10);
  EXPECT_NEAR(got.time, 2e6 * (s - 1.5 * s * s + std::pow(s, 4) / 2), 10);
}

TEST(Autocorrelation, TheSizeOfTheNumbersIsThatOfTheirErrorAlone) {
  const auto at_size = [](double size) {
    Random random(12);
    std::vector<double> series;
    for (int i = 0; i < 500; ++i) series.push_back(size * random.normal());
    return autocorrelation(series);
  };
  const auto one = at_size(1);
  for (const double size : {0x1p1020, 0x1p-1000}) {
    const auto got = at_size(size);
    EXPECT_EQ(got.time, one.time) << size;
    EXPECT_EQ(got.window, one.window) << size;
    EXPECT_EQ(got.mean, size * one.mean) << size;
    EXPECT_EQ(got.standard_error, size * one.standard_error) << size;
  }
}

TEST(Autocorrelation, OfEqualNumbersIsOneAndOfNoneIsNotANumber) {
  const auto equal = autocorrelation(std::vector<double>(50, 0.1));
  EXPECT_EQ(equal.mean, 0.1);
  EXPECT_EQ(equal.time, 1);
  EXPECT_EQ(equal.standard_error, 0);
  EXPECT_TRUE(std::isnan(autocorrelation({}).mean));
  EXPECT_TRUE(std::isnan(autocorrelation(std::vector{1.0, std::nan("")}).mean));
  const auto infinite = autocorrelation(std::vector{1.0, kInf, 2.0});
  EXPECT_EQ(infinite.mean, kInf);
  EXPECT_TRUE(std::isnan(infinite.variance) && std::isnan(infinite.standard_error));
  EXPECT_EQ(infinite.time, 1);
}

TEST(Metropolis, RefusesInASentence) {
  const auto asked = [](const MetropolisOptions& options) {
    return refusal([=] {
      std::int64_t state = 0;
      metropolis(state, energy_of, neighbour, options);
    });
  };
  EXPECT_EQ(refusal([] {
              std::int64_t state = 0;
              metropolis(state, energy_of,
                         [](std::int64_t, StepNoise& noise) { return noise.below(0); });
            }),
            "StepNoise::below: count must be at least 1, got 0");
  EXPECT_EQ(asked({.beta = std::nan("")}), "metropolis: beta must be a number, got nan");
  EXPECT_EQ(asked({.steps = -1}),
            "metropolis: steps must be from 0 to 4611686018427387904, got -1");
  EXPECT_EQ(asked({.burn_in = -1}),
            "metropolis: burn_in must be from 0 to 4611686018427387904, got -1");
  EXPECT_EQ(asked({.stride = 0}),
            "metropolis: stride must be from 1 to 4611686018427387904, got 0");
  EXPECT_EQ(refusal([] {
              std::int64_t state = 0;
              metropolis(
                  state, [](std::int64_t) { return std::nan(""); }, neighbour);
            }),
            "metropolis: energies must not be NaN, got nan");
}

}  // namespace
}  // namespace gibbs::testing
