// The chains of llama.cpp and Hugging Face: published cases, order, boundaries.

#include "gibbs/sampling/presets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <variant>
#include <vector>

#include "gibbs/sampling/truncation.hpp"
#include "sampling/truncation_reference.hpp"
#include "support/random.hpp"

namespace gibbs::testing {
namespace {

using Row = std::vector<double>;

// p after a chain, of scores that are logarithms.
template <Score T = float>
Row law(const std::vector<double>& p, const Chain& chain) {
  std::vector<T> scores, out(p.size());
  for (const double one : p) scores.push_back(T(std::log(one)));
  truncate(scores, chain, out);
  return {out.begin(), out.end()};
}

void expect_law(const Row& got, const Row& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-5) << i;
}

const Row kFour{0.1, 0.2, 0.3, 0.4};

// All filters of the preset off but those that are set.
LlamaCppSettings nothing() {
  LlamaCppSettings s;
  s.top_k = 0;
  s.top_p = 1;
  s.min_p = 0;
  s.temperature = 1;
  return s;
}

// source    tests/test-sampling.cpp of llama.cpp
TEST(LlamaCppPreset, HoldsThePublishedCasesOfTheTemperature) {
  auto s = nothing();
  expect_law(law(kFour, llama_cpp(s)), kFour);
  s.temperature = 0;
  expect_law(law(kFour, llama_cpp(s)), {0, 0, 0, 1});
  s.temperature = -1;
  expect_law(law(kFour, llama_cpp(s)), {0, 0, 0, 1});
  const auto extended = [](double low, double high, double exponent) {
    return Chain{{DynamicTemperature{low, high, exponent}}, Boundaries::kLlamaCpp};
  };
  expect_law(law(kFour, extended(1, 1, 1)), kFour);
  expect_law(law(kFour, extended(0, 0, 1)), {0, 0, 0, 1});
}

TEST(LlamaCppPreset, HoldsThePublishedCasesOfTopK) {
  auto s = nothing();
  const auto with_k = [&](std::int64_t k) {
    s.top_k = k;
    return law(kFour, llama_cpp(s));
  };
  expect_law(with_k(1), {0, 0, 0, 1});
  expect_law(with_k(3), {0, 0.22222, 0.33333, 0.44444});
  expect_law(with_k(4), kFour);
  expect_law(with_k(0), kFour);
  expect_law(with_k(-3), kFour);
}

TEST(LlamaCppPreset, HoldsThePublishedCasesOfTopP) {
  auto s = nothing();
  const auto with_p = [&](double p) {
    s.top_p = p;
    return law(kFour, llama_cpp(s));
  };
  expect_law(with_p(0), {0, 0, 0, 1});
  expect_law(with_p(0.7), {0, 0, 0.428571, 0.571429});
  expect_law(with_p(0.8), {0, 0.22222, 0.33333, 0.44444});
  expect_law(with_p(1), kFour);
}

TEST(LlamaCppPreset, HoldsThePublishedCasesOfMinP) {
  auto s = nothing();
  const auto with_p = [&](double p) {
    s.min_p = p;
    return law(kFour, llama_cpp(s));
  };
  const Row three{0, 0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9}, two{0, 0, 0.3 / 0.7, 0.4 / 0.7};
  for (const double p : {0.0, 0.24}) expect_law(with_p(p), kFour);
  for (const double p : {0.26, 0.49}) expect_law(with_p(p), three);
  for (const double p : {0.51, 0.74}) expect_law(with_p(p), two);
  for (const double p : {0.76, 1.0, 1.05}) expect_law(with_p(p), {0, 0, 0, 1});
}

// The names of a chain's filters.
std::vector<std::size_t> kinds(const Chain& chain) {
  std::vector<std::size_t> all;
  for (const Filter& filter : chain.filters) all.push_back(filter.index());
  return all;
}
std::vector<std::size_t> kinds(const std::vector<Filter>& filters) { return kinds(Chain{filters}); }

TEST(LlamaCppPreset, HasItsOrder) {
  LlamaCppSettings s;
  EXPECT_EQ(kinds(llama_cpp(s)), kinds({LogitBias{}, Penalties{}, TopNSigma{}, TopK{}, TypicalP{},
                                        TopP{}, MinP{}, Temperature{}}));
  s.dry_multiplier = 0.8;
  s.xtc_probability = 0.5;
  s.dynatemp_range = 0.3;
  EXPECT_EQ(kinds(llama_cpp(s)), kinds({LogitBias{}, Penalties{}, Dry{}, TopNSigma{}, TopK{},
                                        TypicalP{}, TopP{}, MinP{}, Xtc{}, DynamicTemperature{}}));
  s = {};
  s.mirostat = 1;
  EXPECT_EQ(kinds(llama_cpp(s)), kinds({LogitBias{}, Temperature{}, Mirostat{}}));
  s.mirostat = 2;
  EXPECT_EQ(kinds(llama_cpp(s)), kinds({LogitBias{}, Temperature{}, MirostatV2{}}));
}

TEST(LlamaCppPreset, LooksAtTheEndOfTheHistoryForItsPenalties) {
  LlamaCppSettings s;
  s.history = {1, 2, 3, 3};
  s.penalty_last_n = 2;
  s.repeat_penalty = 1.1;
  const Chain chain = llama_cpp(s);
  const auto& penalties = std::get<Penalties>(chain.filters[1]);
  EXPECT_EQ(penalties.repetition, 1.1);
  ASSERT_EQ(penalties.counts.size(), 1u);
  EXPECT_EQ(penalties.counts[0].token, 3);
  EXPECT_EQ(penalties.counts[0].count, 2);
}

TEST(HuggingFacePreset, HasItsOrder) {
  HuggingFaceSettings s;
  EXPECT_EQ(kinds(hugging_face(s)), kinds({LogitBias{}, TopK{}}));
  s.history = {1, 2};
  s.repetition_penalty = 1.2;
  s.temperature = 0.7;
  s.top_h = 0.5;
  s.top_p = 0.9;
  s.min_p = 0.05;
  s.typical_p = 0.95;
  s.epsilon_cutoff = 3e-4;
  s.eta_cutoff = 3e-4;
  EXPECT_EQ(kinds(hugging_face(s)),
            kinds({LogitBias{}, Penalties{}, Temperature{}, TopH{}, TopK{}, TopP{}, MinP{},
                   TypicalP{}, EpsilonCutoff{}, EtaCutoff{}}));
}

TEST(Boundaries, TiesWithTheKthAreKeptByHuggingFaceAlone) {
  const Row tied{0.1, 0.3, 0.3, 0.3};
  const auto kept = [&](Boundaries boundaries) {
    return law<double>(tied, Chain{{TopK{2}}, boundaries});
  };
  expect_law(kept(Boundaries::kGibbs), {0, 0.5, 0.5, 0});
  expect_law(kept(Boundaries::kLlamaCpp), {0, 0.5, 0.5, 0});
  expect_law(kept(Boundaries::kHuggingFace), {0, 1 / 3.0, 1 / 3.0, 1 / 3.0});
}

TEST(Boundaries, GreedyTiesAreSharedButForLlamaCpp) {
  const Row tied{0.2, 0.4, 0.4};
  expect_law(law(tied, Chain{{Temperature{0}}}), {0, 0.5, 0.5});
  expect_law(law(tied, Chain{{Temperature{0}}, Boundaries::kLlamaCpp}), {0, 1, 0});
  expect_law(law({0.5, 0.5}, Chain{{Temperature{0}}, Boundaries::kLlamaCpp}), {1, 0});
}

TEST(Boundaries, TypicalStopsAtItsMassButForLlamaCppThatPassesIt) {
  // The expected surprise of {1/2, 1/4, 1/8, 1/8} is that of 3.5 / 2 bits: nearest is 1/4.
  const Row p{0.5, 0.25, 0.125, 0.125};
  const auto kept = [&](double mass, Boundaries boundaries) {
    return count_of(kept_of(
        [&] {
          Row x;
          for (const double one : p) x.push_back(std::log(one));
          return x;
        }(),
        Chain{{TypicalP{mass}}, boundaries}));
  };
  EXPECT_EQ(kept(0.75, Boundaries::kGibbs), 2);
  EXPECT_EQ(kept(0.75, Boundaries::kHuggingFace), 2);
  EXPECT_EQ(kept(0.75, Boundaries::kLlamaCpp), 3);
  EXPECT_EQ(kept(0.8, Boundaries::kGibbs), 3);
  EXPECT_EQ(kept(0.8, Boundaries::kHuggingFace), 4);  // both of 1/8
}

TEST(Boundaries, TopHOfHuggingFaceLooksAtAHundredAndSumsTheirEntropy) {
  const auto row = normal_scores<double>(400, 2, 3);
  Reals x(row.begin(), row.end());
  Reference reference{x};
  const auto states = reference.by_score();
  for (std::size_t i = 100; i < states.size(); ++i) reference.x[states[i]] = Reference::kNone;
  const Reals p = reference.probabilities();
  const long double most = 0.4L * Reference::entropy(p);
  long double sum = 0;
  std::int64_t expected = 0;
  for (; expected < 100; ++expected) {
    const long double one = p[states[static_cast<std::size_t>(expected)]];
    if ((sum -= one * std::log(one)) > most) break;
  }
  EXPECT_GT(expected, 2);
  const Kept kept = kept_of(row, Chain{{TopH{0.4}}, Boundaries::kHuggingFace});
  EXPECT_EQ(count_of(kept), expected);
  EXPECT_NE(count_of(kept_of(row, Chain{{TopH{0.4}}})), expected);
}

TEST(Boundaries, SigmaOffIsAnyNUpToZeroForLlamaCpp) {
  const auto row = normal_scores<double>(100, 2, 4);
  EXPECT_EQ(count_of(kept_of(row, Chain{{TopNSigma{-1}}, Boundaries::kLlamaCpp})), 100);
  EXPECT_EQ(count_of(kept_of(row, Chain{{TopNSigma{0}}, Boundaries::kLlamaCpp})), 100);
  EXPECT_EQ(count_of(kept_of(row, Chain{{TopNSigma{0}}})), 1);
}

}  // namespace
}  // namespace gibbs::testing
