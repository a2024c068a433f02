// Draws follow their law, and depend on nothing but their position.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

using Tokens = std::vector<std::int64_t>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Both ways to draw have the same arguments.
enum class Way { kInversion, kGumbelMax };
constexpr Way kWays[] = {Way::kInversion, Way::kGumbelMax};

template <Score T>
Tokens draw(Way way, const std::vector<T>& scores, std::int64_t draws,
            const DrawOptions<T>& options = {}, std::int64_t rows = 1) {
  const auto cols = static_cast<std::int64_t>(scores.size()) / rows;
  Tokens tokens(static_cast<std::size_t>(rows * draws));
  const Rows<const T> in(scores.data(), rows, cols);
  const Rows<std::int64_t> out(tokens.data(), rows, draws);
  way == Way::kInversion ? sample(in, out, options) : gumbel_max(in, out, options);
  return tokens;
}

std::vector<std::int64_t> counts_of(const Tokens& tokens, std::size_t categories) {
  std::vector<std::int64_t> counts(categories);
  for (const std::int64_t token : tokens) ++counts.at(static_cast<std::size_t>(token));
  return counts;
}

// Frequencies of many draws agree with p, neither worse nor better than chance.
template <Score T>
void expect_law(Way way, const std::vector<T>& scores, const std::vector<double>& p,
                const DrawOptions<T>& options, std::int64_t draws = 200000) {
  const auto fit = chi_square_test(counts_of(draw(way, scores, draws, options), p.size()), p);
  EXPECT_GT(fit.p_value, 1e-4) << "chi-square " << fit.statistic;
  EXPECT_LT(fit.p_value, 1 - 1e-4) << "chi-square " << fit.statistic;
}

template <Score T>
std::vector<double> law_of(const std::vector<T>& scores, const EntmaxOptions<double>& options) {
  std::vector<double> x(scores.begin(), scores.end()), p(x.size());
  entmax(x, p, options);
  return p;
}

TEST(Draws, FollowSoftmaxAtAnyTemperature) {
  const auto scores = normal_scores<float>(50, 2, 1);
  for (const Way way : kWays) {
    for (const double t : {0.3, 1.0, 5.0, kInfinity}) {
      expect_law(way, scores, law_of(scores, {.alpha = 1, .temperature = t}),
                 DrawOptions<float>{.seed = 3, .temperature = t});
    }
  }
}

TEST(Draws, FollowSparsemaxAndEntmaxOnTheirSupport) {
  const auto scores = normal_scores<double>(40, 0.5, 2);
  for (const Way way : kWays) {
    for (const double alpha : {0.7, 1.5, 2.0}) {
      expect_law(way, scores, law_of(scores, {.alpha = alpha}),
                 DrawOptions<double>{.seed = 4, .alpha = alpha});
    }
  }
}

TEST(Draws, FollowDegeneracyAndMask) {
  const auto scores = normal_scores<double>(30, 1, 5), log_g = normal_scores<double>(30, 1, 6);
  const bool mask[30] = {true, false, true, true, true, true, true, true,  true,  true,
                         true, true,  true, true, true, true, true, false, false, true};
  const Rows<const double> g(log_g.data(), 1, 30);
  const Rows<const bool> m(mask, 1, 30);
  for (const Way way : kWays) {
    expect_law(way, scores, law_of(scores, {.alpha = 1, .log_degeneracy = g, .mask = m}),
               DrawOptions<double>{.seed = 7, .log_degeneracy = g, .mask = m});
  }
}

TEST(Draws, LongRowsFollowTheirLawBlockByBlock) {
  const auto scores = normal_scores<float>(3000, 1, 8);
  const auto p = law_of(scores, {.alpha = 1});
  for (const Way way : kWays) {
    expect_law(way, scores, p, DrawOptions<float>{.seed = 9},
               way == Way::kInversion ? 400000 : 60000);
  }
}

TEST(Draws, AtTemperatureZeroTheHighestShareByDegeneracy) {
  const std::vector<double> scores{1, 3, 2, 3}, log_g{5, 0, 9, std::log(3.0)};
  for (const Way way : kWays) {
    expect_law(
        way, scores, {0, 0.25, 0, 0.75},
        DrawOptions<double>{.temperature = 0.0, .log_degeneracy = Rows<const double>(log_g)});
    expect_law(way, scores, {0, 0.5, 0, 0.5}, DrawOptions<double>{.alpha = kInfinity});
  }
}

TEST(Draws, PlusInfinityTakesAllDraws) {
  const std::vector<double> scores{1, kInfinity, 2, kInfinity};
  for (const Way way : kWays) expect_law(way, scores, {0, 0.5, 0, 0.5}, DrawOptions<double>{});
}

