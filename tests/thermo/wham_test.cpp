#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/thermo/wham.hpp>
#include <limits>
#include <vector>

#include "support/near.hpp"
#include "support/refusal.hpp"
#include "thermo/mbar_systems.hpp"

namespace gibbs::testing {
namespace {

using thermo::Bins;
using thermo::SolveStatus;
using thermo::Umbrella;
using thermo::WhamResult;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Windows over the law exp(-x^2 / 2), counted into bins.
struct Windows {
  std::vector<Umbrella> umbrellas;
  Bins bins;
  std::vector<double> counts, bias, x;
  std::vector<std::int64_t> samples;

  std::int64_t size() const { return std::ssize(umbrellas); }
  Rows<const double> count_rows() const { return {counts.data(), size(), bins.count}; }
  Rows<const double> bias_rows() const { return {bias.data(), size(), bins.count}; }
  WhamResult solve() const { return thermo::wham(count_rows(), bias_rows()); }
};

// exp(-x^2 / 2 - k (x - c)^2 / 2) is normal around k c / (1 + k) with variance 1 / (1 + k).
Windows sample_windows(const Bins& bins, std::int64_t each, std::uint64_t seed) {
  Windows w{{{-2, 2}, {-1, 2}, {0, 2}, {1, 2}, {2, 2}}, bins, {}, {}, {}, {}};
  Random random(seed);
  for (const Umbrella& u : w.umbrellas) {
    std::vector<double> x, counts(static_cast<std::size_t>(bins.count));
    for (std::int64_t i = 0; i < each; ++i) {
      x.push_back(u.stiffness * u.centre / (1 + u.stiffness) +
                  random.normal(1 / std::sqrt(1 + u.stiffness)));
    }
    thermo::histogram(x, bins, counts);
    w.counts.insert(w.counts.end(), counts.begin(), counts.end());
    w.x.insert(w.x.end(), x.begin(), x.end());
    w.samples.push_back(each);
    for (std::int64_t b = 0; b < bins.count; ++b) w.bias.push_back(u(bins.centre(b)));
  }
  return w;
}

// Ferrenberg and Swendsen's iteration in long double: p of every bin.
std::vector<long double> iterated_law(const Windows& w) {
  const auto windows = static_cast<std::size_t>(w.size());
  const auto bins = static_cast<std::size_t>(w.bins.count);
  std::vector<long double> f(windows), p(bins), total(windows);
  for (std::size_t k = 0; k < windows; ++k) {
    for (std::size_t b = 0; b < bins; ++b)
      total[k] += static_cast<long double>(w.counts[k * bins + b]);
  }
  for (int i = 0; i < 20000; ++i) {
    std::vector<long double> z(windows);
    for (std::size_t b = 0; b < bins; ++b) {
      long double count = 0, d = 0;
      for (std::size_t k = 0; k < windows; ++k) {
        count += static_cast<long double>(w.counts[k * bins + b]);
        d += total[k] * std::exp(f[k] - static_cast<long double>(w.bias[k * bins + b]));
      }
      p[b] = count / d;
      for (std::size_t k = 0; k < windows; ++k) {
        z[k] += p[b] * std::exp(-static_cast<long double>(w.bias[k * bins + b]));
      }
    }
    for (std::size_t k = 0; k < windows; ++k) f[k] = -std::log(z[k] / z[0]);
  }
  long double sum = 0;
  for (const long double one : p) sum += one;
  for (long double& one : p) one /= sum;
  return p;
}

TEST(Wham, IsTheFixedPointOfFerrenbergAndSwendsen) {
  const Windows w = sample_windows({-3, 3, 24}, 300, 1);
  const auto p = iterated_law(w);
  const WhamResult result = w.solve();
  EXPECT_TRUE(result.report.converged) << result.report.message;
  for (std::size_t b = 0; b < p.size(); ++b) {
    EXPECT_TRUE(near(std::exp(static_cast<long double>(result.log_density[b])), p[b], 1e-13L)) << b;
  }
}

TEST(Wham, TheLawWithoutBiasIsWithinItsErrors) {
  double squares = 0;
  int count = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Windows w = sample_windows({-2, 2, 80}, 4000, seed);
    const WhamResult result = w.solve();
    const auto lowest = std::find(result.profile.begin(), result.profile.end(), 0.0);
    const double at = w.bins.centre(lowest - result.profile.begin());
    for (std::int64_t b = 0; b < 80; ++b) {
      const auto i = static_cast<std::size_t>(b);
      const double x = w.bins.centre(b);
      if (result.profile_errors[i] == 0) continue;
      const double z = (result.profile[i] - (x * x - at * at) / 2) / result.profile_errors[i];
      squares += z * z;
      ++count;
    }
  }
  // The lowest bin is low by chance as well, so more than 1.
  EXPECT_GT(squares / count, 0.7);
  EXPECT_LT(squares / count, 4);
}

TEST(Wham, FineBinsAreMbar) {
  const Windows w = sample_windows({-5, 5, 20000}, 200, 2);
  const WhamResult result = w.solve();
  Sampled s{w.samples, w.x, {}};
  for (const Umbrella& u : w.umbrellas) {
    for (const double x : w.x) s.u.push_back(u(x));
  }
  const auto mbar = s.solve();
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(result.free_energies[k], mbar.free_energies()[k], 1e-4);
    const auto at = static_cast<std::int64_t>(k);
    EXPECT_NEAR(result.uncertainty(0, at), mbar.uncertainty()(0, at), 1e-4);
  }
}

