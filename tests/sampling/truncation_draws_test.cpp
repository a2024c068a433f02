// Draws from truncated laws: frequencies, what they say of themselves, on what they do not depend.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "sampling/truncation_reference.hpp"
#include "support/batches.hpp"
#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Everything that a call of one draw per row can tell.
struct Told {
  std::vector<std::int64_t> tokens, kept;
  std::vector<double> log_p, full_log_p, mass;
  std::vector<DrawStatus> status;
  KeptColumns columns;
  bool operator==(const Told& other) const {
    return tokens == other.tokens && kept == other.kept && status == other.status &&
           columns.columns == other.columns.columns &&
           columns.row_offsets == other.columns.row_offsets && same_bits(log_p, other.log_p) &&
           same_bits(full_log_p, other.full_log_p) && same_bits(mass, other.mass);
  }
};

template <Score T>
Told draw(Rows<const T> scores, const ChainPerRow& chain, TruncationOptions options = {}) {
  const auto rows = static_cast<std::size_t>(scores.rows);
  Told told{std::vector<std::int64_t>(rows),
            std::vector<std::int64_t>(rows),
            std::vector<double>(rows),
            std::vector<double>(rows),
            std::vector<double>(rows),
            std::vector<DrawStatus>(rows),
            {}};
  options.kept = told.kept;
  options.log_probability = Rows<double>(told.log_p.data(), scores.rows, 1);
  options.full_log_probability = Rows<double>(told.full_log_p.data(), scores.rows, 1);
  options.kept_mass = told.mass;
  options.status = told.status;
  options.kept_columns = &told.columns;
  sample_truncated(scores, chain, Rows<std::int64_t>(told.tokens.data(), scores.rows, 1), options);
  return told;
}

const std::vector<Chain>& some_chains() {
  static const std::vector<Chain> chains{
      {},
      {{TopP{0.9}}},
      {{TopK{40}}},
      {{Temperature{0.7}, TypicalP{0.9}}},
      {{MinP{0.02}, Temperature{1.3}}},
      {{TopNSigma{2}, TopH{0.7}}},
      {{Penalties{1.3, 0.1, 0.2, {{3, 1}, {17, 4}}}, PLess{}}},
      {{Xtc{0.5, 0.02}, EtaCutoff{1e-4}}},
      {{DynamicTemperature{0.5, 1.5, 1.3}, EpsilonCutoff{1e-4}, TopK{3000}}},
      llama_cpp(),
      hugging_face({.temperature = 0.9, .top_p = 0.95, .typical_p = 0.9})};
  return chains;
}

TEST(TruncatedDraws, FollowTheTruncatedLaw) {
  const auto row = normal_scores<float>(400, 2, 1);
  for (const Chain& chain : some_chains()) {
    Chain fixed = chain;
    for (Filter& filter : fixed.filters) {
      if (auto* xtc = std::get_if<Xtc>(&filter)) xtc->probability = 1;
    }
    std::vector<float> p(row.size());
    truncate(row, fixed, p);
    std::vector<std::int64_t> tokens(100000), counts(row.size());
    sample_truncated(row, fixed, Rows<std::int64_t>(tokens), {.seed = 7});
    for (const std::int64_t token : tokens) ++counts[static_cast<std::size_t>(token)];
    const auto fit = chi_square_test(counts, std::vector<double>(p.begin(), p.end()));
    EXPECT_GT(fit.p_value, 1e-4) << fit.statistic;
    if (fit.degrees_of_freedom == 0) continue;  // one state is left
    EXPECT_LT(fit.p_value, 1 - 1e-4) << fit.statistic;
  }
}

