#include <gtest/gtest.h>

#include <array>
#include <gibbs/gibbs.hpp>
#include <gibbs/per_row.hpp>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(PerRow, ANumberIsTheSameForEveryRowAndARangeIsReadByRow) {
  const PerRow one = 2.5;
  EXPECT_TRUE(one.is_one_number());
  EXPECT_EQ(one.size(), 1);
  EXPECT_EQ(one[0], 2.5);
  EXPECT_EQ(one[1000000], 2.5);
  const std::array<double, 3> values{1, 2, 3};
  const PerRow many = values;
  EXPECT_FALSE(many.is_one_number());
  EXPECT_EQ(many.size(), 3);
  EXPECT_EQ(many[2], 3);
}

TEST(PerRow, ARowWithItsOwnAlphaAndTemperatureIsThatRowAlone) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<double> alphas{1, 2, 1.5, kInf, 0.5, 1, 1.001, 3, 1, 2, 1.5, 1.25};
    const std::vector<double> temperatures{1, 0.5, 0, 1, kInf, 2, 0.1, 10, 0, kInf, 1, 1};
    for (const std::int64_t cols : {1, 4, 10, 33, 200}) {
      const auto rows = static_cast<std::int64_t>(alphas.size());
      const auto scores = normal_scores<T>(rows * cols, 1, 191);
      const Mapped<T> together = map_rows<T>(Rows<const T>(scores.data(), rows, cols),
                                             {.alpha = alphas, .temperature = temperatures});
      for (std::int64_t i = 0; i < rows; ++i) {
        const auto row = static_cast<std::size_t>(i);
        const Mapped<T> alone =
            map_rows<T>(Rows<const T>(scores.data() + i * cols, 1, cols),
                        {.alpha = alphas[row], .temperature = temperatures[row]});
        const auto first = together.probabilities.begin() + i * cols;
        ASSERT_TRUE(same_bits(std::vector<T>(first, first + cols), alone.probabilities)) << i;
        EXPECT_TRUE(same_bits(std::vector{together.log_partition[row]}, alone.log_partition)) << i;
        EXPECT_TRUE(same_bits(std::vector{together.entropy[row]}, alone.entropy)) << i;
        EXPECT_TRUE(same_bits(std::vector{together.threshold[row]}, alone.threshold)) << i;
        EXPECT_EQ(together.support[row], alone.support[0]) << i;
      }
    }
  });
}

TEST(PerRow, ARowOfADerivativeWithItsOwnParametersIsThatRowAlone) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<double> alphas{1, 2, 1.5, kInf, 0.5, 1.001};
    const std::vector<double> temperatures{1, 0.5, 2, 1, 3, kInf};
    const std::int64_t rows = 6, cols = 50;
    std::vector<T> p(static_cast<std::size_t>(rows * cols), from_double<T>(1.0 / 64));
    p[70] = from_double<T>(0);
    const auto v = normal_scores<T>(rows * cols, 1, 192);
    std::vector<T> together(p.size()), alone(cols);
    std::vector<W> grad_t(rows), grad_alpha(rows), one_t(1), one_alpha(1);
    EntmaxVjpOptions<T> options{.alpha = alphas, .temperature = temperatures};
    options.grad_temperature = grad_t;
    options.grad_alpha = grad_alpha;
    entmax_vjp(Rows<const T>(p.data(), rows, cols), Rows<const T>(v.data(), rows, cols),
               Rows<T>(together.data(), rows, cols), options);
    for (std::size_t i = 0; i < 6; ++i) {
      EntmaxVjpOptions<T> of_row{.alpha = alphas[i], .temperature = temperatures[i]};
      of_row.grad_temperature = one_t;
      of_row.grad_alpha = one_alpha;
      entmax_vjp(Rows<const T>(p.data() + 50 * i, 1, cols),
                 Rows<const T>(v.data() + 50 * i, 1, cols), alone, of_row);
      const auto first = together.begin() + static_cast<std::ptrdiff_t>(50 * i);
      EXPECT_TRUE(same_bits(std::vector<T>(first, first + cols), alone)) << i;
      EXPECT_TRUE(same_bits(std::vector{grad_t[i]}, one_t)) << i;
      EXPECT_TRUE(same_bits(std::vector{grad_alpha[i]}, one_alpha)) << i;
    }
  });
}

TEST(PerRow, SoftmaxAndLogSumExpTakeATemperaturePerRow) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<double> temperatures{1, 2, 0.5};
    const auto scores = normal_scores<T>(3 * 20, 1, 193);
    std::vector<W> log_z(3);
    log_sum_exp(Rows<const T>(scores.data(), 3, 20), log_z, {.temperature = temperatures});
    for (std::size_t i = 0; i < 3; ++i) {
      const double alone = log_sum_exp(Rows<const T>(scores.data() + 20 * i, 1, 20),
                                       {.temperature = temperatures[i]});
      EXPECT_EQ(log_z[i], static_cast<W>(alone));
    }
    EXPECT_NE(log_z[0], log_z[1]);
  });
}

}  // namespace
}  // namespace gibbs::testing
