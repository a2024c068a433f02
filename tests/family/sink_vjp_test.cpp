// The derivative of softmax with a sink: by every parameter, against finite differences.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/family/sink.hpp>
#include <gibbs/gibbs.hpp>
#include <numeric>
#include <vector>

#include "support/bars.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"
#include "support/vjp_reference.hpp"

namespace gibbs::testing {
namespace {

// A batch of probabilities of a sink, and a call of the derivative with every output.
template <Score T>
struct Call {
  using W = working_t<T>;
  std::int64_t rows, cols;
  std::vector<T> p, v, grad;
  std::vector<W> sink_probability, log_g, grad_log_g, grad_temperature, grad_sink;
  SinkVjpOptions<T> options;

  Call(std::int64_t row_count, std::int64_t col_count, const SinkOptions<T>& of_map,
       std::vector<W> log_degeneracy = {})
      : rows(row_count),
        cols(col_count),
        p(normal_scores<T>(rows * cols, 1, 331)),
        v(normal_scores<T>(rows * cols, 1, 332)),
        grad(p.size()),
        sink_probability(static_cast<std::size_t>(rows)),
        log_g(std::move(log_degeneracy)),
        grad_log_g(p.size()),
        grad_temperature(sink_probability.size()),
        grad_sink(sink_probability.size()) {
    SinkOptions<T> map = of_map;
    map.sink_probability = sink_probability;
    if (!log_g.empty()) map.log_degeneracy = options.log_degeneracy = log_g;
    sink_softmax(given(), Rows<T>(p.data(), rows, cols), map);
    options.temperature = of_map.temperature;
    options.sink_probability = sink_probability;
    options.grad_temperature = grad_temperature;
    options.grad_sink = grad_sink;
    options.grad_log_degeneracy = Rows<W>(grad_log_g.data(), rows, cols);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() = default;

  Rows<const T> given() const { return {p.data(), rows, cols}; }
  Rows<const T> upstream() const { return {v.data(), rows, cols}; }
  void run() { sink_softmax_vjp(given(), upstream(), Rows<T>(grad.data(), rows, cols), options); }
};

TEST(SinkVjp, IsTheFiniteDifferenceOfTheReference) {
  on_every_target([] {
    for (const double t : {0.5, 1.0, 3.0}) {
      const std::vector<double> log_g = normal_scores<double>(9, 0.7, 333);
      Problem problem;
      problem.scores = widened(normal_scores<double>(9, 1, 331));
      problem.scores.push_back(0.75L);
      problem.log_degeneracy = widened(log_g);
      problem.log_degeneracy.push_back(0);
      problem.temperature = t;
      auto v = widened(normal_scores<double>(9, 1, 332));
      v.push_back(0);
      const Gradient exact = numeric_vjp(problem, v);
      Call<double> call(1, 9, {.sink = 0.75, .temperature = t}, log_g);
      call.run();
      for (std::size_t i = 0; i < 9; ++i) {
        EXPECT_TRUE(near(call.grad[i], exact.scores[i], 1e-10)) << t;
        EXPECT_TRUE(near(call.grad_log_g[i], exact.log_degeneracy[i], 1e-10)) << t;
      }
      EXPECT_TRUE(near(call.grad_sink[0], exact.scores[9], 1e-10)) << t;
      EXPECT_TRUE(near(call.grad_temperature[0], exact.temperature, 1e-10)) << t;
      EXPECT_GT(std::abs(call.grad_sink[0]), 1e-3) << t;
    }
  });
}

// 16 ulp of the size of the terms, and a rounding to the short types.
TEST(SinkVjp, IsTheClosedFormToRoundingAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t n : {1, 2, 7, 16, 47, 48, 100, 257, 1000}) {
      Call<T> call(1, n, {.sink = 1.5, .temperature = 1.25});
      call.run();
      VjpProblem problem{widened(call.p), widened(call.v), 1, 1.25L};
      problem.probabilities.push_back(call.sink_probability[0]);
      problem.upstream.push_back(0);
      const auto [value, scale] = closed_vjp(problem);
      const long double unit = 16 * ulp_at<W>(1) * fma_factor();
      const auto last = static_cast<std::size_t>(n);
      for (std::size_t i = 0; i < last; ++i) {
        const long double rounding = sizeof(T) == 2 ? ulp_at<T>(value.scores[i]) : 0;
        EXPECT_TRUE(near(to_double(call.grad[i]), value.scores[i],
                         unit * scale.scores[i] + rounding + ulp_at<W>(0)));
      }
      EXPECT_TRUE(near(call.grad_sink[0], value.scores[last], unit * scale.scores[last]));
      EXPECT_TRUE(near(call.grad_temperature[0], value.temperature, unit * scale.temperature));
    }
  });
}

TEST(SinkVjp, GradSinkIsMinusItsShareOfTheMean) {
  Call<double> call(1, 6, {.sink = -0.5, .temperature = 2.0});
  call.run();
  const double mean = std::inner_product(call.p.begin(), call.p.end(), call.v.begin(), 0.0);
  EXPECT_NEAR(call.grad_sink[0], -call.sink_probability[0] * mean / 2, 1e-15);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(call.grad[i], call.p[i] * (call.v[i] - mean) / 2, 1e-15);
  }
}

