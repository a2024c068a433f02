#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/signed_log_sum_exp.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct SignedLog {
  double log_magnitude = 0, sign = 0;
};

SignedLog signed_log(const std::vector<double>& scores, const std::vector<double>& weights) {
  SignedLog found;
  signed_log_sum_exp(scores, weights, std::span(&found.log_magnitude, 1),
                     std::span(&found.sign, 1));
  return found;
}

TEST(SignedLogSumExp, IsTheSumOfTheDefinition) {
  for (const std::int64_t n : {1, 2, 5, 100, 1000}) {
    const auto scores = normal_scores<double>(n, 2, 71), weights = normal_scores<double>(n, 3, 72);
    long double sum = 0;
    for (std::size_t j = 0; j < scores.size(); ++j) {
      sum += static_cast<long double>(weights[j]) * std::exp(static_cast<long double>(scores[j]));
    }
    const SignedLog found = signed_log(scores, weights);
    EXPECT_NEAR(found.log_magnitude, static_cast<double>(std::log(std::fabs(sum))), 1e-12) << n;
    EXPECT_EQ(found.sign, sum > 0 ? 1 : -1) << n;
  }
}

TEST(SignedLogSumExp, DoesNotOverflowOrUnderflow) {
  EXPECT_NEAR(signed_log({1000, 1000}, {3, -1}).log_magnitude, 1000 + std::log(2.0), 1e-12);
  EXPECT_NEAR(signed_log({-1000, -1000}, {1, -3}).log_magnitude, -1000 + std::log(2.0), 1e-12);
  EXPECT_EQ(signed_log({-1000, -1000}, {1, -3}).sign, -1);
}

TEST(SignedLogSumExp, TermsThatCancelLeaveNothingWithSignZero) {
  const SignedLog found = signed_log({1, 1}, {1, -1});
  EXPECT_EQ(found.log_magnitude, -kInfinity);
  EXPECT_EQ(found.sign, 0);
}

TEST(SignedLogSumExp, ATermOfWeightZeroIsAbsentWhateverItsScore) {
  EXPECT_EQ(signed_log({kInfinity, 2}, {0, 1}).log_magnitude, 2);
  EXPECT_EQ(signed_log({1, 2}, {0, 0}).log_magnitude, -kInfinity);
}

TEST(SignedLogSumExp, InfiniteScoresHaveLimitsUnlessTheyOppose) {
  EXPECT_EQ(signed_log({kInfinity, 1}, {1, -1}).log_magnitude, kInfinity);
  EXPECT_EQ(signed_log({kInfinity, 1}, {-1, 1}).sign, -1);
  EXPECT_TRUE(std::isnan(signed_log({kInfinity, kInfinity}, {1, -1}).log_magnitude));
}

TEST(SignedLogSumExp, InfiniteWeightsHaveLimitsUnlessTheyOppose) {
  for (const double x : {-5.0, 0.0, kInfinity}) {
    for (const double w : {kInfinity, -kInfinity}) {
      const SignedLog found = signed_log({3, x}, {1, w});
      EXPECT_EQ(found.log_magnitude, kInfinity) << x;
      EXPECT_EQ(found.sign, w > 0 ? 1 : -1) << x;
    }
  }
  EXPECT_TRUE(std::isnan(signed_log({0, 0}, {kInfinity, -kInfinity}).log_magnitude));
  EXPECT_TRUE(std::isnan(signed_log({0, kInfinity}, {-kInfinity, 1}).sign));
  EXPECT_TRUE(std::isnan(signed_log({0, -kInfinity}, {1, kInfinity}).log_magnitude));  // inf * 0
  EXPECT_EQ(signed_log({0, 1}, {kInfinity, 0}).log_magnitude, kInfinity);
}

TEST(SignedLogSumExp, ANaNMakesBothNaN) {
  for (const auto& found : {signed_log({kNaN, 1}, {1, 1}), signed_log({1, 1}, {-1, kNaN})}) {
    EXPECT_TRUE(std::isnan(found.log_magnitude));
    EXPECT_TRUE(std::isnan(found.sign));
  }
}

TEST(SignedLogSumExp, WithoutRoomForSignsANegativeSumIsNaN) {
  const std::vector<double> scores{1, 1}, weights{1, -2};
  double log = 0;
  signed_log_sum_exp(scores, weights, std::span(&log, 1));
  EXPECT_TRUE(std::isnan(log));
}

TEST(SignedLogSumExp, WithoutWeightsIsLogSumExp) {
  const std::vector<double> scores{1, 2};
  double log = 0, sign = 0;
  signed_log_sum_exp(scores, {}, std::span(&log, 1), std::span(&sign, 1));
  EXPECT_NEAR(log, std::log(std::exp(1) + std::exp(2)), 1e-15);
  EXPECT_EQ(sign, 1);
}

TEST(SignedLogSumExp, RefusesWeightsOfAnotherShape) {
  const std::vector<double> scores{1, 2}, weights{1};
  double log = 0;
  try {
    signed_log_sum_exp(scores, weights, std::span(&log, 1));
    FAIL() << "accepted";
  } catch (const std::invalid_argument& refusal) {
    EXPECT_EQ(std::string(refusal.what()), "signed_log_sum_exp: weights must be 1 x 2, got 1 x 1");
  }
}

}  // namespace
}  // namespace gibbs::testing
