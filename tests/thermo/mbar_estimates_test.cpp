#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/mbar.hpp>
#include <limits>
#include <vector>

#include "support/refusal.hpp"
#include "thermo/mbar_systems.hpp"

namespace gibbs::testing {
namespace {

using thermo::Mbar;
using thermo::Potentials;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Potentials, ALinearFamilyIsItsMatrix) {
  const Sampled s = four_oscillators().sample({300, 0, 150, 100}, 1);
  std::vector<double> lambdas, x(2 * s.x.size()), u(s.u.size());
  for (int k = 0; k < 4; ++k) {
    lambdas.push_back(0.5 + 0.5 * k);
    lambdas.push_back(-0.25 * k);
  }
  for (std::size_t n = 0; n < s.x.size(); ++n) {
    x[n] = s.x[n] * s.x[n];
    x[s.x.size() + n] = s.x[n];
    for (std::size_t k = 0; k < 4; ++k) {
      u[k * s.x.size() + n] = lambdas[2 * k] * x[n] + lambdas[2 * k + 1] * s.x[n];
    }
  }
  const Rows<const double> matrix(u.data(), 4, s.samples());
  const Mbar whole(matrix, s.counts);
  const Mbar family(Potentials::linear({lambdas.data(), 4, 2}, {x.data(), 2, s.samples()}),
                    s.counts);
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(whole.free_energies()[k], family.free_energies()[k], 1e-13);
  }
}

TEST(Potentials, BlocksAreTheWholeToTheBit) {
  const Sampled s = ladder(5, 1).sample({3000, 0, 1000, 2000, 500}, 2);
  const auto fill = [&](std::int64_t first, Rows<double> u) {
    for (std::int64_t k = 0; k < u.rows; ++k) {
      for (std::int64_t j = 0; j < u.cols; ++j) u(k, j) = s.rows()(k, first + j);
    }
  };
  const Mbar whole = s.solve();
  const Mbar blocks(Potentials::blocks(5, s.samples(), fill), s.counts);
  EXPECT_EQ(whole.free_energies(), blocks.free_energies());
  EXPECT_EQ(whole.uncertainty().values, blocks.uncertainty().values);
}

TEST(Potentials, AnyStridesAreReadToTheBit) {
  const Sampled s = ladder(3, 1).sample({300, 500, 200}, 3);
  std::vector<double> turned(s.u.size());
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t n = 0; n < 1000; ++n) turned[n * 3 + k] = s.u[k * 1000 + n];
  }
  const Mbar other(Rows<const double>(turned.data(), 3, 1000, 1, 3), s.counts);
  EXPECT_EQ(s.solve().free_energies(), other.free_energies());
}

TEST(MbarEstimates, AnExpectationIsWithinItsError) {
  const Oscillators o = four_oscillators();
  double squares = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Sampled s = o.sample({500, 300, 0, 400}, seed);
    const Mbar mbar = s.solve();
    for (std::int64_t k = 0; k < 4; ++k) {
      const auto mean = mbar.expectations({s.x.data(), 1, s.samples()}, k);
      const double z = (mean[0].value - o.centre[static_cast<std::size_t>(k)]) / mean[0].error;
      EXPECT_LT(std::abs(z), 4.2) << seed << " " << k;
      squares += z * z;
    }
  }
  EXPECT_NEAR(squares / 160, 1, 0.35);
}

TEST(MbarEstimates, AShiftedObservableHasAShiftedMeanAndTheSameError) {
  const Sampled s = four_oscillators().sample({500, 300, 0, 400}, 3);
  const Mbar mbar = s.solve();
  std::vector<double> two = s.x;
  for (const double x : s.x) two.push_back(3 * x + 1e6);
  const auto mean = mbar.expectations({two.data(), 2, s.samples()}, 1);
  EXPECT_NEAR(mean[1].value, 3 * mean[0].value + 1e6, 1e-8);
  EXPECT_NEAR(mean[1].error, 3 * mean[0].error, 1e-8);
}

TEST(MbarEstimates, AStateThatWasNotSampledIsOneWithoutSamples) {
  const Sampled all = four_oscillators().sample({500, 300, 0, 400}, 4);
  const Mbar with = all.solve();
  // The same without state 2, which is asked for afterwards.
  const auto n = static_cast<std::size_t>(all.samples());
  Sampled three = all;
  three.counts = {500, 300, 400};
  three.u.erase(three.u.begin() + static_cast<std::ptrdiff_t>(2 * n),
                three.u.begin() + static_cast<std::ptrdiff_t>(3 * n));
  const Mbar without = three.solve();
  const Rows<const double> row(all.u.data() + 2 * n, 1, all.samples());
  const auto added = without.free_energies_of(row);
  EXPECT_NEAR(added.free_energies[0], with.free_energies()[2], 1e-12);
  EXPECT_NEAR(added.uncertainty(0, 3), with.uncertainty()(0, 2), 1e-12);
  EXPECT_NEAR(added.uncertainty(2, 3), with.uncertainty()(2, 3), 1e-12);
  const Rows<const double> x(all.x.data(), 1, all.samples());
  const auto direct = with.expectations(x, 2), asked = without.expectations(x, row);
  EXPECT_NEAR(direct[0].value, asked[0].value, 1e-12);
  EXPECT_NEAR(direct[0].error, asked[0].error, 1e-12);
}