TEST(Draws, WhatIsExcludedIsNeverDrawn) {
  for (const Way way : kWays) {
    for (const std::int64_t n : {3, 255, 256, 257, 5000}) {
      std::vector<float> scores(static_cast<std::size_t>(n),
                                -std::numeric_limits<float>::infinity());
      scores[static_cast<std::size_t>(n / 2)] = -1e30f;
      for (const std::int64_t token : draw(way, scores, 20)) EXPECT_EQ(token, n / 2);
    }
  }
}

TEST(Draws, ARowWithoutAStateHasAStatusAndNoToken) {
  const double none = -kInfinity;
  const std::vector<double> scores{1, 2, none, none, 1, kNaN};
  std::vector<DrawStatus> status(3);
  std::vector<double> logs(6, 0.0);
  for (const Way way : kWays) {
    const DrawOptions<double> options{.log_probability = Rows<double>(logs.data(), 3, 2),
                                      .status = status};
    const auto tokens = draw(way, scores, 2, options, 3);
    EXPECT_GE(tokens[0], 0);
    for (std::size_t i = 2; i < 6; ++i) {
      EXPECT_EQ(tokens[i], kNoToken);
      EXPECT_TRUE(std::isnan(logs[i]));
    }
    EXPECT_EQ(status, (std::vector{DrawStatus::kDrawn, DrawStatus::kNoState, DrawStatus::kNaN}));
  }
  std::vector<float> empty;
  EXPECT_EQ(draw(Way::kInversion, empty, 1)[0], kNoToken);
}

TEST(Draws, ATokenDependsOnItsPositionAndOnNoThread) {
  constexpr std::int64_t kRows = 64, kCols = 700, kDraws = 20;
  const auto scores = normal_scores<float>(kRows * kCols, 3, 10);
  for (const Way way : kWays) {
    const auto together = draw(way, scores, kDraws, DrawOptions<float>{.seed = 1}, kRows);
    on_every_target([&] {
      set_num_threads(2);
      EXPECT_EQ(draw(way, scores, kDraws, DrawOptions<float>{.seed = 1}, kRows), together);
      set_num_threads(0);
    });
    for (const std::int64_t i : {0, 17, 63}) {
      const auto at = scores.begin() + i * kCols;
      const std::vector<float> row(at, at + kCols);
      for (std::int64_t j = 0; j < kDraws; ++j) {
        const auto alone = draw(way, row, 1,
                                DrawOptions<float>{.seed = 1,
                                                   .first_row = static_cast<std::uint64_t>(i),
                                                   .first_draw = static_cast<std::uint64_t>(j)});
        ASSERT_EQ(alone[0], together[static_cast<std::size_t>(i * kDraws + j)]) << i << " " << j;
      }
    }
  }
}

// The fast sums of a single draw decide as the sums of all weights in double do, and these,
// searched by halves, as with a guide.
TEST(Draws, OneDrawIsTheSameAmongManyOnEveryTarget) {
  for (const auto& [cols, sigma] : {std::pair(131072, 0.0), std::pair(131072, 1.0),
                                    std::pair(131072, 20.0), std::pair(1000, 2.0)}) {
    const auto scores = normal_scores<float>(cols, sigma, 11);
    constexpr std::int64_t kDraws = 300;
    const auto many = draw(Way::kInversion, scores, kDraws);
    on_every_target([&] {
      for (std::int64_t j = 0; j < kDraws; ++j) {
        const DrawOptions<float> options{.first_draw = static_cast<std::uint64_t>(j)};
        ASSERT_EQ(draw(Way::kInversion, scores, 1, options)[0], many[static_cast<std::size_t>(j)]);
      }
    });
  }
}

TEST(Draws, EachParameterChangesThem) {
  const auto scores = normal_scores<double>(100, 1, 12), log_g = normal_scores<double>(100, 3, 13);
  std::vector<char> mask(100, 1);
  std::fill_n(mask.begin(), 70, 0);
  const Rows<const bool> allowed(reinterpret_cast<const bool*>(mask.data()), 1, 100);
  const std::uint64_t id[] = {77};
  for (const Way way : kWays) {
    const auto here = draw(way, scores, 50);
    const auto with = [&](const DrawOptions<double>& o) { return draw(way, scores, 50, o); };
    EXPECT_NE(with({.seed = 1}), here);
    EXPECT_NE(with({.stream = 1}), here);
    EXPECT_NE(with({.first_row = 1}), here);
    EXPECT_NE(with({.row_ids = id}), here);
    EXPECT_NE(with({.first_draw = 1}), here);
    EXPECT_NE(with({.alpha = 2.0}), here);
    EXPECT_NE(with({.temperature = 0.1}), here);
    EXPECT_NE(with({.log_degeneracy = Rows<const double>(log_g)}), here);
    EXPECT_NE(with({.mask = allowed}), here);
  }
  EXPECT_NE(draw(Way::kGumbelMax, scores, 50, {.first_category = 1}),
            draw(Way::kGumbelMax, scores, 50));
}

