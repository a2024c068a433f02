// What is refused, and the exact sentence.

#include "support/refusal.hpp"

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>
#include <limits>
#include <string>
#include <vector>

namespace gibbs::testing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

class Refusals : public ::testing::Test {
 protected:
  std::vector<float> x_ = std::vector<float>(6, 1.0f);
  std::vector<float> p_ = std::vector<float>(6, 0.5f);
  std::vector<float> out_ = std::vector<float>(6, -7.0f);
  std::vector<float> one_ = {1};
  std::vector<float> three_ = {1, 2, 3};
  Rows<const float> scores_{x_.data(), 2, 3};
  Rows<const float> probabilities_{p_.data(), 2, 3};
  Rows<float> to_{out_.data(), 2, 3};
};

TEST_F(Refusals, ANegativeTemperature) {
  const MapOptions<float> bad{.temperature = -1};
  std::vector<float> two(2);
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, bad); }),
            "softmax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { log_softmax(scores_, to_, bad); }),
            "log_softmax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { log_sum_exp(scores_, two, bad); }),
            "log_sum_exp: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { log_sum_exp(three_, bad); }),
            "log_sum_exp: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { sparsemax(scores_, to_, bad); }),
            "sparsemax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { argmax(scores_, to_, bad); }),
            "argmax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.temperature = -0.25}); }),
            "entmax: temperature must not be negative, got -0.25");
  EXPECT_EQ(refusal([&] { (void)sparse_entmax(scores_, {.temperature = -kInf}); }),
            "sparse_entmax: temperature must not be negative, got -inf");
}

TEST_F(Refusals, ATemperatureThatIsNan) {
  const std::string sentence = refusal([&] { softmax(scores_, to_, {.temperature = kNan}); });
  EXPECT_TRUE(sentence.starts_with("softmax: temperature must not be ")) << sentence;
  EXPECT_TRUE(sentence.ends_with(", got nan")) << sentence;
  EXPECT_NE(refusal([&] { softmax_vjp(probabilities_, scores_, to_, {.temperature = kNan}); }), "");
  EXPECT_NE(refusal([&] { log_softmax_vjp(probabilities_, scores_, to_, {.temperature = kNan}); }),
            "");
  EXPECT_NE(refusal([&] { entmax_vjp(probabilities_, scores_, to_, {.temperature = kNan}); }), "");
}

TEST_F(Refusals, AnAlphaThatIsNotPositive) {
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = 0}); }),
            "entmax: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = -1.5}); }),
            "entmax: alpha must be positive, got -1.5");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = kNan}); }),
            "entmax: alpha must be positive, got nan");
  EXPECT_EQ(refusal([&] { (void)sparse_entmax(scores_, {.alpha = 0}); }),
            "sparse_entmax: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { entmax_vjp(probabilities_, scores_, to_, {.alpha = 0}); }),
            "entmax_vjp: alpha must be positive, got 0");
  EXPECT_EQ(refusal([&] { (void)entropy(three_, {.alpha = kNan}); }),
            "entropy: alpha must be positive, got nan");
}

TEST_F(Refusals, ABadNumberAmongThoseOfTheRowsIsNamedWithItsRow) {
  const std::vector<double> bad{1, -2};
  const std::string sentence = refusal([&] { softmax(scores_, to_, {.temperature = bad}); });
  EXPECT_TRUE(sentence.find("got -2") != std::string::npos) << sentence;
  EXPECT_TRUE(sentence.find("row 1") != std::string::npos) << sentence;
  const std::vector<double> bad_alpha{kNan, 1};
  EXPECT_NE(refusal([&] { entmax(scores_, to_, {.alpha = bad_alpha}); }), "");
}

TEST_F(Refusals, AsManyNumbersAsThereAreNotRows) {
  const std::vector<double> three{1, 1, 1};
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.temperature = three}); }),
            "softmax: temperature must be one number or one per row, 2, got 3");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = three}); }),
            "entmax: alpha must be one number or one per row, 2, got 3");
}

TEST_F(Refusals, AnOutputOfAnotherShape) {
  const Rows<float> wrong(out_.data(), 3, 2);
  const std::string shapes = "probabilities must have the shape of scores, 2 x 3, got 3 x 2";
  EXPECT_EQ(refusal([&] { softmax(scores_, wrong); }), "softmax: " + shapes);
  EXPECT_EQ(refusal([&] { entmax(scores_, wrong); }), "entmax: " + shapes);
  EXPECT_EQ(refusal([&] { sparsemax(scores_, wrong); }), "sparsemax: " + shapes);
  EXPECT_EQ(refusal([&] { log_softmax(scores_, wrong); }),
            "log_softmax: log_probabilities must have the shape of scores, 2 x 3, got 3 x 2");
  EXPECT_NE(refusal([&] { softmax_vjp(probabilities_, scores_, wrong); }), "");
  EXPECT_NE(refusal([&] { softmax_vjp(probabilities_, Rows<const float>(wrong), to_); }), "");
  EXPECT_NE(refusal([&] { entmax_vjp(probabilities_, Rows<const float>(wrong), to_); }), "");
  EXPECT_NE(refusal([&] { log_softmax_vjp(probabilities_, scores_, wrong); }), "");
}

