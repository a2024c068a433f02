#include <gtest/gtest.h>

#include <gibbs/log_softmax.hpp>

#include "support/bars.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// The largest error of log_softmax in ulp of max(1, |log p|).
template <Score T>
double worst_error(const std::vector<T>& scores, double temperature,
                   const std::vector<working_t<T>>& log_g = {}) {
  MapOptions<T> options;
  options.temperature = temperature;
  if (!log_g.empty()) options.log_degeneracy = log_g;
  std::vector<T> log_p(scores.size());
  log_softmax(scores, log_p, options);
  const Solution exact = solve({widened(scores), 1, temperature, widened(log_g), {}});
  double worst = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    worst = std::max(worst, ulps_of_log(log_p[i], exact.log_probabilities[i]));
  }
  return worst;
}

TEST(LogSoftmax, IsExactWithinTheBarAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    for (std::int64_t n = 1; n <= 70; ++n) {
      ASSERT_LE(worst_error(normal_scores<T>(n, 2, 31), 1), softmax_bar<T>()) << n << " columns";
    }
    for (const std::int64_t n : {100, 257, 1000, 4097, 33000}) {
      ASSERT_LE(worst_error(normal_scores<T>(n, 2, 32), 1), softmax_bar<T>()) << n << " columns";
    }
  });
}

TEST(LogSoftmax, IsExactWithinTheBarOnWideRowsAtEveryTemperature) {
  on_every_target_and_type([]<Score T>() {
    for (const double t : {1e-3, 0.1, 0.3, 0.5, 0.7, 1.0, 1.9, 3.7, 10.0, 1e3}) {
      for (const double half_width : {1.0, 40.0, 1000.0}) {
        ASSERT_LE(worst_error(uniform_scores<T>(100, half_width, 33), t), softmax_bar<T>())
            << "+-" << half_width << " T " << t;
      }
    }
  });
}

TEST(LogSoftmax, IsExactWithinTheBarWithDegeneracies) {
  on_every_target_and_type([]<Score T>() {
    const auto log_g = uniform_scores<working_t<T>>(100, 30, 34);
    for (const double t : {0.1, 1.0, 7.0}) {
      ASSERT_LE(worst_error(normal_scores<T>(100, 2, 35), t, log_g), softmax_bar<T>()) << "T " << t;
    }
  });
}

TEST(LogSoftmax, KeepsWhatUnderflowsInSoftmax) {
  on_every_target_for<double, float>([]<Score T>() {
    std::vector<T> log_p(2);
    log_softmax(std::vector<T>{0, -5000}, log_p);
    EXPECT_EQ(log_p[0], 0);
    EXPECT_EQ(log_p[1], -5000);
  });
}

TEST(LogSoftmax, ASumOfItsExponentialsIsOne) {
  on_every_target_for<double, float>([]<Score T>() {
    const auto scores = normal_scores<T>(1000, 2, 36);
    std::vector<T> log_p(scores.size());
    log_softmax(scores, log_p);
    std::vector<long double> p;
    for (const T value : log_p) p.push_back(std::exp(static_cast<long double>(value)));
    const double largest_log = 16;  // its ulp is that of every log p here, at most
    EXPECT_NEAR(static_cast<double>(accurate_sum(p)), 1,
                softmax_bar<T>() * static_cast<double>(ulp_at<T>(largest_log)));
  });
}

}  // namespace
}  // namespace gibbs::testing