TEST(Draws, LogProbabilityIsThatOfTheToken) {
  const auto scores = normal_scores<float>(500, 3, 14);
  const auto p = law_of(scores, {.alpha = 1, .temperature = 0.7});
  std::vector<double> logs(40);
  for (const Way way : kWays) {
    const auto tokens = draw(
        way, scores, 40, {.temperature = 0.7, .log_probability = Rows<double>(logs.data(), 1, 40)});
    for (std::size_t j = 0; j < 40; ++j) {
      EXPECT_NEAR(logs[j], std::log(p[static_cast<std::size_t>(tokens[j])]), 1e-6);
    }
  }
}

TEST(Draws, HalvesStridesAndMasksOfRowsAreRead) {
  const auto scores = normal_scores<float16>(6 * 40, 1, 15);
  Tokens rows(6 * 3), columns(6 * 3);
  std::vector<float16> turned(scores.size());
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 40; ++j) turned[j * 6 + i] = scores[i * 40 + j];
  }
  sample(Rows<const float16>(scores.data(), 6, 40), Rows<std::int64_t>(rows.data(), 6, 3));
  sample(Rows<const float16>(turned.data(), 6, 40, 1, 6),
         Rows<std::int64_t>(columns.data(), 6, 3, 1, 6));
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(rows[i * 3 + j], columns[j * 6 + i]);
  }
}

TEST(Draws, MoreThan16MillionCategoriesAreAllDrawn) {
  const std::int64_t n = (std::int64_t{1} << 24) + 3000000;
  const std::vector<float> scores(static_cast<std::size_t>(n), 0.5f);
  Tokens tokens(20000);
  sample(scores, Rows<std::int64_t>(tokens.data(), 1, 20000));
  std::vector<std::int64_t> counts(16);
  std::int64_t odd = 0;
  for (const std::int64_t token : tokens) {
    ++counts[static_cast<std::size_t>(token * 16 / n)];
    odd += token % 2;
  }
  EXPECT_GT(chi_square_test(counts, std::vector<double>(16, 1 / 16.0)).p_value, 1e-4);
  EXPECT_NEAR(static_cast<double>(odd), 10000, 4 * std::sqrt(5000.0));
}

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

TEST(Draws, BadRequestsAreRefusedInASentence) {
  const std::vector<double> scores{1, 2, 3};
  Tokens tokens(4);
  const Rows<std::int64_t> one(tokens.data(), 1, 1), two(tokens.data(), 2, 1);
  const std::uint64_t ids[] = {1, 2};
  std::vector<DrawStatus> status(2);
  std::vector<double> logs(3);
  EXPECT_EQ(refusal([&] { sample(scores, one, {.temperature = -1.0}); }),
            "sample: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { gumbel_max(scores, one, {.alpha = 0.0}); }),
            "gumbel_max: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { sample(scores, two); }),
            "sample: tokens must have the shape of rows x draws, 1 x 1, got 2 x 1");
  EXPECT_EQ(refusal([&] { sample(scores, one, {.row_ids = ids}); }),
            "sample: row_ids must have 1 entry, one per row, got 2");
  const Rows<const double> same(scores.data(), 2, 3, 0, 1);
  EXPECT_EQ(refusal([&] { sample(same, two, {.first_row = ~std::uint64_t{0}}); }),
            "sample: first_row must be at most 18446744073709551614 for 2 rows, got "
            "18446744073709551615");
  EXPECT_EQ(refusal([&] { sample(scores, one, {.status = status}); }),
            "sample: status must have 1 entry, one per row, got 2");
  EXPECT_EQ(refusal([&] { sample(scores, one, {.log_probability = Rows<double>(logs)}); }),
            "sample: log_probability must have the shape of tokens, 1 x 1, got 1 x 3");
  GumbelWinner winner;
  EXPECT_EQ(refusal([&] { gumbel_max_pieces(scores, std::span(&winner, 1), {.alpha = 2.0}); }),
            "gumbel_max_pieces: alpha must be 1 for pieces, got 2");
}

}  // namespace
}  // namespace gibbs::testing
