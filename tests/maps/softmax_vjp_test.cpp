// The derivatives of softmax, log_softmax and log_sum_exp.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>

#include "support/bars.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"
#include "support/vjp_reference.hpp"

namespace gibbs::testing {
namespace {

Problem problem_of(std::int64_t n, double temperature) {
  Problem problem;
  problem.scores = widened(normal_scores<float>(n, 1, 141));
  problem.temperature = temperature;
  problem.log_degeneracy = widened(normal_scores<float>(n, 1, 142));
  problem.log_degeneracy[static_cast<std::size_t>(n / 2)] = -kInfinity;
  return problem;
}

// What a call of one of the three wrote.
template <Score T>
struct Call {
  explicit Call(const Problem& problem)
      : grad(problem.scores.size()),
        log_g(converted<working_t<T>>(problem.log_degeneracy)),
        grad_log_g(problem.scores.size()) {
    options.temperature = static_cast<double>(problem.temperature);
    options.log_degeneracy = log_g;
    options.grad_temperature = grad_temperature;
    options.grad_log_degeneracy = grad_log_g;
  }
  Gradient gradient() const { return {widened(grad), widened(grad_log_g), grad_temperature[0], 0}; }
  std::vector<T> grad;
  std::vector<working_t<T>> log_g, grad_log_g;
  std::vector<working_t<T>> grad_temperature = std::vector<working_t<T>>(1);
  VjpOptions<T> options;
};

void expect_near(const Gradient& got, const Gradient& exact, double bar) {
  for (std::size_t i = 0; i < got.scores.size(); ++i) {
    EXPECT_TRUE(near(got.scores[i], exact.scores[i], bar)) << i;
    EXPECT_TRUE(near(got.log_degeneracy[i], exact.log_degeneracy[i], bar)) << i;
  }
  EXPECT_TRUE(near(got.temperature, exact.temperature, bar));
}

// The bar of one test: sizes of the terms are below 30 here, and the differences are good to 1e-11.
template <Score T>
double bar() {
  return std::max(1e-11, 30 * 8 * static_cast<double>(ulp_at<T>(1)) * fma_factor());
}

TEST(SoftmaxVjp, IsTheFiniteDifferenceOfTheReference) {
  const auto v = widened(normal_scores<float>(13, 1, 143));
  for (const double temperature : {0.5, 1.0, 4.0}) {
    const Problem problem = problem_of(13, temperature);
    const Gradient numeric = numeric_vjp(problem, v);
    on_every_target_and_type([&]<Score T>() {
      Call<T> call(problem);
      softmax_vjp(converted<T>(solve(problem).probabilities), converted<T>(v), call.grad,
                  call.options);
      expect_near(call.gradient(), numeric, bar<T>());
    });
  }
}

TEST(LogSoftmaxVjp, IsTheFiniteDifferenceOfTheReference) {
  const auto v = widened(normal_scores<float>(13, 1, 144));
  for (const double temperature : {0.5, 1.0, 4.0}) {
    const Problem problem = problem_of(13, temperature);
    const Gradient numeric = numeric_log_vjp(problem, v);
    on_every_target_and_type([&]<Score T>() {
      Call<T> call(problem);
      log_softmax_vjp(converted<T>(solve(problem).log_probabilities), converted<T>(v), call.grad,
                      call.options);
      expect_near(call.gradient(), numeric, bar<T>());
    });
  }
}

TEST(LogSoftmaxVjp, IsTheClosedFormAtEveryLength) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 64, 65, 129, 1000}) {
      Problem problem = problem_of(n, 1.5);
      if (n == 1) problem.log_degeneracy = {0};
      const auto log_p = converted<T>(solve(problem).log_probabilities);
      const auto v = normal_scores<T>(n, 1, 145);
      Call<T> call(problem);
      log_softmax_vjp(log_p, v, call.grad, call.options);
      const ScaledGradient exact =
          closed_log_vjp({widened(log_p), widened(v), 1, 1.5L, problem.log_degeneracy});
      for (std::size_t i = 0; i < log_p.size(); ++i) {
        EXPECT_LE(std::abs(call.grad[i] - exact.value.scores[i]),
                  16 * fma_factor() * ulp_at<T>(1) * exact.scale.scores[i])
            << n << " columns";
      }
      EXPECT_LE(std::abs(call.grad_temperature[0] - exact.value.temperature),
                16 * fma_factor() * ulp_at<T>(1) * exact.scale.temperature)
          << n << " columns";
    }
  });
}

