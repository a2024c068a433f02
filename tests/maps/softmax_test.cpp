#include <gtest/gtest.h>

#include <algorithm>
#include <gibbs/softmax.hpp>
#include <limits>
#include <numeric>

#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// One below, at and above every vector width and loop length, and both sides of a cache block.
std::vector<std::int64_t> lengths() {
  std::vector<std::int64_t> all(70);
  std::iota(all.begin(), all.end(), 1);
  for (const std::int64_t n : {100, 127, 128, 129, 255, 256, 257, 511, 513, 1000, 4095, 4097}) {
    all.push_back(n);
  }
  return all;
}

template <Score T>
std::vector<T> softmax_of(const std::vector<T>& scores, const MapOptions<T>& options = {}) {
  std::vector<T> p(scores.size());
  softmax(scores, p, options);
  return p;
}

template <Score T>
Problem problem_of(const std::vector<T>& scores, double temperature = 1) {
  Problem problem;
  problem.scores = widened(scores);
  problem.temperature = temperature;
  return problem;
}

TEST(Softmax, IsExactWithinTheBarAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : lengths()) {
      ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(n, 2, 11))));
    }
  });
}

TEST(Softmax, IsExactWithinTheBarOnWideRows) {
  on_every_target_and_type([]<Score T>() {
    for (const double half_width : {10.0, 40.0, 80.0, 300.0}) {
      const auto scores = uniform_scores<T>(1000, half_width, 12);
      ASSERT_TRUE(row_is_close<T>(problem_of(scores))) << "+-" << half_width;
    }
  });
}

TEST(Softmax, IsExactWithinTheBarAtEveryTemperature) {
  on_every_target_and_type([]<Score T>() {
    for (const double t : {1e-3, 0.0123, 0.1, 0.3, 0.5, 0.7, 1.1, 1.9, 2.0, 3.7, 10.0, 1e2, 1e3}) {
      ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(257, 2, 13), t)));
      ASSERT_TRUE(row_is_close<T>(problem_of(uniform_scores<T>(100, 40 * t, 14), t)));
    }
  });
}

TEST(Softmax, IsExactWithinTheBarFarFromZero) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double offset : {100.0, -100.0, 1e4, -1e4, 1e6, 1e30, -1e30}) {
      std::vector<T> scores = normal_scores<T>(65, 2, 15);
      for (T& x : scores) x = static_cast<T>(x + offset);
      ASSERT_TRUE(row_is_close<T>(problem_of(scores))) << offset;
    }
  });
}

// The exponentials of such rows are kept relative to the maximum of their own block.
TEST(Softmax, IsExactWithinTheBarWhereBlocksOfALongRowAreFarBelow) {
  on_every_target_for<float, double>([]<Score T>() {
    const double deepest = sizeof(T) == 4 ? 100 : 740;
    for (const double depth : {0.4, 0.6, 0.7, 0.8, 0.88, 1.0}) {
      std::vector<T> scores = normal_scores<T>(40000, 2, 18);
      for (std::size_t i = 9000; i < 30000; ++i) {
        scores[i] = static_cast<T>(scores[i] - depth * deepest);
      }
      std::fill(scores.begin() + 32000, scores.begin() + 37000,
                -std::numeric_limits<T>::infinity());
      expect_long_row_is_close<T>(problem_of(scores));
    }
  });
}

TEST(Softmax, IsExactWithinTheBarOnLongRows) {
  for (const std::int64_t n : {32768, 32769, 65537, 131072}) {
    expect_long_row_is_close<float>(problem_of(normal_scores<float>(n, 2, 16)));
    expect_long_row_is_close<double>(problem_of(normal_scores<double>(n, 2, 16)));
  }
  expect_long_row_is_close<float>(problem_of(uniform_scores<float>(131072, 40, 17)));
  expect_long_row_is_close<double>(problem_of(uniform_scores<double>(131072, 40, 17)));
}

TEST(Softmax, IsExactWithinTheBarOnFourMillionColumns) {
  expect_long_row_is_close<float>(problem_of(normal_scores<float>(std::int64_t{1} << 22, 2, 18)));
}

