// What each filter keeps, against its definition.

#include "gibbs/sampling/truncation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "sampling/truncation_reference.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

template <Score T>
using Row = std::vector<T>;

// Rows of all kinds: flat and peaked, with ties, without some states, of huge and tiny scores.
template <Score T>
std::vector<Row<T>> rows_of(std::int64_t n, std::uint64_t seed) {
  std::vector<Row<T>> rows;
  for (const double sigma : {0.3, 2.0, 6.0}) rows.push_back(normal_scores<T>(n, sigma, seed++));
  Row<T> ties = rows[1], holes = rows[2];
  for (auto& x : ties) x = from_double<T>(std::round(to_double(x) * 2) / 2);
  for (std::size_t i = 1; i < holes.size(); i += 3) holes[i] = from_double<T>(-kInf);
  rows.push_back(ties);
  rows.push_back(holes);
  rows.emplace_back(static_cast<std::size_t>(n), from_double<T>(-7.25));
  if (sizeof(T) == 2) return rows;
  Row<T> huge = rows[0], tiny = rows[0];
  for (auto& x : huge) x = from_double<T>(to_double(x) * 1e30);
  for (auto& x : tiny) x = from_double<T>(to_double(x) * 1e-30);
  rows.push_back(huge);
  rows.push_back(tiny);
  return rows;
}

// Nothing is kept that the definition leaves out by more than rounding, and the other way round.
template <Score T, class F>
void expect_as_defined(const Row<T>& row, const F& filter, double temperature = 1) {
  const bool is_double = sizeof(working_t<T>) == 8;
  const Chain chain{{Temperature{temperature}, filter}};
  const Kept got = kept_of(row, chain);
  Reference reference{widened_scores(row, temperature)};
  reference.slack = is_double ? 0x1p-40L : 0x1p-20L;
  const long double rounding = is_double ? 1e-13L : 4e-7L;
  reference.looser = rounding;
  const Kept most = reference(filter);
  reference.looser = -rounding;
  const Kept least = reference(filter);
  for (std::size_t i = 0; i < row.size(); ++i) {
    ASSERT_LE(least[i], got[i]) << "column " << i << " of " << row.size() << ", kept "
                                << count_of(got) << " of " << count_of(least);
    ASSERT_LE(got[i], most[i]) << "column " << i << " of " << row.size() << ", kept "
                               << count_of(got) << " of " << count_of(most);
  }
}

template <class F>
void expect_as_defined_on_all_rows(const std::vector<F>& filters) {
  on_every_target_and_type([&]<Score T>() {
    for (const std::int64_t n : {1, 2, 7, 64, 193, 3000}) {
      for (const auto& row : rows_of<T>(n, static_cast<std::uint64_t>(n))) {
        for (const F& filter : filters) {
          for (const double temperature : {1.0, 0.7}) {
            if (temperature < 1 && n > 200) continue;  // long division adds nothing but time
            expect_as_defined(row, filter, temperature);
            if (::testing::Test::HasFatalFailure()) FAIL() << "temperature " << temperature;
          }
        }
      }
    }
  });
}

TEST(Truncation, TopKKeepsExactlyTheKHighestAndTiesToTheLowerColumn) {
  expect_as_defined_on_all_rows<TopK>({{0}, {1}, {3}, {40}, {700}, {1000000}});
}

TEST(Truncation, TopPKeepsTheFewestStatesOfItsMass) {
  expect_as_defined_on_all_rows<TopP>({{1e-9}, {0.1}, {0.5}, {0.9}, {0.999}, {1}});
}

TEST(Truncation, MinPKeepsWhatIsNotLessThanItsShareOfTheHighest) {
  expect_as_defined_on_all_rows<MinP>({{0}, {1e-4}, {0.05}, {0.5}, {1}});
}

TEST(Truncation, TypicalPKeepsWhatIsNearestToTheExpectedSurprise) {
  expect_as_defined_on_all_rows<TypicalP>({{0.2}, {0.9}, {0.99}, {1}});
}

TEST(Truncation, EpsilonAndEtaCutOffWhatIsUnlikely) {
  expect_as_defined_on_all_rows<EpsilonCutoff>({{0}, {3e-4}, {0.01}, {1}});
  expect_as_defined_on_all_rows<EtaCutoff>({{0}, {3e-4}, {0.01}, {1}});
}

TEST(Truncation, PLessKeepsWhatIsAsLikelyAsTwoDrawsAgree) {
  expect_as_defined_on_all_rows<PLess>({{}});
}

