// The token is the argmax of scores and noise, in the far tail too.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "sampling/draw_ways.hpp"
#include "support/random.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(GumbelMax, TheTokenIsTheArgmaxOfScoresAndNoise) {
  for (const std::int64_t n : {1, 2, 15, 448, 449, 3000}) {
    for (const double t : {0.05, 1.0, 30.0}) {
      const auto scores = normal_scores<double>(n, 4, 16);
      const auto tokens = draw(Way::kGumbelMax, scores, 30, {.seed = 2, .temperature = t});
      for (std::uint64_t j = 0; j < 30; ++j) {
        const RowNoise row({2, 0}, 0);
        std::int64_t best = -1;
        double highest = -kInfinity;
        for (std::int64_t i = 0; i < n; ++i) {
          const auto at = static_cast<std::size_t>(i);
          const double value =
              scores[at] / t + gumbel_noise(row.bits(static_cast<std::uint64_t>(i), j));
          if (value > highest) best = i, highest = value;
        }
        ASSERT_EQ(tokens[j], best) << n << " " << t << " " << j;
      }
    }
  }
}

TEST(GumbelMax, OrderAndRangeOfScoresDoNotHideAWinner) {
  for (const double range : {1e-30, 1.0, 1e4, 1e30}) {
    std::vector<float> rising(2000);
    std::iota(rising.begin(), rising.end(), 0.0f);
    for (float& x : rising) x *= static_cast<float>(range / 2000);
    const auto tokens = draw(Way::kGumbelMax, rising, 50);
    for (std::uint64_t j = 0; j < 50; ++j) {
      const RowNoise row({0, 0}, 0);
      std::int64_t best = 0;
      double highest = -kInfinity;
      for (std::size_t i = 0; i < 2000; ++i) {
        const double value = static_cast<double>(rising[i]) + gumbel_noise(row.bits(i, j));
        if (value > highest) best = static_cast<std::int64_t>(i), highest = value;
      }
      ASSERT_EQ(tokens[j], best) << range;
    }
  }
}

TEST(GumbelMax, AFilterThatLeavesTheWinnerLeavesTheToken) {
  auto scores = normal_scores<float>(1000, 2, 17);
  const auto before = draw(Way::kGumbelMax, scores, 1)[0];
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (static_cast<std::int64_t>(i) != before && scores[i] < 1) scores[i] = -INFINITY;
  }
  EXPECT_EQ(draw(Way::kGumbelMax, scores, 1)[0], before);
}

TEST(GumbelMax, PiecesMergeToTheTokenOfTheWholeRow) {
  constexpr std::int64_t kCols = 5001;
  const auto scores = normal_scores<float>(kCols, 2, 18);
  for (std::uint64_t draw_number = 0; draw_number < 40; ++draw_number) {
    std::vector<double> log(1);
    const auto whole =
        draw(Way::kGumbelMax, scores, 1,
             {.seed = 6, .first_draw = draw_number, .log_probability = Rows<double>(log)})[0];
    GumbelWinner merged;
    for (const auto& [from, to] : {std::pair{3000, 5001}, {0, 1}, {1, 1500}, {1500, 3000}}) {
      const std::vector<float> piece(scores.begin() + from, scores.begin() + to);
      GumbelWinner winner;
      gumbel_max_pieces(piece, std::span(&winner, 1),
                        {.seed = 6,
                         .first_category = static_cast<std::uint64_t>(from),
                         .first_draw = draw_number});
      merged = merge(winner, merged);
    }
    EXPECT_EQ(merged.category, whole);
    EXPECT_NEAR(merged.log_probability(), log[0], 1e-6);
    EXPECT_EQ(merged.status(), DrawStatus::kDrawn);
  }
}

TEST(GumbelMax, APieceWithANaNSpoilsItsRowAndAnEmptyOneDoesNot) {
  GumbelWinner good, none, bad;
  const std::vector<double> scores{1, 2}, absent{-kInfinity}, nan{kNaN};
  gumbel_max_pieces(scores, std::span(&good, 1));
  gumbel_max_pieces(absent, std::span(&none, 1), {.first_category = 2});
  gumbel_max_pieces(nan, std::span(&bad, 1), {.first_category = 3});
  EXPECT_EQ(none.status(), DrawStatus::kNoState);
  EXPECT_EQ(merge(none, good).category, good.category);
  EXPECT_EQ(merge(good, none).log_probability(), good.log_probability());
  EXPECT_EQ(merge(good, bad).status(), DrawStatus::kNaN);
}

// n tokens `gap` below one: their share of the draws is n / (n + e^gap).
TEST(GumbelMax, TheTailIsDrawnAsOftenAsItShould) {
  const struct {
    std::int64_t n;
    double gap;
    std::int64_t draws;
  } cases[] = {{131072, 14, 3000}, {131072, 16, 4000}};
  for (const auto& c : cases) {
    std::vector<float> scores(static_cast<std::size_t>(c.n + 1), 0.0f);
    scores[1000] = static_cast<float>(c.gap);
    double hits = 0;
    for (const std::int64_t token : draw(Way::kGumbelMax, scores, c.draws)) hits += token != 1000;
    const double share = static_cast<double>(c.n) / (static_cast<double>(c.n) + std::exp(c.gap));
    const double mean = share * static_cast<double>(c.draws);
    EXPECT_NEAR(hits, mean, 4 * std::sqrt(mean * (1 - share))) << c.gap;
  }
}

// The same further out, by draws in which the noise of the one is known: with E = e^-G of it a draw
// is one of the n with probability 1 - exp(-n E e^-gap). Draws with a high E are taken where the
// gap is large, so that few must be made; none in which a Gumbel below 17.34 wins, the highest that
// comes of 24 random bits.
TEST(GumbelMax, TheTailReachesBeyondNoiseOf24Bits) {
  constexpr std::int64_t kN = 1 << 20;
  const struct {
    double gap, least, most;  // of E
    std::uint64_t seed;
    double hits;
  } cases[] = {{18, 1, 1.9, 1, 20}, {20, 10, 14, 2, 15}, {20.5, 11, 23, 3, 12}};
  std::vector<float> scores(kN + 1, 0.0f);
  for (const auto& c : cases) {
    ASSERT_GT(c.gap - std::log(c.most), 17.34);
    scores[0] = static_cast<float>(c.gap);
    const RowNoise noise({c.seed, 0}, 0);
    const double share = -std::expm1(-c.least) * (1 - 1e-12);  // where E can be high enough
    double hits = 0, mean = 0, variance = 0;
    for (std::uint64_t draw_number = 0; mean < c.hits; ++draw_number) {
      const std::uint64_t bits = noise.bits(0, draw_number);
      if (uniform_noise(bits) < share) continue;
      const double e = exponential_noise(bits);
      if (e < c.least || e > c.most) continue;
      const double p = -std::expm1(-static_cast<double>(kN) * e * std::exp(-c.gap));
      mean += p;
      variance += p * (1 - p);
      hits += draw(Way::kGumbelMax, scores, 1, {.seed = c.seed, .first_draw = draw_number})[0] != 0;
    }
    EXPECT_NEAR(hits, mean, 3 * std::sqrt(variance)) << c.gap;
    EXPECT_GT(hits, 0) << c.gap;
  }
}

}  // namespace
}  // namespace gibbs::testing
