// Laws of evaluate.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Evaluate, CountsWhatItsDefinitionsSay) {
  // Ranks of the labels: 0, 1 (a tie), 5, 0.
  const std::vector<double> x{5, 0, 0, 0, 0, 0, 0,  //
                              1, 1, 0, 0, 0, 0, 0,  //
                              6, 5, 4, 3, 2, 1, 0,  //
                              0, 0, 9, 0, 0, 0, 0};
  const std::vector<int> labels{0, 1, 5, 2};
  const auto got = evaluate(Rows<const double>(x.data(), 4, 7), labels, 2);
  EXPECT_EQ(got.rows, 4);
  EXPECT_EQ(got.correct, 2);
  EXPECT_EQ(got.in_top5, 3);
  EXPECT_EQ(got.support, 1 + 2 + 1 + 1);
  EXPECT_EQ(got.covered, 3);
  EXPECT_EQ(got.mean_loss(), got.loss / 4);
  EXPECT_EQ(got.loss, sparsemax_loss(Rows<const double>(x.data(), 4, 7), labels,
                                     {.reduction = Reduction::kSum}));
}

TEST(Evaluate, PartsAddUp) {
  on_every_target_and_type([]<Score T>() {
    const auto x = normal_scores<T>(30000 * 10, 2, 530);  // several blocks
    std::vector<std::int64_t> labels(30000);
    std::iota(labels.begin(), labels.end(), 0);
    for (auto& label : labels) label %= 10;
    labels[17] = -100;
    const auto part = [&](std::int64_t first, std::int64_t count) {
      const std::span<const std::int64_t> own(labels.data() + first,
                                              static_cast<std::size_t>(count));
      return evaluate(Rows<const T>(x.data() + first * 10, count, 10), own, 1.5,
                      {.temperature = 0.5});
    };
    auto sum = part(0, 10001);
    sum += part(10001, 19999);
    const auto whole = part(0, 30000);
    EXPECT_EQ(whole.rows, 29999);
    EXPECT_EQ(sum.rows, whole.rows);
    EXPECT_EQ(sum.correct, whole.correct);
    EXPECT_EQ(sum.in_top5, whole.in_top5);
    EXPECT_EQ(sum.support, whole.support);
    EXPECT_EQ(sum.covered, whole.covered);
    EXPECT_NEAR(sum.loss, whole.loss, 1e-9 * whole.loss);
  });
}

TEST(Evaluate, AlphaTemperatureAndMaskChangeTheAnswer) {
  const std::vector<double> x{2, 1, 0};
  const std::vector<int> label{1};
  EXPECT_EQ(evaluate(x, label, 1).support, 3);
  EXPECT_EQ(evaluate(x, label, 2).support, 1);
  EXPECT_EQ(evaluate(x, label, 2, {.temperature = 2}).support, 2);
  const std::vector<double> alphas{1}, temperatures{3};
  EXPECT_EQ(evaluate(x, label, alphas, {.temperature = temperatures}).loss,
            cross_entropy(x, label, {.temperature = 3}));
  const bool on[3] = {false, true, true};
  EXPECT_EQ(evaluate(x, label, 1, {.mask = Rows<const bool>(on, 1, 3)}).support, 2);
}

TEST(Evaluate, AbsentLabelsAndNaNAreNotCovered) {
  const std::vector<double> absent{1, -kInf, 0}, nan{1, std::nan(""), 0};
  const auto of_absent = evaluate(absent, std::vector<int>{1}, 1);
  EXPECT_EQ(of_absent.loss, kInf);
  EXPECT_EQ(of_absent.covered, 0);
  const auto of_nan = evaluate(nan, std::vector<int>{0}, 1);
  EXPECT_TRUE(std::isnan(of_nan.loss));
  EXPECT_EQ(of_nan.correct + of_nan.in_top5 + of_nan.covered, 0);
}

TEST(Evaluate, ThePerplexityOfEqualScoresIsTheirNumber) {
  const std::vector<double> x(14, 0.0);
  const auto got =
      evaluate(Rows<const double>(x.data(), 2, 7), std::vector<int>{0, 3}, 1, {.temperature = 2});
  EXPECT_NEAR(got.perplexity(2), 7, 1e-14);
  EXPECT_TRUE(std::isnan(Evaluation{}.mean_loss()));
}

TEST(Evaluate, ProbabilitiesAreRefused) {
  const std::vector<double> x{1, 2};
  EXPECT_THROW(evaluate(x, x, 1), std::invalid_argument);
}

}  // namespace
}  // namespace gibbs::testing