TEST(SinkVjp, OneNumberIsTheSumOfThoseOfTheRows) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<double> sinks{0, 1, -2, 3, 0.5}, temperatures{1, 2, 0.5, 1, 3};
    Call<T> call(5, 20, {.sink = sinks, .temperature = temperatures},
                 normal_scores<W>(20, 0.5, 334));
    call.run();
    std::vector<T> grad(call.grad.size());
    std::vector<W> sink(1), temperature(1), log_g(20);
    SinkVjpOptions<T> options = call.options;
    options.grad_sink = sink;
    options.grad_temperature = temperature;
    options.grad_log_degeneracy = log_g;
    sink_softmax_vjp(call.given(), call.upstream(), Rows<T>(grad.data(), 5, 20), options);
    const auto small = 8 * static_cast<double>(ulp_at<W>(1));
    const auto sum = [](const std::vector<W>& all) {
      return std::accumulate(all.begin(), all.end(), 0.0);
    };
    EXPECT_NEAR(sink[0], sum(call.grad_sink), small);
    EXPECT_NEAR(temperature[0], sum(call.grad_temperature), small);
    for (std::size_t j = 0; j < 20; ++j) {
      double of_column = 0;
      for (std::size_t i = 0; i < 5; ++i)
        of_column += static_cast<double>(call.grad_log_g[20 * i + j]);
      EXPECT_NEAR(log_g[j], of_column, small);
    }
    EXPECT_TRUE(same_bits(grad, call.grad));
  });
}

TEST(SinkVjp, WhatElseIsAskedForDoesNotChangeTheGradientOfTheScores) {
  on_every_target_and_type([]<Score T>() {
    Call<T> call(4, 70, {});
    call.run();
    std::vector<T> grad(call.grad.size());
    sink_softmax_vjp(call.given(), call.upstream(), Rows<T>(grad.data(), 4, 70),
                     {.sink_probability = call.sink_probability});
    EXPECT_TRUE(same_bits(grad, call.grad));
  });
}

TEST(SinkVjp, TheEdgesAreThoseOfSoftmaxVjp) {
  on_every_target_and_type([]<Score T>() {
    for (const double t : {0.0, std::numeric_limits<double>::infinity()}) {
      Call<T> limit(1, 10, {.temperature = t});
      limit.run();
      for (const T g : limit.grad) EXPECT_EQ(to_double(g), 0);
      EXPECT_EQ(limit.grad_sink[0], 0);
      EXPECT_EQ(limit.grad_temperature[0], 0);
    }
    Call<T> bad(2, 10, {});
    bad.p[3] = from_double<T>(kNan);
    bad.p[12] = from_double<T>(0);
    bad.v[12] = from_double<T>(kNan);  // of no probability
    bad.run();
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(std::isnan(to_double(bad.grad[i])), i < 10);
    EXPECT_TRUE(std::isnan(bad.grad_sink[0]));
    EXPECT_FALSE(std::isnan(bad.grad_sink[1]));
    EXPECT_EQ(to_double(bad.grad[12]), 0);
    Call<T> empty(1, 3, {.sink = -std::numeric_limits<double>::infinity()});
    std::fill(empty.p.begin(), empty.p.end(), from_double<T>(0));
    empty.run();
    for (const T g : empty.grad) EXPECT_EQ(to_double(g), 0);
    EXPECT_EQ(empty.grad_sink[0], 0);
  });
}

TEST(SinkVjp, NeitherLayoutNorPlaceChangeABit) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t rows : {1, 7, 40}) {
      for (const std::int64_t cols : {5, 64, 200}) {
        Call<T> call(rows, cols, {});
        call.run();
        for (const Layout& layout : kLayouts) {
          Batch<T> p(rows, cols, layout), v(rows, cols, layout);
          fill(p, call.p);
          fill(v, call.v);
          sink_softmax_vjp(p.input(), v.input(), v.view(),
                           {.sink_probability = call.sink_probability});
          ASSERT_TRUE(same_bits(values_of(v), call.grad)) << layout.name;
          EXPECT_EQ(v.guards_touched(), 0) << layout.name;
        }
      }
    }
  });
}

TEST(SinkVjp, WhatCannotBeDerivedIsRefused) {
  Call<float> call(2, 3, {});
  const auto with = [&](const SinkVjpOptions<float>& options) {
    return refusal([&] {
      sink_softmax_vjp(call.given(), call.upstream(), Rows<float>(call.grad.data(), 2, 3), options);
    });
  };
  EXPECT_EQ(with({}), "sink_softmax_vjp: sink_probability must have 2 entries, one per row, got 0");
  auto options = call.options;
  std::vector<float> three(3);
  options.grad_sink = three;
  EXPECT_EQ(with(options), "sink_softmax_vjp: grad_sink must have 1 or 2 entries, got 3");
  options = call.options;
  options.temperature = -1.0;
  EXPECT_EQ(with(options), "sink_softmax_vjp: temperature must not be negative, got -1");
}

}  // namespace
}  // namespace gibbs::testing