TEST(Truncation, TopNSigmaKeepsWhatIsWithinDeviationsOfTheHighest) {
  expect_as_defined_on_all_rows<TopNSigma>({{0}, {0.5}, {1}, {2.5}, {kInf}});
}

TEST(Truncation, TopHBoundsTheEntropyOfWhatIsKept) {
  expect_as_defined_on_all_rows<TopH>({{0.1}, {0.4}, {0.9}, {1}});
}

TEST(Truncation, XtcLeavesOutAllLikelyStatesButTheLeastLikely) {
  expect_as_defined_on_all_rows<Xtc>({{1, 0.002}, {1, 0.1}, {1, 0.4}, {1, 0.6}, {0, 0.1}});
}

TEST(Truncation, LongRowsAreKeptAsShortOnesAre) {
  const auto law = []<Score T>() {
    for (const double sigma : {1.0, 4.0}) {
      const auto row = normal_scores<T>(131072, sigma, 77);
      expect_as_defined(row, TopK{40});
      expect_as_defined(row, TopP{0.9});
      expect_as_defined(row, MinP{0.05});
      expect_as_defined(row, TypicalP{0.9});
      expect_as_defined(row, TopNSigma{2});
      expect_as_defined(row, PLess{});
      expect_as_defined(row, TopH{0.5});
    }
  };
  law.template operator()<float>();
  law.template operator()<double>();
}

TEST(Truncation, RowsOfEveryOrderAndShapeAreSearchedToTheEnd) {
  Row<double> falling(30000), spikes(30000), steps(30000), powers(30000);
  for (std::size_t i = 0; i < falling.size(); ++i) {
    falling[i] = -static_cast<double>(i) / 5000;
    spikes[i] = i % 997 == 0 ? 9 : static_cast<double>(i % 7) - 3;
    steps[i] = i < 10000 ? 0 : i < 20000 ? 1 : 2;
    powers[i] = (i % 2 ? -1 : 1) * std::pow(10, static_cast<double>(i % 600) / 2 - 150);
  }
  for (const auto& row : {falling, spikes, steps, powers}) {
    Row<double> backwards(row.rbegin(), row.rend());
    for (const auto& one : {row, backwards}) {
      for (const double p : {0.01, 0.5, 0.9, 0.99}) {
        expect_as_defined(one, TopP{p});
        expect_as_defined(one, TypicalP{p});
        expect_as_defined(one, TopH{p});
        expect_as_defined(one, TopK{static_cast<std::int64_t>(p * 30000)});
      }
    }
  }
}

TEST(Truncation, AChainIsItsFiltersOneAfterTheOther) {
  const std::vector<Filter> filters{Temperature{0.8},
                                    DynamicTemperature{0.5, 1.5, 1},
                                    TopK{50},
                                    TopP{0.9},
                                    MinP{0.02},
                                    TypicalP{0.95},
                                    EpsilonCutoff{1e-3},
                                    EtaCutoff{1e-3},
                                    TopNSigma{3},
                                    TopH{0.8},
                                    PLess{},
                                    Xtc{1, 0.05},
                                    Penalties{1.2, 0.1, 0.3, {{3, 2}, {5, 1}}},
                                    LogitBias{{{7, 2}, {8, -kInf}}}};
  const auto row = normal_scores<double>(2000, 2, 5);
  for (const Filter& first : filters) {
    for (const Filter& second : filters) {
      Row<double> between(row.size()), one_by_one(row.size()), chained(row.size());
      const TruncateOptions scores{.write = Truncated::kScores};
      truncate(row, Chain{{first}}, between, scores);
      truncate(between, Chain{{second}}, one_by_one, scores);
      truncate(row, Chain{{first, second}}, chained, scores);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (std::isinf(chained[i]) || std::isinf(one_by_one[i])) {
          ASSERT_EQ(chained[i], one_by_one[i]) << first.index() << " then " << second.index();
        } else {
          ASSERT_NEAR(chained[i], one_by_one[i], 1e-12) << first.index() << ", " << second.index();
        }
      }
    }
  }
}