TEST(TruncatedDraws, TellTheirProbabilities) {
  on_every_target_and_type([]<Score T>() {
    const auto row = normal_scores<T>(700, 2, 3);
    const Chain chain{{LogitBias{{{5, 1.5}}}, Temperature{0.8}, TopK{60}, TopP{0.9}}};
    const auto told = draw(Rows<const T>(row), chain);
    Reals biased = widened_scores(row);
    biased[5] += 1.5;
    for (auto& x : biased) x /= 0.8L;
    const Kept kept = kept_of(row, chain);
    long double sum = 0, model = 0, mass = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const long double x = to_double(row[i]);
      sum += kept[i] ? std::exp(biased[i]) : 0;
      model += std::exp(x);
      mass += kept[i] ? std::exp(x) : 0;
    }
    const auto token = static_cast<std::size_t>(told.tokens[0]);
    const double bar = sizeof(working_t<T>) == 4 ? 1e-6 : 1e-13;
    EXPECT_TRUE(kept[token]);
    EXPECT_NEAR(told.log_p[0], static_cast<double>(biased[token] - std::log(sum)), bar);
    EXPECT_NEAR(told.full_log_p[0], static_cast<double>(to_double(row[token]) - std::log(model)),
                bar);
    EXPECT_NEAR(told.mass[0], static_cast<double>(mass / model), bar);
    EXPECT_EQ(told.kept[0], count_of(kept));
    EXPECT_EQ(told.columns.columns.size(), static_cast<std::size_t>(told.kept[0]));
  });
}

// What reinforcement learning asks of a sampler.
TEST(TruncatedDraws, DifferFromTheFullLawByTheMassThatWasKept) {
  const auto row = normal_scores<float>(20000, 2, 4);
  for (const double t : {0.0, 0.5, 1.0, 1.7, kInf}) {
    for (const Filter& filter : std::vector<Filter>{TopP{0.7}, TopK{50}, MinP{0.05}, PLess{},
                                                    TypicalP{0.6}, Xtc{1, 1e-3}, TopH{0.5}}) {
      const Chain chain{{Temperature{t}, filter}};
      TruncationOptions options;
      options.full = t == 1 ? FullLaw::kModel : FullLaw::kAtChainTemperature;
      const auto told = draw(Rows<const float>(row), chain, options);
      EXPECT_NEAR(told.log_p[0], told.full_log_p[0] - std::log(told.mass[0]), 2e-6)
          << "temperature " << t << " filter " << filter.index();
    }
  }
}

TEST(TruncatedDraws, AreTheSameOnEveryTarget) {
  const auto law = []<Score T>() {
    for (const double sigma : {0.5, 2.0, 5.0}) {
      for (const std::int64_t n : {1, 50, 1000, 30001}) {
        const auto row = normal_scores<T>(n, sigma, static_cast<std::uint64_t>(n));
        for (const Chain& chain : some_chains()) {
          if (n < 20) continue;
          std::vector<Told> all;
          on_every_target([&] { all.push_back(draw(Rows<const T>(row), chain, {.seed = 5})); });
          for (const Told& one : all) EXPECT_TRUE(one == all[0]) << n << " sigma " << sigma;
        }
      }
    }
  };
  law.template operator()<float>();
  law.template operator()<double>();
}

TEST(TruncatedDraws, AreTheSameAloneAndInABatchAndOnThreads) {
  const std::int64_t rows = 40, cols = 2000;
  const auto scores = normal_scores<float>(rows * cols, 2, 6);
  for (const Chain& chain : some_chains()) {
    const Rows<const float> batch(scores.data(), rows, cols);
    set_num_threads(1);
    const Told one_thread = draw(batch, chain, {.seed = 9, .first_row = 100});
    set_num_threads(2);
    const Told two_threads = draw(batch, chain, {.seed = 9, .first_row = 100});
    set_num_threads(0);
    EXPECT_TRUE(one_thread == two_threads);
    for (std::int64_t i = 0; i < rows; i += 7) {
      const std::vector<std::uint64_t> id{100 + static_cast<std::uint64_t>(i)};
      const Told alone = draw(Rows<const float>(scores.data() + i * cols, 1, cols), chain,
                              {.seed = 9, .row_ids = id});
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(alone.tokens[0], one_thread.tokens[at]);
      EXPECT_EQ(alone.log_p[0], one_thread.log_p[at]);
      EXPECT_EQ(alone.mass[0], one_thread.mass[at]);
    }
  }
}

