// What the truncation of rows refuses, in one sentence.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "gibbs/sampling/presets.hpp"
#include "gibbs/sampling/truncation.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
const std::vector<float> kRow{1, 2, 3};

std::string refused(const Filter& filter, Boundaries boundaries = Boundaries::kGibbs) {
  std::vector<float> out(3);
  return refusal([&] { truncate(kRow, Chain{{filter}, boundaries}, out); });
}

TEST(TruncationRefusal, NamesTheParameterTheRuleAndTheValue) {
  EXPECT_EQ(refused(Temperature{-1}), "truncate: temperature must not be negative, got -1");
  EXPECT_EQ(refused(Temperature{kNaN}), "truncate: temperature must not be NaN, got nan");
  EXPECT_EQ(refused(TopK{-1}), "truncate: k of top-k must not be negative, got -1");
  EXPECT_EQ(refused(TopP{0}), "truncate: p of top-p must be above 0 and at most 1, got 0");
  EXPECT_EQ(refused(TopP{1.5}), "truncate: p of top-p must be above 0 and at most 1, got 1.5");
  EXPECT_EQ(refused(TopP{kNaN}), "truncate: p of top-p must be above 0 and at most 1, got nan");
  EXPECT_EQ(refused(MinP{1.05}), "truncate: p of min-p must be from 0 to 1, got 1.05");
  EXPECT_EQ(refused(MinP{-0.1}), "truncate: p of min-p must be from 0 to 1, got -0.1");
  EXPECT_EQ(refused(TypicalP{0}), "truncate: p of typical-p must be above 0 and at most 1, got 0");
  EXPECT_EQ(refused(EpsilonCutoff{2}),
            "truncate: epsilon of epsilon cutoff must be from 0 to 1, got 2");
  EXPECT_EQ(refused(EtaCutoff{kNaN}),
            "truncate: epsilon of eta cutoff must be from 0 to 1, got nan");
  EXPECT_EQ(refused(TopNSigma{-1}), "truncate: n of top-n-sigma must not be negative, got -1");
  EXPECT_EQ(refused(TopH{0}), "truncate: alpha of top-h must be above 0 and at most 1, got 0");
  EXPECT_EQ(refused(Xtc{2, 0.1}), "truncate: probability of XTC must be from 0 to 1, got 2");
  EXPECT_EQ(refused(Xtc{1, 0}), "truncate: threshold of XTC must be above 0 and at most 1, got 0");
  EXPECT_EQ(refused(DynamicTemperature{-1, 1, 1}),
            "truncate: low of a dynamic temperature must not be negative, got -1");
  EXPECT_EQ(refused(DynamicTemperature{1, 0.5, 1}),
            "truncate: high of a dynamic temperature must be a number not below low, got 0.5");
  EXPECT_EQ(refused(DynamicTemperature{1, 2, -1}),
            "truncate: exponent of a dynamic temperature must be a number from 0, got -1");
}

TEST(TruncationRefusal, PenaltiesNameTheirTokens) {
  EXPECT_EQ(refused(Penalties{0, 0, 0, {}}),
            "truncate: repetition of penalties must be a positive number, got 0");
  EXPECT_EQ(refused(Penalties{1, kInf, 0, {}}),
            "truncate: frequency of penalties must be a number, got inf");
  EXPECT_EQ(refused(Penalties{1, 0, kNaN, {}}),
            "truncate: presence of penalties must be a number, got nan");
  EXPECT_EQ(refused(Penalties{1, 0, 0, {{3, 1}}}),
            "truncate: tokens of penalties must be columns, 0 to 2, got 3");
  EXPECT_EQ(refused(Penalties{1, 0, 0, {{0, -1}}}),
            "truncate: counts of penalties must not be negative, got -1");
  EXPECT_EQ(refused(LogitBias{{{-1, 0}}}),
            "truncate: tokens of logit bias must be columns, 0 to 2, got -1");
  EXPECT_EQ(refused(LogitBias{{{0, kInf}}}), "truncate: biases must be numbers or -inf, got inf");
  EXPECT_EQ(refused(Dry{-1, 2, 2, -1, {}, {}}),
            "truncate: multiplier of DRY must be a number from 0, got -1");
  EXPECT_EQ(refused(Dry{1, 0.5, 2, -1, {}, {}}),
            "truncate: base of DRY must be a number from 1, got 0.5");
  EXPECT_EQ(refused(Dry{1, 2, -1, -1, {}, {}}),
            "truncate: allowed_length of DRY must not be negative, got -1");
  EXPECT_EQ(refused(Dry{1, 2, 2, -1, {7}, {}}),
            "truncate: tokens of DRY must be columns, 0 to 2, got 7");
}

