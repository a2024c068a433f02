#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/log_sum_exp.hpp>

#include "support/bars.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
double error_of(const std::vector<T>& scores, double temperature,
                const std::vector<working_t<T>>& log_g = {}) {
  using W = working_t<T>;
  MapOptions<T> options;
  options.temperature = temperature;
  if (!log_g.empty()) options.log_degeneracy = log_g;
  const auto got = static_cast<W>(log_sum_exp(scores, options));
  const Solution exact = solve({widened(scores), 1, temperature, widened(log_g), {}});
  return ulps_of_log(got, exact.log_partition);
}

TEST(LogSumExp, IsExactWithinTheBarAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    for (std::int64_t n = 1; n <= 70; ++n) {
      ASSERT_LE(error_of(normal_scores<T>(n, 2, 41), 1), softmax_bar<working_t<T>>()) << n;
    }
    for (const std::int64_t n : {100, 257, 1000, 4097, 33000}) {
      ASSERT_LE(error_of(normal_scores<T>(n, 2, 42), 1), softmax_bar<working_t<T>>()) << n;
    }
  });
}

TEST(LogSumExp, IsExactWithinTheBarOnWideRowsAtEveryTemperature) {
  on_every_target_and_type([]<Score T>() {
    for (const double t : {1e-3, 0.1, 0.3, 0.5, 0.7, 1.0, 1.9, 3.7, 10.0, 1e3}) {
      for (const double half_width : {1.0, 40.0, 1000.0}) {
        ASSERT_LE(error_of(uniform_scores<T>(100, half_width, 43), t), softmax_bar<working_t<T>>())
            << "+-" << half_width << " T " << t;
      }
    }
  });
}

// max x / T and the logarithm of the sum nearly cancel here.
TEST(LogSumExp, IsExactWithinTheBarNearZero) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {2, 10, 1000, 50000}) {
      const auto value = static_cast<T>(-std::log(static_cast<double>(n)));
      const std::vector<T> scores(static_cast<std::size_t>(n), value);
      ASSERT_LE(error_of(scores, 1), softmax_bar<T>()) << n;
    }
  });
}

// log(1 + exp(-40)) is exp(-40), of which a sum that holds the 1 keeps nothing.
TEST(LogSumExp, KeepsASmallRestBesideATermOfOne) {
  const std::vector<double> scores{-40, 0, -50};
  const double rest = std::exp(-40.0) + std::exp(-50.0);
  EXPECT_NEAR(log_sum_exp(scores) / rest, 1, 1e-15);
  EXPECT_NEAR(log_sum_exp(scores, {.temperature = 2}) / (std::exp(-20.0) + std::exp(-25.0)), 1,
              1e-8);
  const std::vector<float> in_float{0, -40};
  EXPECT_NEAR(log_sum_exp(in_float) / std::exp(-40.0), 1, 1e-7);
  // log2(e) / T is rounded once, and counts 29-fold in this exponent.
  EXPECT_NEAR(log_sum_exp(in_float, {.temperature = 2}) / std::exp(-20.0), 1, 29 * 0x1p-24);
}

TEST(LogSumExp, IsExactWithinTheBarWithDegeneracies) {
  on_every_target_and_type([]<Score T>() {
    const auto log_g = uniform_scores<working_t<T>>(100, 30, 44);
    for (const double t : {0.1, 1.0, 7.0}) {
      ASSERT_LE(error_of(normal_scores<T>(100, 2, 45), t, log_g), softmax_bar<working_t<T>>());
    }
  });
}

TEST(LogSumExp, OfOneScoreIsTheScoreOverTheTemperature) {
  on_every_target_for<double, float>([]<Score T>() {
    MapOptions<T> options;
    options.temperature = 0.5;
    EXPECT_EQ(log_sum_exp(std::vector<T>{3}, options), 6);
  });
}

TEST(LogSumExp, AddingAConstantAddsItToTheAnswer) {
  on_every_target_for<double, float>([]<Score T>() {
    const double at_zero = log_sum_exp(std::vector<T>{0, 1, 2.5});
    const double at_nine = log_sum_exp(std::vector<T>{9, 10, 11.5});
    EXPECT_LE(ulps_of_log(static_cast<T>(at_nine), at_zero + 9), 2 * softmax_bar<T>());
  });
}

TEST(LogSumExp, IsBetweenTheMaximumAndTheMaximumPlusLogN) {
  on_every_target_and_type([]<Score T>() {
    const auto scores = normal_scores<T>(300, 2, 46);
    double top = -1e300;
    for (const T x : scores) top = std::max(top, to_double(x));
    const double log_z = log_sum_exp(scores);
    EXPECT_GE(log_z, top);
    EXPECT_LE(log_z, top + std::log(300.0));
  });
}

TEST(LogSumExp, OfRowsIsThatOfEachRow) {
  on_every_target_and_type([]<Score T>() {
    const auto scores = normal_scores<T>(5 * 33, 2, 47);
    std::vector<working_t<T>> log_z(5);
    log_sum_exp(Rows<const T>(scores.data(), 5, 33), log_z);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(log_z[i], log_sum_exp(Rows<const T>(scores.data() + 33 * i, 1, 33)));
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