TEST(TruncatedDraws, AreTheSameInEveryLayoutAndUnderAMask) {
  const std::int64_t rows = 3, cols = 129;
  const auto values = normal_scores<float16>(rows * cols, 2, 7);
  const Chain chain{{TopK{30}, TopP{0.8}}};
  const Told expected = draw(Rows<const float16>(values.data(), rows, cols), chain);
  for (const Layout& layout : kLayouts) {
    Batch<float16> batch(rows, cols, layout);
    fill(batch, values);
    EXPECT_TRUE(draw(batch.input(), chain) == expected) << layout.name;
  }
  std::vector<bool> on(values.size(), true);
  auto masked = values;
  for (std::size_t i = 0; i < on.size(); i += 2) {
    on[i] = false;
    masked[i] = float16(-std::numeric_limits<float>::infinity());
  }
  const Mask mask(on);
  TruncationOptions options;
  options.mask = mask.view(rows);
  EXPECT_TRUE(draw(Rows<const float16>(values.data(), rows, cols), chain, options) ==
              draw(Rows<const float16>(masked.data(), rows, cols), chain));
}

TEST(TruncatedDraws, EachIsTheDrawOfItsNumber) {
  const auto row = normal_scores<float>(500, 1, 8);
  for (const Chain& chain : some_chains()) {
    std::vector<std::int64_t> together(40), one(1);
    std::vector<double> log_p(40), log_one(1);
    TruncationOptions options{.seed = 1, .first_draw = 5};
    options.log_probability = log_p;
    sample_truncated(row, chain, Rows<std::int64_t>(together), options);
    for (std::size_t d = 0; d < together.size(); ++d) {
      TruncationOptions single{.seed = 1, .first_draw = 5 + d};
      single.log_probability = log_one;
      sample_truncated(row, chain, Rows<std::int64_t>(one), single);
      EXPECT_EQ(one[0], together[d]) << d;
      EXPECT_EQ(log_one[0], log_p[d]) << d;
    }
  }
}

TEST(TruncatedDraws, TheCoinOfXtcFallsAsOftenAsItShould) {
  const auto row = normal_scores<float>(200, 2, 9);
  const Chain chain{{Xtc{0.3, 0.02}}};
  const Kept likely = kept_of(row, Chain{{EpsilonCutoff{0.02}}});
  std::vector<std::int64_t> tokens(20000);
  std::vector<double> log_p(tokens.size());
  TruncationOptions options;
  options.log_probability = log_p;
  sample_truncated(row, chain, Rows<std::int64_t>(tokens), options);
  std::vector<float> p(row.size());
  truncate(row, Chain{}, p);
  std::int64_t excluded = 0;
  for (std::size_t d = 0; d < tokens.size(); ++d) {
    const double full = std::log(static_cast<double>(p[static_cast<std::size_t>(tokens[d])]));
    excluded += std::abs(log_p[d] - full) > 1e-4 ? 1 : 0;
  }
  EXPECT_GT(count_of(likely), 1);
  EXPECT_NEAR(static_cast<double>(excluded) / 20000, 0.3, 5 * std::sqrt(0.3 * 0.7 / 20000));
}

TEST(TruncatedDraws, SeedStreamRowAndDrawEachChangeTheToken) {
  const auto row = normal_scores<float>(100000, 0.1, 10);
  const auto token = [&](const TruncationOptions& options) {
    return draw(Rows<const float>(row), Chain{{TopP{0.99}}}, options).tokens[0];
  };
  const std::int64_t first = token({});
  EXPECT_EQ(token({}), first);
  EXPECT_NE(token({.seed = 1}), first);
  EXPECT_NE(token({.stream = 1}), first);
  EXPECT_NE(token({.first_row = 1}), first);
  EXPECT_NE(token({.first_draw = 1}), first);
}