TEST(TruncationRefusal, ThePresetsRefuseWhatTheirModelsRefuse) {
  const auto hugging = Boundaries::kHuggingFace, llama = Boundaries::kLlamaCpp;
  EXPECT_EQ(refused(Temperature{0}, hugging), "truncate: temperature must be above 0, got 0");
  EXPECT_EQ(refused(TopK{0}, hugging), "truncate: k of top-k must be positive, got 0");
  EXPECT_EQ(refused(TopP{0}, hugging), "");
  EXPECT_EQ(refused(TopP{1.1}, hugging), "truncate: p of top-p must be from 0 to 1, got 1.1");
  EXPECT_EQ(refused(TypicalP{1}, hugging),
            "truncate: p of typical-p must be above 0 and below 1, got 1");
  EXPECT_EQ(refused(Temperature{-1}, llama), "");
  EXPECT_EQ(refused(TopK{-1}, llama), "");
  EXPECT_EQ(refused(TopP{-1}, llama), "");
  EXPECT_EQ(refused(MinP{2}, llama), "");
  EXPECT_EQ(refused(TopNSigma{-1}, llama), "");
  EXPECT_EQ(refused(TopP{kNaN}, llama), "truncate: p of top-p must be a number, got nan");
  EXPECT_EQ(refusal([] { llama_cpp({.mirostat = 3}); }),
            "llama_cpp: mirostat must be 0, 1 or 2, got 3");
}

std::string refused(const ChainPerRow& chain, TruncationOptions options, std::int64_t draws = 1) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(draws));
  return refusal([&] { sample_truncated(kRow, chain, Rows<std::int64_t>(tokens), options); });
}

TEST(TruncationRefusal, AMirostatNeedsOneStatePerRowAndOneDraw) {
  std::vector<MirostatState> one(1), two(2), bad{{kNaN}};
  const Chain chain{{MirostatV2{}}};
  TruncationOptions options;
  EXPECT_EQ(refused(chain, options),
            "sample_truncated: mirostat must have 1 entry, one per row, got 0");
  options.mirostat = two;
  EXPECT_EQ(refused(chain, options),
            "sample_truncated: mirostat must have 1 entry, one per row, got 2");
  options.mirostat = one;
  EXPECT_EQ(refused(chain, options), "");
  EXPECT_EQ(refused(chain, options, 2),
            "sample_truncated: a mirostat draws one token of a row at a time");
  EXPECT_EQ(refused(Chain{}, options),
            "sample_truncated: mirostat must be empty where no chain has one");
  EXPECT_EQ(refused(Chain{{MirostatV2{}, Mirostat{}}}, options),
            "sample_truncated: a chain must not have two mirostats");
  EXPECT_EQ(refused(Chain{{Mirostat{5, 0.1, 1}}}, options),
            "sample_truncated: fitted of mirostat must be at least 2, got 1");
  EXPECT_EQ(refused(Chain{{Mirostat{-1, 0.1}}}, options),
            "sample_truncated: tau of mirostat must be a number from 0, got -1");
  options.mirostat = bad;
  EXPECT_EQ(refused(chain, options), "sample_truncated: mu of a mirostat must not be NaN");
}

TEST(TruncationRefusal, ShapesMustFit) {
  std::vector<double> two(2);
  std::vector<std::int64_t> kept(2);
  TruncationOptions options;
  options.log_probability = two;
  EXPECT_EQ(refused(Chain{}, options),
            "sample_truncated: log_probability must have the shape of tokens, 1 x 1, got 1 x 2");
  options = {};
  options.kept_mass = two;
  EXPECT_EQ(refused(Chain{}, options),
            "sample_truncated: kept_mass must have 1 entry, one per row, got 2");
  options = {};
  options.kept = kept;
  EXPECT_EQ(refused(Chain{{Xtc{0.5, 0.1}}}, options, 2),
            "sample_truncated: kept must have 1 entry, one per row, got 2");
  options.kept = std::span(kept).first(1);
  EXPECT_EQ(
      refused(Chain{{Xtc{0.5, 0.1}}}, options, 2),
      "sample_truncated: what is kept depends on the coin of an XTC: draw one token of a row");
  EXPECT_EQ(refused(Chain{{Xtc{1, 0.1}}}, options, 2), "");
  const std::vector<Chain> chains(2);
  EXPECT_EQ(refused(chains, {}), "sample_truncated: chain must have 1 entry, one per row, got 2");
  std::vector<float> out(2);
  EXPECT_EQ(refusal([&] { truncate(kRow, Chain{}, out); }),
            "truncate: out must have the shape of scores, 1 x 3, got 1 x 2");
}

}  // namespace
}  // namespace gibbs::testing
