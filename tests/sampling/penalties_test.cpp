// Filters that change the scores of single tokens.

#include "gibbs/sampling/penalties.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "gibbs/sampling/truncation.hpp"
#include "support/random.hpp"

namespace gibbs::testing {
namespace {

using Tokens = std::vector<std::int64_t>;
using Row = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();

Row scores_after(const Row& row, const std::vector<Filter>& filters) {
  Row out(row.size());
  truncate(row, Chain{filters}, out, {.write = Truncated::kScores});
  return out;
}

TEST(Penalties, TokensAreCountedInTheEndOfAHistory) {
  const auto counts = [](const Tokens& history, std::int64_t last_n) {
    std::map<std::int64_t, std::int64_t> found;
    for (const TokenCount& entry : count_tokens(history, last_n)) found[entry.token] = entry.count;
    return found;
  };
  using Found = std::map<std::int64_t, std::int64_t>;
  EXPECT_EQ(counts({5, 3, 5, 9, 5}, -1), (Found{{3, 1}, {5, 3}, {9, 1}}));
  EXPECT_EQ(counts({5, 3, 5, 9, 5}, 2), (Found{{5, 1}, {9, 1}}));
  EXPECT_EQ(counts({5, 3, 5, 9, 5}, 100), (Found{{3, 1}, {5, 3}, {9, 1}}));
  EXPECT_EQ(counts({5, 3}, 0), Found{});
  EXPECT_EQ(counts({}, -1), Found{});
}

TEST(Penalties, RepetitionDividesWhatIsPositiveAndMultipliesWhatIsNot) {
  const Row row{2, -2, 0, 5, -5};
  const Row after = scores_after(row, {Penalties{1.25, 0, 0, {{0, 3}, {1, 1}, {2, 1}}}});
  EXPECT_EQ(after, (Row{1.6, -2.5, 0, 5, -5}));
}

TEST(Penalties, FrequencyGoesWithTheCountAndPresenceDoesNot) {
  const Row row{1, 1, 1, 1};
  EXPECT_EQ(scores_after(row, {Penalties{1, 0.25, 0, {{1, 3}, {2, 1}}}}), (Row{1, 0.25, 0.75, 1}));
  EXPECT_EQ(scores_after(row, {Penalties{1, 0, 0.5, {{1, 3}, {2, 1}, {3, 0}}}}),
            (Row{1, 0.5, 0.5, 1}));
}

TEST(Penalties, AHistoryCanBeGivenTokenByToken) {
  const Row row = normal_scores<double>(50, 2, 1);
  const Tokens history{4, 9, 4, 4, 30};
  Penalties each{1.3, 0.2, 0.1, {}};
  for (const std::int64_t token : history) each.counts.push_back({token, 1});
  EXPECT_EQ(scores_after(row, {each}),
            scores_after(row, {Penalties{1.3, 0.2, 0.1, count_tokens(history)}}));
}

TEST(Penalties, ActOnScoresDividedByTheTemperaturesBefore) {
  const Row row{4, 2, -4};
  const Penalties penalties{2, 0, 1, {{0, 1}, {2, 1}}};
  EXPECT_EQ(scores_after(row, {Temperature{2}, penalties}), (Row{0, 1, -5}));
  EXPECT_EQ(scores_after(row, {penalties, Temperature{2}}), (Row{0.5, 1, -4.5}));
}

TEST(Penalties, ReachWhatOtherFiltersHaveKeptAndBringNothingBack) {
  const Row row{5, 4, 3, 2, 1};
  const Row after = scores_after(row, {TopK{3}, Penalties{1, 0, 10, {{0, 1}, {4, 1}}}});
  EXPECT_EQ(after, (Row{-5, 4, 3, -kInf, -kInf}));
  EXPECT_EQ(scores_after(row, {TopK{3}, LogitBias{{{1, -kInf}, {4, 9}}}}),
            (Row{5, -kInf, 3, -kInf, -kInf}));
}

TEST(Penalties, BiasesOfOneTokenAddUpAndMinusInfinityLeavesItOut) {
  const Row row{1, 2, 3};
  EXPECT_EQ(scores_after(row, {LogitBias{{{2, 1}, {0, -1}, {2, 0.5}}}}), (Row{0, 2, 4.5}));
  EXPECT_EQ(scores_after(row, {LogitBias{{{2, -kInf}, {2, 4}}}}), (Row{1, 2, -kInf}));
  EXPECT_EQ(scores_after(row, {LogitBias{}}), row);
}

TEST(Penalties, KeepTheLawFiniteHoweverLargeTheyAre) {
  const Row row{1, 2, 3};
  Row p(3);
  truncate(row, Chain{{LogitBias{{{0, 1e308}, {1, 1e308}}}, Temperature{1e-3}}}, p);
  EXPECT_EQ(p, (Row{0.5, 0.5, 0}));
  std::vector<float> single{1, 2, 3}, q(3);
  truncate(single, Chain{{Penalties{1, 1e300, 0, {{2, 5}}}}}, q);
  EXPECT_NEAR(q[0] + q[1], 1, 1e-6);
  EXPECT_EQ(q[2], 0);
}

// Where a penalty overflows it is the largest number: only a bias of -inf leaves a token out.
template <Score T>
void expect_none_left_out(const std::vector<T>& row, const std::vector<Filter>& filters,
                          const std::vector<double>& p) {
  std::vector<T> after(row.size()), law(row.size());
  truncate(row, Chain{filters}, after, {.write = Truncated::kScores});
  truncate(row, Chain{filters}, law);
  for (std::size_t i = 0; i < row.size(); ++i) {
    EXPECT_TRUE(std::isfinite(after[i])) << i << ": " << after[i];
    EXPECT_EQ(law[i], static_cast<T>(p[i])) << i;
  }
  std::int64_t token = 0, kept = 0;
  sample_truncated(row, Chain{filters}, Rows<std::int64_t>(&token, 1, 1),
                   {.kept = std::span(&kept, 1)});
  EXPECT_GE(token, 0);
  EXPECT_EQ(kept, std::ssize(row));
}

TEST(Penalties, ThatOverflowLeaveNoTokenOut) {
  const std::vector<TokenCount> counts{{0, 10}, {1, 10}, {2, 10}, {3, 10}};
  const auto quarter = std::vector<double>(4, 0.25);
  const auto run = [&]<Score T>() {
    expect_none_left_out<T>({1, 2, 3, 4}, {Penalties{1, 1e308, 0, counts}}, quarter);
    expect_none_left_out<T>({1, 2, 3, 4}, {Penalties{1, -1e308, 0, counts}}, quarter);
    expect_none_left_out<T>({-100, -200, -300, -150}, {Penalties{1e308, 0, 0, counts}}, quarter);
    expect_none_left_out<T>({-100, -200, -300, -150}, {Penalties{1e308, -1e308, 1e308, counts}},
                            quarter);
    expect_none_left_out<T>({1, 2, 3, 4}, {Penalties{1, 1e308, 1e308, {{2, 10}, {3, 10}}}},
                            {1 / (1 + std::exp(1.0)), 1 / (1 + std::exp(-1.0)), 0, 0});
    expect_none_left_out<T>({2, 2, 2}, {LogitBias{{{0, -1e308}, {0, -1e308}, {0, -1e308}}}},
                            {0, 0.5, 0.5});
    expect_none_left_out<T>({2, 2, 2}, {LogitBias{{{0, 1.5e308}, {0, 1.5e308}}}}, {1, 0, 0});
  };
  run.operator()<double>();
  run.operator()<float>();
  EXPECT_EQ(scores_after({1, 2}, {LogitBias{{{0, -1e308}, {0, -kInf}}}}), (Row{-kInf, 2}));
}

// What DRY takes from each token, by trying every place of the history.
std::map<std::int64_t, double> dry_by_definition(const Dry& dry) {
  const auto& h = dry.history;
  const auto n = static_cast<std::int64_t>(h.size());
  const std::int64_t start = dry.last_n < 0 ? 0 : std::max<std::int64_t>(n - dry.last_n, 0);
  // The place after the last complete breaker.
  std::int64_t after = start;
  for (const auto& breaker : dry.breakers) {
    const auto size = static_cast<std::int64_t>(breaker.size());
    for (std::int64_t i = start; size > 0 && i + size <= n; ++i) {
      if (std::equal(breaker.begin(), breaker.end(), h.begin() + i)) {
        after = std::max(after, i + size);
      }
    }
  }
  std::map<std::int64_t, double> taken;
  for (std::int64_t next = start + 1; next < n; ++next) {
    std::int64_t length = 0;
    while (next - 1 - length >= start && n - 1 - length >= after &&
           h[static_cast<std::size_t>(next - 1 - length)] ==
               h[static_cast<std::size_t>(n - 1 - length)]) {
      ++length;
    }
    const std::int64_t token = h[static_cast<std::size_t>(next)];
    const bool breaks = std::find(dry.breakers.begin(), dry.breakers.end(),
                                  std::vector<std::int64_t>{token}) != dry.breakers.end();
    if (length < std::max<std::int64_t>(dry.allowed_length, 1) || breaks) continue;
    const double penalty =
        dry.multiplier * std::pow(dry.base, static_cast<double>(length - dry.allowed_length));
    taken[token] = std::max(taken[token], penalty);
  }
  return taken;
}

TEST(Penalties, DryTakesFromWhatWouldContinueTheLongestRepetition) {
  const Row row(20, 0);
  // "1 2 3 4" was followed by 5, "3 4" by 6.
  const Dry dry{1, 2, 2, -1, {1, 2, 3, 4, 5, 3, 4, 6, 1, 2, 3, 4}, {}};
  const Row after = scores_after(row, {dry});
  EXPECT_EQ(after[5], -4);
  EXPECT_EQ(after[6], -1);
  EXPECT_EQ(after[1], 0);
}

TEST(Penalties, DryIsAsDefinedForAnyHistory) {
  Random random(5);
  for (int trial = 0; trial < 400; ++trial) {
    Dry dry{0.5 + random.uniform(0, 1), 1 + random.uniform(0, 1), random.below(4), -1, {}, {}};
    const std::int64_t words = 2 + random.below(4), n = random.below(60);
    for (std::int64_t i = 0; i < n; ++i) dry.history.push_back(random.below(words));
    if (trial % 2 == 1) dry.breakers = {{random.below(words)}};
    if (trial % 3 == 2) dry.breakers.push_back({random.below(words), random.below(words)});
    if (trial % 4 == 3) dry.last_n = random.below(40);
    const Row row(8, 0);
    const Row after = scores_after(row, {dry});
    auto expected = dry_by_definition(dry);
    for (std::int64_t token = 0; token < 8; ++token) {
      const double taken = -after[static_cast<std::size_t>(token)];
      EXPECT_NEAR(taken, expected[token], 1e-9 * (1 + taken)) << "trial " << trial;
    }
  }
}

TEST(Penalties, DryDoesNotOverflow) {
  const Dry dry{1, 10, 1, -1, Tokens(3000, 2), {}};
  Row p(4);
  truncate(Row{1, 1, 1, 1}, Chain{{dry}}, p);
  EXPECT_EQ(p[2], 0);
  EXPECT_NEAR(p[0] + p[1] + p[3], 1, 1e-12);
}

}  // namespace
}  // namespace gibbs::testing