TEST(LogSumExpVjp, IsTheFiniteDifferenceOfTheReference) {
  for (const double temperature : {0.5, 1.0, 4.0}) {
    const Problem problem = problem_of(13, temperature);
    on_every_target_and_type([&]<Score T>() {
      using W = working_t<T>;
      const Problem seen = rounded_to<T>(problem);
      const Gradient numeric = numeric_log_partition_vjp(seen, -1.7L);
      Call<T> call(seen);
      const auto x = converted<T>(seen.scores);
      const std::vector<W> upstream{static_cast<W>(-1.7)};
      log_sum_exp_vjp(x, std::span<const W>(upstream), call.grad, call.options);
      expect_near(call.gradient(), numeric, bar<T>());
    });
  }
}

// The gradient of log Z in the scores at T = 1 is the probability itself.
TEST(LogSumExpVjp, IsSoftmaxAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t n : {1, 2, 5, 8, 16, 17, 64, 100, 1000, 40000}) {
      const auto x = normal_scores<T>(n, 2, 146);
      const std::vector<W> one{1};
      std::vector<T> p(x.size()), grad(x.size());
      softmax(x, p);
      log_sum_exp_vjp(x, std::span<const W>(one), grad);
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_LE(ulps(grad[i], to_double(p[i])), 2 * softmax_bar<T>()) << n << " columns";
      }
    }
  });
}

TEST(SoftmaxVjp, GradientsOverABatchAreSummedWhereOneNumberIsAsked) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::int64_t rows = 6, cols = 21;
    std::vector<T> p(static_cast<std::size_t>(rows * cols)), grad(p.size());
    softmax(Rows<const T>(normal_scores<T>(rows * cols, 1, 147).data(), rows, cols),
            Rows<T>(p.data(), rows, cols));
    const auto v = normal_scores<T>(rows * cols, 1, 148);
    std::vector<W> per_row(rows), sum(1), per_state(p.size()), per_column(cols);
    VjpOptions<T> each, all;
    each.grad_temperature = per_row;
    each.grad_log_degeneracy = Rows<W>(per_state.data(), rows, cols);
    all.grad_temperature = sum;
    all.grad_log_degeneracy = per_column;
    for (const VjpOptions<T>& options : {each, all}) {
      softmax_vjp(Rows<const T>(p.data(), rows, cols), Rows<const T>(v.data(), rows, cols),
                  Rows<T>(grad.data(), rows, cols), options);
    }
    EXPECT_TRUE(near(to_double(sum[0]), static_cast<double>(accurate_sum(widened(per_row))), 1e-5));
    for (std::size_t j = 0; j < per_column.size(); ++j) {
      double expected = 0;
      for (std::size_t i = 0; i < 6; ++i) expected += to_double(per_state[i * 21 + j]);
      EXPECT_TRUE(near(to_double(per_column[j]), expected, 1e-6));
    }
    EXPECT_GT(std::abs(to_double(sum[0])), 1e-3);
  });
}

// Short rows are reduced in groups, and large batches written around the caches.
TEST(SoftmaxVjp, ARowOfABatchHasTheBitsThatItHasAlone) {
  on_every_target([] {
    struct Shape {
      std::int64_t rows, cols, stride;
    };
    for (const Shape& shape :
         {Shape{33, 25, 25}, {47, 64, 67}, {18, 128, 128}, {18, 129, 131}, {66000, 64, 64}}) {
      const std::int64_t rows = shape.rows, cols = shape.cols, stride = shape.stride;
      auto p = normal_scores<float>(rows * stride, 2, 307);
      const auto v = normal_scores<float>(rows * stride, 2, 308);
      softmax(Rows<const float>(p.data(), rows, cols, stride, 1),
              Rows<float>(p.data(), rows, cols, stride, 1));
      p[static_cast<std::size_t>(3 * stride + cols - 1)] = std::numeric_limits<float>::quiet_NaN();
      std::fill_n(p.data() + 5 * stride, cols, 0.0f);
      std::vector<float> all(p.size()), alone(static_cast<std::size_t>(cols));
      const auto given = [&](std::int64_t i, std::int64_t n) {
        return Rows<const float>(p.data() + i * stride, n, cols, stride, 1);
      };
      const auto upstream = [&](std::int64_t i, std::int64_t n) {
        return Rows<const float>(v.data() + i * stride, n, cols, stride, 1);
      };
      softmax_vjp(given(0, rows), upstream(0, rows),
                  Rows<float>(all.data(), rows, cols, stride, 1));
      for (std::int64_t i = 0; i < rows; i += rows < 100 ? 1 : 997) {
        softmax_vjp(given(i, 1), upstream(i, 1), Rows<float>(alone.data(), 1, cols));
        const auto* row = all.data() + i * stride;
        ASSERT_TRUE(same_bits(std::vector<float>(row, row + cols), alone))
            << "row " << i << " of " << rows << " x " << cols;
      }
      ASSERT_TRUE(std::isnan(all[static_cast<std::size_t>(3 * stride)]));
      ASSERT_EQ(all[static_cast<std::size_t>(5 * stride)], 0);
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