TEST(MbarEstimates, ErrorsAgreeWithTheBootstrap) {
  const Sampled s = four_oscillators().sample({1000, 500, 0, 800}, 5);
  const Mbar mbar = s.solve();
  const auto again = mbar.bootstrap(400, 6);
  EXPECT_EQ(again.failed, 0);
  for (std::int64_t k = 1; k < 4; ++k) {
    EXPECT_NEAR(again.uncertainty(0, k) / mbar.uncertainty()(0, k), 1, 0.2) << k;
  }
}

TEST(MbarEstimates, TheSeedChangesTheBootstrap) {
  const Sampled s = four_oscillators().sample({100, 50, 0, 80}, 5);
  const Mbar mbar = s.solve();
  EXPECT_EQ(mbar.bootstrap(3, 6).failed, 0);
  EXPECT_EQ(mbar.bootstrap(3, 6).free_energies.values, mbar.bootstrap(3, 6).free_energies.values);
  EXPECT_NE(mbar.bootstrap(3, 6).free_energies.values, mbar.bootstrap(3, 7).free_energies.values);
}

TEST(MbarEstimates, AMoreDistantStateHasFewerEffectiveSamples) {
  const Sampled s = ladder(3, 2).sample({500, 500, 0}, 5);
  const Mbar mbar = s.solve();
  EXPECT_LT(mbar.effective_samples()[2], mbar.effective_samples()[1]);
  EXPECT_LT(mbar.effective_samples()[1], 1000);
}

TEST(MbarRefusals, NameWhatIsWrong) {
  Sampled s = ladder(2, 1).sample({3, 2}, 1);
  const auto words = [&](auto change) {
    Sampled changed = s;
    change(changed);
    return refusal([&] { changed.solve(); });
  };
  EXPECT_EQ(words([](Sampled& c) { c.u[7] = kNan; }),
            "mbar: u[1, 2] must be a number or +inf, got nan");
  EXPECT_EQ(words([](Sampled& c) { c.u[4] = -kInfinity; }),
            "mbar: u[0, 4] must be a number or +inf, got -inf");
  EXPECT_EQ(words([](Sampled& c) { c.u[3] = c.u[8] = kInfinity; }),
            "mbar: sample 3 has u = +inf in every state that was sampled");
  EXPECT_EQ(words([](Sampled& c) {
              c.counts = {3, 3};
            }),
            "mbar: samples must sum to the columns of u, 5, got 6");
  EXPECT_EQ(words([](Sampled& c) { c.u[0] = -1e308; }),
            "mbar: u[0, 0] must be +inf or from -1e300 to 1e300, got -1e+308");
  const std::vector<double> zeros(9);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::int64_t> around{most, most, 5};  // 3 modulo 2^64
  EXPECT_EQ(refusal([&] { Mbar(Rows<const double>(zeros.data(), 3, 3), around); }),
            "mbar: samples must sum to the columns of u, 3, got more than 2^63 - 1");
  EXPECT_EQ(words([](Sampled& c) {
              c.counts = {6, -1};
            }),
            "mbar: samples[1] must not be negative, got -1");
  const std::vector<std::int64_t> three{1, 2, 2};
  EXPECT_EQ(refusal([&] { Mbar(s.rows(), three); }),
            "mbar: samples must have 2 entries, one per state, got 3");
  EXPECT_EQ(refusal([&] { Potentials(Rows<const double>(s.u.data(), 2, 0)); }),
            "Potentials: there must be at least 1 state and 1 sample, got 2 x 0");
}

TEST(MbarRefusals, OfEstimatesNameWhatIsWrong) {
  const Sampled s = ladder(2, 1).sample({3, 2}, 1);
  const Mbar mbar = s.solve();
  const std::vector<double> a{1, 2, kNan, 4, 5};
  EXPECT_EQ(refusal([&] {
              mbar.expectations({a.data(), 1, 4}, 0);
            }),
            "mbar: observables must have a column for each of 5 samples, got 4");
  EXPECT_EQ(refusal([&] {
              mbar.expectations({a.data(), 1, 5}, 0);
            }),
            "mbar: observables[0, 2] must be finite, got nan");
  EXPECT_EQ(refusal([&] {
              mbar.expectations({s.x.data(), 1, 5}, 2);
            }),
            "mbar: state must be from 0 to 1, got 2");
  EXPECT_EQ(refusal([&] { mbar.bootstrap(1); }), "mbar: replicates must be at least 2, got 1");
}

}  // namespace
}  // namespace gibbs::testing
