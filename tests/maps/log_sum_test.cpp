#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/log_sum.hpp>
#include <vector>

#include "support/random.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

LogSum of(double x) { return {x, 1}; }

TEST(LogSum, OfNoTermIsMinusInfinity) { EXPECT_EQ(LogSum{}.log(), -kInfinity); }

TEST(LogSum, TheNeutralElementChangesNothing) {
  for (const LogSum& a : {of(3), of(-kInfinity), of(kInfinity), LogSum{}}) {
    EXPECT_EQ(merge(a, LogSum{}).log(), a.log());
    EXPECT_EQ(merge(LogSum{}, a).log(), a.log());
  }
}

TEST(LogSum, MergingIsAddingTheExponentials) {
  EXPECT_DOUBLE_EQ(merge(of(0), of(0)).log(), std::log(2.0));
  EXPECT_DOUBLE_EQ(merge(of(1), of(3)).log(), std::log(std::exp(1.0) + std::exp(3.0)));
  EXPECT_DOUBLE_EQ(merge(of(3), of(1)).log(), std::log(std::exp(1.0) + std::exp(3.0)));
  EXPECT_DOUBLE_EQ(merge(of(1000), of(1000)).log(), 1000 + std::log(2.0));
  EXPECT_DOUBLE_EQ(merge(of(-1000), of(-1000)).log(), -1000 + std::log(2.0));
}

TEST(LogSum, AnyOrderAndAnyBracketsGiveTheSameUpToRounding) {
  Random random(211);
  std::vector<LogSum> parts;
  LogSum forward, backward;
  for (int i = 0; i < 100; ++i) parts.push_back(of(random.normal(20)));
  for (std::size_t i = 0; i < 100; ++i) {
    forward = merge(forward, parts[i]);
    backward = merge(parts[99 - i], backward);
  }
  for (std::size_t width = 1; width < 100; width *= 2) {
    for (std::size_t i = 0; i + width < 100; i += 2 * width) {
      parts[i] = merge(parts[i], parts[i + width]);
    }
  }
  EXPECT_NEAR(forward.log(), backward.log(), 1e-13);
  EXPECT_NEAR(forward.log(), parts[0].log(), 1e-13);
}

TEST(LogSum, ANanInEitherPartMakesTheWholeNan) {
  const LogSum nan{kNan, kNan};
  for (const LogSum& a : {of(1), of(-kInfinity), of(kInfinity), LogSum{}}) {
    EXPECT_TRUE(std::isnan(merge(a, nan).log()));
    EXPECT_TRUE(std::isnan(merge(nan, a).log()));
    EXPECT_TRUE(std::isnan(merge(a, {1, kNan}).log()));
    EXPECT_TRUE(std::isnan(merge({1, kNan}, a).log()));
  }
}

TEST(LogSum, InfiniteTermsAreCounted) {
  const LogSum two = merge(of(kInfinity), of(kInfinity));
  EXPECT_EQ(two.max, kInfinity);
  EXPECT_EQ(two.sum, 2);
  EXPECT_EQ(two.log(), kInfinity);
  const LogSum one = merge(of(5), of(kInfinity));
  EXPECT_EQ(one.sum, 1);
  EXPECT_EQ(one.log(), kInfinity);
}

}  // namespace
}  // namespace gibbs::testing