TEST(Softmax, ProbabilitiesSumToOne) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {1, 10, 1000, 131072}) {
      const auto p = softmax_of(normal_scores<T>(n, 2, 19));
      const long double bar = std::same_as<T, float> ? 2.4e-7L : 4.5e-16L;
      EXPECT_LE(std::abs(accurate_sum(widened(p)) - 1), bar * fma_factor()) << n << " columns";
    }
  });
}

// Scores are multiples of 1/8 below 8, so that the sums are exact in every type.
TEST(Softmax, AddingAConstantToEveryScoreChangesNothing) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> scores, shifted;
    Random random(20);
    for (int i = 0; i < 100; ++i) {
      const double x = std::floor(random.uniform(0, 32)) / 8;
      scores.push_back(from_double<T>(x));
      shifted.push_back(from_double<T>(x - 16));
    }
    const Solution exact = solve(problem_of(scores));
    for (const auto& row : {scores, shifted}) {
      ASSERT_TRUE(probabilities_are_close(softmax_of(row), problem_of(scores), exact));
    }
  });
}

TEST(Softmax, PermutingTheScoresPermutesTheProbabilities) {
  on_every_target_and_type([]<Score T>() {
    const auto scores = normal_scores<T>(117, 2, 21);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), std::mt19937(22));
    std::vector<T> permuted;
    for (const std::size_t i : order) permuted.push_back(scores[i]);
    const auto p = softmax_of(scores);
    const auto of_permuted = softmax_of(permuted);
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_LE(ulps(of_permuted[i], to_double(p[order[i]])), 2 * softmax_bar<T>());
    }
  });
}

TEST(Softmax, EqualScoresGetTheSameBits) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : lengths()) {
      const std::vector<T> scores(static_cast<std::size_t>(n), from_double<T>(0.7));
      const auto p = softmax_of(scores);
      EXPECT_EQ(
          std::count_if(p.begin(), p.end(), [&](T x) { return to_double(x) == to_double(p[0]); }),
          n);
    }
  });
}

TEST(Softmax, AHigherScoreNeverGetsALowerProbability) {
  on_every_target_and_type([]<Score T>() {
    auto scores = normal_scores<T>(500, 2, 23);
    std::sort(scores.begin(), scores.end(), [](T a, T b) { return to_double(a) < to_double(b); });
    const auto p = softmax_of(scores);
    for (std::size_t i = 1; i < p.size(); ++i) {
      const double rise = to_double(scores[i]) - to_double(scores[i - 1]);
      if (rise > 1e-5) {
        EXPECT_LE(to_double(p[i - 1]), to_double(p[i]));
      }
    }
  });
}

TEST(Softmax, ADegeneracyIsThatManyEqualStates) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::vector<T> merged{1, 0, -1};
    const std::vector<T> log_g{0, static_cast<T>(std::log(2.0L)), static_cast<T>(std::log(3.0L))};
    MapOptions<T> options;
    options.log_degeneracy = log_g;
    const auto p = softmax_of(merged, options);
    const auto q = softmax_of(std::vector<T>{1, 0, 0, -1, -1, -1});
    EXPECT_LE(ulps(p[0], q[0]), 2 * softmax_bar<T>());
    EXPECT_LE(ulps(p[1], q[1] + q[2]), 2 * softmax_bar<T>());
    EXPECT_LE(ulps(p[2], q[3] + q[4] + q[5]), 2 * softmax_bar<T>());
  });
}

TEST(Softmax, IsExactWithinTheBarWithDegeneracies) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {3, 17, 100, 1000}) {
      for (const double width : {1.0, 30.0}) {
        Problem problem = problem_of(normal_scores<T>(n, 2, 24), 0.7);
        problem.log_degeneracy = widened(uniform_scores<working_t<T>>(n, width, 25));
        ASSERT_TRUE(row_is_close<T>(problem)) << "log g +-" << width;
      }
    }
  });
}

TEST(Softmax, AMaskedStateIsAsIfItWereNotThere) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 4, 9, 100}) {
      Problem problem = problem_of(normal_scores<T>(n, 2, 26));
      for (std::int64_t i = 0; i < n; ++i) problem.mask.push_back(i % 3 != 1);
      ASSERT_TRUE(row_is_close<T>(problem));
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