TEST(Truncation, TheLawIsTheSoftmaxOfWhatWasKept) {
  on_every_target_and_type([]<Score T>() {
    const auto row = normal_scores<T>(300, 2, 6);
    Row<T> p(row.size());
    truncate(row, Chain{{Temperature{0.6}, TopK{20}}}, p);
    Reference reference{widened_scores(row, 0.6)};
    const Kept kept = reference(TopK{20});
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!kept[i]) reference.x[i] = Reference::kNone;
    }
    const Reals exact = reference.probabilities();
    const double bar = sizeof(T) == 2 ? 4e-3 : sizeof(T) == 4 ? 1e-6 : 1e-14;
    for (std::size_t i = 0; i < row.size(); ++i) {
      EXPECT_NEAR(to_double(p[i]), static_cast<double>(exact[i]), bar) << i;
      EXPECT_EQ(to_double(p[i]) > 0, kept[i]);
    }
  });
}

TEST(Truncation, TemperatureHasItsLimits) {
  const Row<float> row{1, 3, 2, 3, -std::numeric_limits<float>::infinity()};
  Row<float> p(5);
  truncate(row, Chain{{Temperature{0}}}, p);
  EXPECT_EQ(p, (Row<float>{0, 0.5f, 0, 0.5f, 0}));
  truncate(row, Chain{{Temperature{kInf}}}, p);
  EXPECT_EQ(p, (Row<float>{0.25f, 0.25f, 0.25f, 0.25f, 0}));
  for (const double t : {1e-300, 1e-40, 1e-20}) {
    truncate(row, Chain{{Temperature{t}}}, p);
    EXPECT_EQ(p, (Row<float>{0, 0.5f, 0, 0.5f, 0})) << t;
  }
  for (const double t : {1e20, 1e40, 1e300}) {
    truncate(row, Chain{{Temperature{t}, TopK{2}}}, p);
    EXPECT_EQ(p[1] + p[3], 1) << t;
  }
  truncate(Row<float>{1e38f, -1e38f}, Chain{{Temperature{1e38}}}, std::span(p).first(2));
  EXPECT_NEAR(p[0], 1 / (1 + std::exp(-2.0)), 1e-6);
}

// The law of 1, 2, 3, 4 after temperatures one after the other.
Row<double> after_temperatures(const std::vector<double>& temperatures) {
  Chain chain;
  for (const double t : temperatures) chain.filters.emplace_back(Temperature{t});
  const Row<double> row{1, 2, 3, 4};
  Row<double> p(4), log_p(1), full(1);
  truncate(row, chain, p);
  std::int64_t token = 0;
  sample_truncated(row, chain, Rows<std::int64_t>(&token, 1, 1),
                   {.full = FullLaw::kAtChainTemperature,
                    .log_probability = Rows<double>(log_p),
                    .full_log_probability = Rows<double>(full)});
  EXPECT_NEAR(log_p[0], std::log(p[static_cast<std::size_t>(token)]), 1e-12);
  EXPECT_NEAR(full[0], log_p[0], 1e-12);  // nothing is left out that has a share of the full law
  return p;
}

TEST(Truncation, TemperaturesMultiplyBeyondTheRangeOfADouble) {
  const Row<double> even(4, 0.25), frozen{0, 0, 0, 1}, once = after_temperatures({1});
  const auto expect_law = [](const std::vector<double>& temperatures, const Row<double>& law) {
    const Row<double> p = after_temperatures(temperatures);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(p[i], law[i], 1e-12) << temperatures.front() << " first, column " << i;
    }
  };
  expect_law({0x1p-1070, 0x1p1000, 0x1p70}, once);
  expect_law({1e200, 1e200, 1e-200, 1e-200}, once);
  expect_law({1e-200, 1e-200, 1e200, 1e200}, once);
  expect_law({1e300, 1e300, 1e300}, even);
  expect_law({1e-300, 1e-300, 1e-300, 1e300}, frozen);
  // Of a small temperature and infinity the latter is left; of 0 and infinity the first.
  expect_law({1e-320, kInf}, even);
  expect_law({kInf, 1e-320}, even);
  expect_law({kInf, 0}, even);
  expect_law({0, kInf}, frozen);
}

TEST(Truncation, TheDynamicTemperatureGoesWithTheEntropy) {
  const auto row = normal_scores<double>(100, 1.5, 8);
  const Reals p = Reference{widened_scores(row)}.probabilities();
  const auto share = static_cast<double>(Reference::entropy(p) / std::log(100.0L));
  for (const double exponent : {0.0, 1.0, 2.5}) {
    Row<double> dynamic(100), fixed(100);
    truncate(row, Chain{{DynamicTemperature{0.5, 2, exponent}}}, dynamic);
    truncate(row, Chain{{Temperature{0.5 + 1.5 * std::pow(share, exponent)}}}, fixed);
    for (std::size_t i = 0; i < row.size(); ++i) EXPECT_NEAR(dynamic[i], fixed[i], 1e-13);
  }
}