TEST(TruncatedDraws, ARowWithoutALawHasAStatusAndNoToken) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  const std::vector<float> scores{1, 2, 3, -inf, -inf, -inf, 1, nan, 3, 1, inf, inf};
  for (const Chain& chain : {Chain{}, Chain{{TopK{2}}}, Chain{{TopP{0.5}, Temperature{0}}}}) {
    const auto told = draw(Rows<const float>(scores.data(), 4, 3), chain);
    EXPECT_EQ(told.status, (std::vector{DrawStatus::kDrawn, DrawStatus::kNoState, DrawStatus::kNaN,
                                        DrawStatus::kDrawn}));
    EXPECT_GE(told.tokens[0], 0);
    EXPECT_EQ(told.tokens[1], kNoToken);
    EXPECT_EQ(told.tokens[2], kNoToken);
    EXPECT_GE(told.tokens[3], 1);  // one of the infinite
    EXPECT_TRUE(std::isnan(told.log_p[1]) && std::isnan(told.full_log_p[2]));
    EXPECT_EQ(told.mass[1] + told.mass[2], 0);
    EXPECT_EQ(told.kept[1] + told.kept[2], 0);
    std::vector<float> p(12), x(12);
    truncate(Rows<const float>(scores.data(), 4, 3), chain, Rows<float>(p.data(), 4, 3));
    truncate(Rows<const float>(scores.data(), 4, 3), chain, Rows<float>(x.data(), 4, 3),
             {.write = Truncated::kScores});
    EXPECT_EQ(p[3] + p[4] + p[5], 0);
    EXPECT_TRUE(std::isnan(p[6]) && std::isnan(p[7]) && std::isnan(p[8]) && std::isnan(x[6]));
    EXPECT_EQ(x[3], -inf);
  }
  const auto banned = draw(Rows<const float>(scores.data(), 1, 3),
                           Chain{{LogitBias{{{0, -kInf}, {1, -kInf}, {2, -kInf}}}, TopK{1}}});
  EXPECT_EQ(banned.status[0], DrawStatus::kNoState);
  const auto empty = draw(Rows<const float>(scores.data(), 2, 0), Chain{{TopP{0.5}}});
  EXPECT_EQ(empty.status[1], DrawStatus::kNoState);
}

TEST(TruncatedDraws, AnExcludedStateIsNeverDrawn) {
  std::vector<float> row(3000, 0.0f);
  for (std::size_t i = 0; i < row.size(); i += 2) row[i] = -200;  // weighs nothing
  std::vector<std::int64_t> tokens(20000);
  sample_truncated(row, Chain{}, Rows<std::int64_t>(tokens));
  for (const std::int64_t token : tokens) ASSERT_EQ(token % 2, 1);
}

TEST(TruncatedDraws, EachRowMayHaveAChainOfItsOwn) {
  const std::int64_t rows = 4, cols = 300;
  const auto scores = normal_scores<float>(rows * cols, 2, 12);
  const std::vector<Chain> chains{{}, {{TopK{1}}}, {{TopP{0.5}}}, {{MinP{0.3}}}};
  const auto told = draw(Rows<const float>(scores.data(), rows, cols), chains);
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::vector<std::uint64_t> id{at};
    const auto alone =
        draw(Rows<const float>(scores.data() + i * cols, 1, cols), chains[at], {.row_ids = id});
    EXPECT_EQ(alone.tokens[0], told.tokens[at]);
    EXPECT_EQ(alone.kept[0], told.kept[at]);
  }
}

TEST(TruncatedDraws, TheLawMayBeWrittenOverTheScores) {
  for (const Truncated write : {Truncated::kProbabilities, Truncated::kScores}) {
    for (const Chain& chain : some_chains()) {
      auto scores = normal_scores<float>(1500, 2, 13);
      std::vector<float> out(scores.size());
      truncate(scores, chain, out, {.write = write});
      truncate(scores, chain, scores, {.write = write});
      EXPECT_TRUE(same_bits(scores, out));
    }
  }
}

}  // namespace
}  // namespace gibbs::testing
