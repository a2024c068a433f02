// Draws follow their law.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "sampling/draw_ways.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