TEST_F(Refusals, ADegeneracyOrMaskOfAnotherShape) {
  const bool on[6] = {true, true, true, true, true, true};
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.log_degeneracy = one_}); }),
            "softmax: log_degeneracy must be 1 x 3 or 2 x 3, got 1 x 1");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.mask = Rows<const bool>(on, 3, 2)}); }),
            "entmax: mask must be 1 x 3 or 2 x 3, got 3 x 2");
  EXPECT_NE(refusal([&] { softmax_vjp(probabilities_, scores_, to_, {.log_degeneracy = one_}); }),
            "");
  EXPECT_NE(refusal([&] { (void)entropy(three_, {.log_degeneracy = one_}); }), "");
}

TEST_F(Refusals, ASideOutputOfTheWrongLength) {
  std::vector<std::int64_t> three_counts(3);
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.log_partition = three_}); }),
            "softmax: log_partition must have 2 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.entropy = three_}); }),
            "entmax: entropy must have 2 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.support = three_counts}); }),
            "entmax: support must have 2 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.threshold = one_}); }),
            "entmax: threshold must have 2 entries, one per row, got 1");
  EXPECT_EQ(refusal([&] { log_sum_exp(scores_, three_); }),
            "log_sum_exp: log_partition must have 2 entries, one per row, got 3");
}

TEST_F(Refusals, AGradientOfTheWrongLength) {
  EXPECT_EQ(
      refusal([&] { entmax_vjp(probabilities_, scores_, to_, {.grad_temperature = three_}); }),
      "entmax_vjp: grad_temperature must have 1 or 2 entries, got 3");
  EXPECT_EQ(refusal([&] { entmax_vjp(probabilities_, scores_, to_, {.grad_alpha = three_}); }),
            "entmax_vjp: grad_alpha must have 1 or 2 entries, got 3");
  EXPECT_NE(
      refusal([&] { softmax_vjp(probabilities_, scores_, to_, {.grad_log_degeneracy = one_}); }),
      "");
  const std::span<const float> bad = three_;
  EXPECT_EQ(refusal([&] { log_sum_exp_vjp(scores_, bad, to_); }),
            "log_sum_exp_vjp: upstream must have 2 entries, one per row, got 3");
}

TEST_F(Refusals, MoreThanOneRowWhereOneNumberIsReturned) {
  EXPECT_EQ(refusal([&] { (void)log_sum_exp(scores_); }),
            "log_sum_exp: scores must be one row, got 2");
  EXPECT_EQ(refusal([&] { (void)entropy(probabilities_); }),
            "entropy: probabilities must be one row, got 2");
}

TEST_F(Refusals, ANegativeSize) {
  const Rows<const float> no_rows(x_.data(), -1, 3), no_columns(x_.data(), 1, -3);
  EXPECT_EQ(refusal([&] { softmax(no_rows, to_); }),
            "softmax: scores must not have a negative number of rows, got -1");
  EXPECT_EQ(refusal([&] { softmax(no_columns, to_); }),
            "softmax: scores must not have a negative number of columns, got -3");
}

TEST_F(Refusals, ANegativeNumberOfThreads) {
  EXPECT_EQ(refusal([] { set_num_threads(-2); }),
            "set_num_threads: threads must not be negative, got -2");
}

TEST_F(Refusals, LeaveTheOutputAsItWas) {
  EXPECT_NE(refusal([&] { softmax(scores_, to_, {.temperature = -1}); }), "");
  EXPECT_NE(refusal([&] { entmax(scores_, to_, {.alpha = 0}); }), "");
  EXPECT_NE(refusal([&] { entmax(scores_, to_, {.threshold = one_}); }), "");
  EXPECT_EQ(out_, std::vector<float>(6, -7.0f));
}

TEST_F(Refusals, TheLimitsOfTheRangesAreAccepted) {
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.temperature = 0}); }), "");
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.temperature = -0.0}); }), "");
  EXPECT_EQ(refusal([&] { softmax(scores_, to_, {.temperature = kInf}); }), "");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = kInf}); }), "");
  EXPECT_EQ(refusal([&] { entmax(scores_, to_, {.alpha = 5e-324}); }), "");
  EXPECT_EQ(refusal([&] { softmax(Rows<const float>(), Rows<float>()); }), "");
}

}  // namespace
}  // namespace gibbs::testing
