// The noise: published vectors, one definition wherever it is computed, exact tails.

#include <gtest/gtest.h>
#include <mpfr.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <vector>

#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

using Words = Philox4x32::Counter;

// source: Random123, tests/kat_vectors
TEST(Noise, PhiloxGivesThePublishedWords) {
  EXPECT_EQ(Philox4x32::bits({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32::bits({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      Philox4x32::bits({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Noise, EachCoordinateChangesTheBits) {
  const auto bits = [](std::uint64_t seed, std::uint64_t stream, std::uint64_t row,
                       std::uint64_t category, std::uint64_t draw) {
    return RowNoise({seed, stream}, row).bits(category, draw);
  };
  const std::uint64_t here = bits(1, 2, 3, 4, 5), far = std::uint64_t{1} << 40;
  EXPECT_EQ(bits(1, 2, 3, 4, 5), here);
  for (const std::uint64_t step : {std::uint64_t{1}, far}) {
    EXPECT_NE(bits(1 + step, 2, 3, 4, 5), here);
    EXPECT_NE(bits(1, 2 + step, 3, 4, 5), here);
    EXPECT_NE(bits(1, 2, 3 + step, 4, 5), here);
    EXPECT_NE(bits(1, 2, 3, 4 + step, 5), here);
    EXPECT_NE(bits(1, 2, 3, 4, 5 + step), here);
  }
}

template <class W>
std::vector<W> filled(detail::Noise kind, std::int64_t n, const NoiseOptions& options) {
  std::vector<W> noise(static_cast<std::size_t>(n));
  detail::fill_noise("test", kind, Rows<W>(noise), options);
  return noise;
}

TEST(Noise, ABatchOfDoublesIsTheFunctionOfItsPositions) {
  on_every_target([] {
    for (const std::int64_t n : {1, 2, 7, 15, 16, 17, 63, 449, 1000}) {
      for (const std::uint64_t first : {0ull, 1ull, 4294967295ull, ~0ull - 5000}) {
        const NoiseOptions options{
            .seed = 7, .stream = 3, .first_row = 11, .first_category = first, .draw = 2};
        const auto gumbel = filled<double>(detail::Noise::kGumbel, n, options);
        const auto exponential = filled<double>(detail::Noise::kExponential, n, options);
        const auto uniform = filled<double>(detail::Noise::kUniform, n, options);
        const RowNoise row({7, 3}, 11);
        for (std::int64_t i = 0; i < n; ++i) {
          const auto at = static_cast<std::size_t>(i);
          const std::uint64_t bits = row.bits(first + static_cast<std::uint64_t>(i), 2);
          ASSERT_EQ(gumbel[at], gumbel_noise(bits)) << n << " " << first << " " << i;
          ASSERT_EQ(exponential[at], exponential_noise(bits));
          ASSERT_EQ(uniform[at], uniform_noise(bits));
        }
      }
    }
  });
}

TEST(Noise, EveryTargetMakesTheSameBits) {
  const auto all = [] {
    std::vector<float> floats;
    for (const auto kind :
         {detail::Noise::kUniform, detail::Noise::kExponential, detail::Noise::kGumbel}) {
      const auto noise = filled<float>(kind, 100000, {.seed = 5});
      floats.insert(floats.end(), noise.begin(), noise.end());
    }
    return floats;
  };
  const auto doubles = [] { return filled<double>(detail::Noise::kGumbel, 100000, {.seed = 5}); };
  const auto floats_here = all();
  const auto doubles_here = doubles();
  on_every_target([&] {
    EXPECT_EQ(all(), floats_here);
    EXPECT_EQ(doubles(), doubles_here);
  });
}

TEST(Noise, NoLayoutAndNoThreadChangesIt) {
  constexpr std::int64_t kRows = 40, kCols = 333;
  const NoiseOptions options{.seed = 9, .first_row = 5};
  std::vector<double> whole(kRows * kCols), turned(kRows * kCols);
  set_num_threads(2);
  gumbel_noise(Rows<double>(whole.data(), kRows, kCols), options);
  set_num_threads(1);
  gumbel_noise(Rows<double>(turned.data(), kRows, kCols, 1, kRows), options);
  set_num_threads(0);
  for (std::int64_t i = 0; i < kRows; ++i) {
    std::vector<double> alone(kCols);
    const std::uint64_t id[] = {static_cast<std::uint64_t>(5 + i)};
    gumbel_noise(alone, {.seed = 9, .row_ids = id});
    for (std::int64_t j = 0; j < kCols; ++j) {
      ASSERT_EQ(whole[static_cast<std::size_t>(i * kCols + j)], alone[static_cast<std::size_t>(j)]);
      ASSERT_EQ(turned[static_cast<std::size_t>(j * kRows + i)],
                alone[static_cast<std::size_t>(j)]);
    }
  }
}

// -log(1 - u) and -log of that, u = (bits + 1/2) / 2^64, at 200 bits.
struct Exact {
  double exponential, gumbel;
};
Exact exact(std::uint64_t bits) {
  mpfr_t u;
  mpfr_init2(u, 200);
  mpfr_set_ui(u, bits, MPFR_RNDN);
  mpfr_add_d(u, u, 0.5, MPFR_RNDN);
  mpfr_div_2ui(u, u, 64, MPFR_RNDN);
  mpfr_neg(u, u, MPFR_RNDN);
  mpfr_log1p(u, u, MPFR_RNDN);
  mpfr_neg(u, u, MPFR_RNDN);
  Exact answer{mpfr_get_d(u, MPFR_RNDN), 0};
  mpfr_log(u, u, MPFR_RNDN);
  mpfr_neg(u, u, MPFR_RNDN);
  answer.gumbel = mpfr_get_d(u, MPFR_RNDN);
  mpfr_clear(u);
  return answer;
}

// Random words, the ends and the middle.
std::vector<std::uint64_t> words() {
  const std::uint64_t middle = std::uint64_t{1} << 63;
  std::vector<std::uint64_t> words{
      0,          1,          2,          ~0ull,          ~0ull - 1,          middle,
      middle - 1, middle + 1, middle / 2, middle / 2 - 1, middle / 2 + middle};
  const RowNoise row({1, 1}, 1);
  for (std::uint64_t i = 0; i < 20000; ++i) {
    words.push_back(row.bits(i));
    words.push_back(row.bits(i) >> (i % 64));
    words.push_back(~(row.bits(i) >> (i % 64)));
  }
  return words;
}

double ulp(double x) { return std::ldexp(1, std::ilogb(x) - 52); }

TEST(Noise, DoublesAreWithinFourUlp) {
  for (const std::uint64_t bits : words()) {
    const Exact want = exact(bits);
    EXPECT_NEAR(exponential_noise(bits), want.exponential, 4 * ulp(want.exponential)) << bits;
    EXPECT_NEAR(gumbel_noise(bits), want.gumbel, 4 * ulp(std::max(1.0, std::fabs(want.gumbel))))
        << bits;
  }
}

TEST(Noise, FloatsAreAsExactInTheTails) {
  const auto exponential = filled<float>(detail::Noise::kExponential, 1000000, {.seed = 3});
  const auto gumbel = filled<float>(detail::Noise::kGumbel, 1000000, {.seed = 3});
  const RowNoise row({3, 0}, 0);
  for (std::size_t i = 0; i < gumbel.size(); ++i) {
    const double e = exponential_noise(row.bits(i)), g = gumbel_noise(row.bits(i));
    ASSERT_NEAR(exponential[i], e, 3 * 0x1p-23 * e);
    ASSERT_NEAR(gumbel[i], g, 3 * 0x1p-23 * std::max(1.0, std::fabs(g)));
  }
}

// G > gap for all words below some bound, and that many of 2^64 are as likely as they should be: at
// any gap at which anything is ever drawn.
TEST(Noise, TheTailHasItsProbabilityAtEveryGap) {
  for (double gap = 1; gap <= 40; gap += 0.5) {
    std::uint64_t below = 0, from = ~0ull;  // G(below) > gap >= G(from)
    while (from - below > 1) {
      const std::uint64_t middle = below + (from - below) / 2;
      (gumbel_noise(middle) > gap ? below : from) = middle;
    }
    const double share = (static_cast<double>(below) + 1) * 0x1p-64;
    const double want = -std::expm1(-std::exp(-gap));
    const double granularity = 0x1p-64 / want;
    EXPECT_NEAR(share / want, 1, 1e-12 + granularity) << gap;
  }
}

TEST(Noise, ItIsNeitherInfiniteNorNaN) {
  for (const std::uint64_t bits : words()) {
    ASSERT_TRUE(std::isfinite(gumbel_noise(bits)));
    ASSERT_GT(exponential_noise(bits), 0);
    ASSERT_TRUE(uniform_noise(bits) > 0 && uniform_noise(bits) < 1);
  }
}

TEST(Noise, ItsMomentsAreThoseOfTheLaw) {
  constexpr double kEuler = 0.57721566490153286, kVariance = 1.6449340668482264;
  constexpr std::int64_t kCount = 4000000;
  const auto noise = filled<double>(detail::Noise::kGumbel, kCount, {.seed = 12});
  double sum = 0, squares = 0;
  for (const double g : noise) {
    sum += g - kEuler;
    squares += (g - kEuler) * (g - kEuler);
  }
  const double n = kCount;
  EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(kVariance / n));
  // The fourth central moment is 3 + 2.4 in units of the squared variance.
  EXPECT_NEAR(squares / n, kVariance, 4 * kVariance * std::sqrt(4.4 / n));
}

TEST(Noise, NeighboursAreNotCorrelated) {
  const auto lag = [](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - 0.5) * (b[i] - 0.5);
    return 12 * sum / std::sqrt(static_cast<double>(a.size()));  // standard normal
  };
  constexpr std::int64_t kCount = 1000000;
  const auto uniform = [](const NoiseOptions& options) {
    return filled<double>(detail::Noise::kUniform, kCount, options);
  };
  const auto here = uniform({.seed = 4});
  EXPECT_LT(std::fabs(lag(here, uniform({.seed = 4, .first_category = 1}))), 4);
  EXPECT_LT(std::fabs(lag(here, uniform({.seed = 4, .first_row = 1}))), 4);
  EXPECT_LT(std::fabs(lag(here, uniform({.seed = 4, .draw = 1}))), 4);
  EXPECT_LT(std::fabs(lag(here, uniform({.seed = 4, .stream = 1}))), 4);
  EXPECT_LT(std::fabs(lag(here, uniform({.seed = 5}))), 4);
}

TEST(Noise, RowIdsOfAnotherLengthAreRefused) {
  std::vector<double> noise(4);
  const std::uint64_t ids[] = {1, 2};
  EXPECT_EQ(refusal([&] { gumbel_noise(noise, {.row_ids = ids}); }),
            "gumbel_noise: row_ids must have 1 entry, one per row, got 2");
}

TEST(Noise, RowsWhoseIdsWouldStartAgainAreRefused) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  std::vector<double> noise(4), last(2);
  const Rows<double> two(noise.data(), 2, 2);
  gumbel_noise(two, {.first_row = kLast - 1});
  const std::uint64_t ids[] = {kLast};
  gumbel_noise(last, {.row_ids = ids});
  EXPECT_EQ(std::vector<double>(noise.begin() + 2, noise.end()), last);
  EXPECT_EQ(refusal([&] { gumbel_noise(two, {.first_row = kLast}); }),
            "gumbel_noise: first_row must be at most 18446744073709551614 for 2 rows, got "
            "18446744073709551615");
}

}  // namespace
}  // namespace gibbs::testing