TEST(Wham, AHistogramPerTemperatureGivesTheDensityOfStates) {
  // 6 spins in a field: g = C(6, n) at E = n, sampled exactly at three temperatures.
  const std::vector<double> g{1, 6, 15, 20, 15, 6, 1}, beta{-0.5, 0, 1};
  std::vector<double> counts, bias;
  for (const double b : beta) {
    double z = 0;
    for (std::size_t e = 0; e < g.size(); ++e) z += g[e] * std::exp(-b * static_cast<double>(e));
    for (std::size_t e = 0; e < g.size(); ++e) {
      counts.push_back(1000 * g[e] * std::exp(-b * static_cast<double>(e)) / z);
      bias.push_back(b * static_cast<double>(e));
    }
  }
  const auto result = thermo::wham({counts.data(), 3, 7}, {bias.data(), 3, 7});
  for (std::size_t e = 0; e < g.size(); ++e) {
    EXPECT_NEAR(result.log_density[e], std::log(g[e] / 64), 1e-12) << e;
  }
}

TEST(Wham, OneWindowIsReweighted) {
  const std::vector<double> counts{10, 20, 5}, bias{0, 1, 3};
  const auto result = thermo::wham({counts.data(), 1, 3}, {bias.data(), 1, 3});
  const double z = 10 + 20 * std::exp(1) + 5 * std::exp(3);
  EXPECT_NEAR(result.log_density[0], std::log(10 / z), 1e-14);
  EXPECT_NEAR(result.log_density[2], std::log(5 * std::exp(3) / z), 1e-14);
}

TEST(Wham, AnEmptyBinIsInfiniteAndNotZero) {
  Windows w = sample_windows({-3, 9, 24}, 300, 3);
  const auto result = w.solve();
  EXPECT_EQ(result.profile.back(), kInfinity);
  EXPECT_EQ(result.log_density.back(), -kInfinity);
  EXPECT_EQ(result.profile_errors.back(), kInfinity);
}

TEST(Wham, AWindowWithoutCountsFollowsFromTheOthers) {
  Windows w = sample_windows({-3, 3, 24}, 300, 4);
  std::fill(w.counts.begin() + 24, w.counts.begin() + 48, 0.0);
  const auto result = w.solve();
  double z[2] = {};
  for (std::size_t b = 0; b < 24; ++b) {
    z[0] += std::exp(result.log_density[b] - w.bias[b]);
    z[1] += std::exp(result.log_density[b] - w.bias[24 + b]);
  }
  EXPECT_NEAR(result.free_energies[1], -std::log(z[1] / z[0]), 1e-12);
}

TEST(Wham, WindowsThatDoNotMeetAreNamed) {
  const std::vector<double> counts{5, 5, 0, 0, 0, 0, 7, 7};
  const std::vector<double> bias{0, 0, 500, 500, 500, 500, 0, 0};
  const auto result = thermo::wham({counts.data(), 2, 4}, {bias.data(), 2, 4});
  EXPECT_EQ(result.report.status, SolveStatus::kDisconnected);
  EXPECT_EQ(result.report.components, (std::vector<std::vector<std::int64_t>>{{0}, {1}}));
  EXPECT_EQ(result.uncertainty(0, 1), kInfinity);
}

TEST(Histogram, DropsWhatLiesOutsideAndCountsIt) {
  const std::vector<double> x{-180, -180.5, 180, 179.99, 0, 1e300};
  std::vector<double> counts(4);
  EXPECT_EQ(thermo::histogram(x, {-180, 180, 4}, counts), 3);
  EXPECT_EQ(counts, (std::vector<double>{1, 0, 1, 1}));
}

TEST(Umbrella, TakesTheNearestImage) {
  const Umbrella u{-170, 2, 360};
  EXPECT_EQ(u(170), 400);
  EXPECT_EQ((Umbrella{-170, 2}(170)), 340.0 * 340);
  EXPECT_EQ(refusal([] {
              (void)Umbrella{0, 1, -360}(1);
            }),
            "Umbrella: period must be a number from 0, got -360");
  EXPECT_EQ(refusal([] {
              (void)Umbrella{0, 1, std::nan("")}(1);
            }),
            "Umbrella: period must be a number from 0, got nan");
}

TEST(WhamRefusals, NameWhatIsWrong) {
  const std::vector<double> good{1, 2, 3, 4}, minus{1, -2, 3, 4}, nan{0, 0, 0, std::nan("")};
  const std::vector<double> none(4), walls{0, kInfinity, 0, kInfinity};
  const auto words = [](const std::vector<double>& counts, const std::vector<double>& bias) {
    return refusal([&] { thermo::wham({counts.data(), 2, 2}, {bias.data(), 2, 2}); });
  };
  EXPECT_EQ(words(minus, good), "wham: counts[0, 1] must be a finite number from 0, got -2");
  EXPECT_EQ(words(good, nan), "wham: bias[1, 1] must be a number or +inf, got nan");
  EXPECT_EQ(words(good, {1e308, 0, 0, 1e308}),
            "wham: bias[0, 0] must be +inf or from -1e300 to 1e300, got 1e+308");
  EXPECT_EQ(words(good, {1e300, 0, 0, 1e300}), "");
  EXPECT_EQ(words(none, good), "wham: counts must not all be 0");
  EXPECT_EQ(words(good, walls),
            "wham: bin 1 has counts and bias = +inf in every window that has any");
  EXPECT_EQ(refusal([&] {
              thermo::wham({good.data(), 2, 2}, {good.data(), 1, 4});
            }),
            "wham: bias must have the shape of counts, 2 x 2, got 1 x 4");
  std::vector<double> counts(2);
  EXPECT_EQ(refusal([&] {
              thermo::histogram(good, {1, 1, 2}, counts);
            }),
            "histogram: bins must be at least 1, from low to a higher end");
}

}  // namespace
}  // namespace gibbs::testing