TEST(Truncation, WhatEqualsABoundIsWithin) {
  Row<float> row;
  for (const double p : {0.1, 0.2, 0.3, 0.4}) row.push_back(static_cast<float>(std::log(p)));
  const auto count = [&](const Filter& filter) { return count_of(kept_of(row, Chain{{filter}})); };
  EXPECT_EQ(count(TopP{0.7}), 2);
  EXPECT_EQ(count(TopP{0.701}), 3);
  EXPECT_EQ(count(TopP{0.4}), 1);
  EXPECT_EQ(count(MinP{0.75}), 2);
  EXPECT_EQ(count(MinP{0.751}), 1);
  EXPECT_EQ(count(EpsilonCutoff{0.2}), 3);
  EXPECT_EQ(count(EpsilonCutoff{0.3}), 2);
  EXPECT_EQ(count(PLess{}), 2);  // 0.01 + 0.04 + 0.09 + 0.16 = 0.3
  EXPECT_EQ(count(Xtc{1, 0.3}), 3);
  EXPECT_EQ(count(Xtc{1, 0.301}), 4);
}

TEST(Truncation, EveryParameterCounts) {
  const auto row = normal_scores<double>(500, 2, 9);
  const auto differ = [&](const Filter& a, const Filter& b) {
    Row<double> p(row.size()), q(row.size());
    truncate(row, Chain{{a}}, p);
    truncate(row, Chain{{b}}, q);
    return p != q;
  };
  const std::vector<TokenCount> counts{{4, 3}, {9, 1}};
  const std::vector<std::int64_t> said{1, 2, 3, 4, 9, 1, 2, 3};
  const Dry dry{1, 1.5, 2, -1, said, {}};
  EXPECT_TRUE(differ(Temperature{1}, Temperature{2}));
  EXPECT_TRUE(differ(DynamicTemperature{1, 2, 1}, DynamicTemperature{0.5, 2, 1}));
  EXPECT_TRUE(differ(DynamicTemperature{1, 2, 1}, DynamicTemperature{1, 3, 1}));
  EXPECT_TRUE(differ(DynamicTemperature{1, 2, 1}, DynamicTemperature{1, 2, 2}));
  EXPECT_TRUE(differ(TopK{5}, TopK{6}));
  EXPECT_TRUE(differ(TopP{0.8}, TopP{0.9}));
  EXPECT_TRUE(differ(MinP{0.1}, MinP{0.2}));
  EXPECT_TRUE(differ(TypicalP{0.8}, TypicalP{0.9}));
  EXPECT_TRUE(differ(EpsilonCutoff{1e-3}, EpsilonCutoff{1e-2}));
  EXPECT_TRUE(differ(EtaCutoff{1e-3}, EtaCutoff{1e-2}));
  EXPECT_TRUE(differ(TopNSigma{1}, TopNSigma{2}));
  EXPECT_TRUE(differ(TopH{0.4}, TopH{0.6}));
  EXPECT_TRUE(differ(Xtc{1, 0.01}, Xtc{0, 0.01}));
  EXPECT_TRUE(differ(Xtc{1, 0.01}, Xtc{1, 0.05}));
  EXPECT_TRUE(differ(Penalties{1, 0, 0, counts}, Penalties{1.5, 0, 0, counts}));
  EXPECT_TRUE(differ(Penalties{1, 0, 0, counts}, Penalties{1, 0.5, 0, counts}));
  EXPECT_TRUE(differ(Penalties{1, 0, 0, counts}, Penalties{1, 0, 0.5, counts}));
  EXPECT_TRUE(differ(Penalties{1, 0.5, 0, counts}, Penalties{1, 0.5, 0, {{4, 3}}}));
  EXPECT_TRUE(differ(dry, Dry{2, 1.5, 2, -1, said, {}}));
  EXPECT_TRUE(differ(dry, Dry{1, 1.7, 2, -1, said, {}}));
  EXPECT_TRUE(differ(dry, Dry{1, 1.5, 1, -1, said, {}}));
  EXPECT_TRUE(differ(dry, Dry{1, 1.5, 2, 5, said, {}}));
  EXPECT_TRUE(differ(dry, Dry{1, 1.5, 2, -1, said, {{2}}}));
  EXPECT_TRUE(differ(LogitBias{{{3, 1}}}, LogitBias{{{3, 2}}}));
}

}  // namespace
}  // namespace gibbs::testing
