// What every member of the family must do, whatever its numbers are.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
Problem problem_of(const std::vector<T>& scores, double alpha) {
  Problem problem;
  problem.scores = widened(scores);
  problem.alpha = alpha;
  return problem;
}

TEST(EntmaxLaws, ProbabilitiesAreBetweenZeroAndOneAndSumToOne) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : {1, 2, 7, 100, 1000}) {
        const auto p = map_row<T>(problem_of(normal_scores<T>(n, 2, 71), alpha)).probabilities;
        EXPECT_TRUE(std::all_of(p.begin(), p.end(), [](T x) { return x >= 0 && x <= 1; }));
        const long double bar = std::same_as<T, float> ? 2.4e-7L : 1e-15L;
        EXPECT_LE(std::abs(accurate_sum(widened(p)) - 1), bar * fma_factor())
            << alpha << " " << n << " columns";
      }
    }
  });
}

TEST(EntmaxLaws, ZeroIsNeverNegativeZero) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      const auto p = map_row<T>(problem_of(normal_scores<T>(100, 9, 72), alpha)).probabilities;
      EXPECT_TRUE(std::none_of(p.begin(), p.end(), [](T x) { return std::signbit(to_double(x)); }));
    }
  });
}

// Scores are multiples of 1/8 below 4, so that the sums are exact in every type.
TEST(EntmaxLaws, AddingAConstantToEveryScoreChangesNothing) {
  on_every_target_and_type([]<Score T>() {
    Random random(73);
    Problem plain, shifted;
    for (int i = 0; i < 60; ++i) {
      plain.scores.push_back(std::floor(random.uniform(0, 32)) / 8);
      shifted.scores.push_back(plain.scores.back() - 16);
    }
    for (const double alpha : kAlphas) {
      plain.alpha = shifted.alpha = alpha;
      const auto of_shifted = map_row<T>(shifted).probabilities;
      ASSERT_TRUE(probabilities_are_close(of_shifted, plain, solve(plain)));
    }
  });
}

TEST(EntmaxLaws, PermutingTheScoresPermutesTheProbabilities) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      const Problem problem = problem_of(normal_scores<T>(77, 2, 74), alpha);
      Problem reversed = problem;
      std::reverse(reversed.scores.begin(), reversed.scores.end());
      auto p = map_row<T>(reversed).probabilities;
      std::reverse(p.begin(), p.end());
      ASSERT_TRUE(probabilities_are_close(p, problem, solve(problem)));
    }
  });
}

TEST(EntmaxLaws, EqualScoresGetTheSameBits) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : {2, 7, 16, 33, 100}) {
        std::vector<T> scores = normal_scores<T>(n, 0.3, 75);
        scores.insert(scores.end(), scores.begin(), scores.begin() + n);
        const auto p = map_row<T>(problem_of(scores, alpha)).probabilities;
        const auto half = p.begin() + n;
        EXPECT_TRUE(same_bits(std::vector<T>(p.begin(), half), std::vector<T>(half, p.end())))
            << alpha << " " << n;
      }
    }
  });
}

TEST(EntmaxLaws, AHigherScoreNeverGetsALowerProbability) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      auto scores = normal_scores<T>(200, 1, 76);
      std::sort(scores.begin(), scores.end(), [](T a, T b) { return to_double(a) < to_double(b); });
      const auto p = map_row<T>(problem_of(scores, alpha)).probabilities;
      for (std::size_t i = 1; i < p.size(); ++i) {
        if (to_double(scores[i]) - to_double(scores[i - 1]) < 1e-5) continue;
        EXPECT_LE(to_double(p[i - 1]), to_double(p[i])) << alpha;
      }
    }
  });
}

TEST(EntmaxLaws, ScalingScoresAndTemperatureTogetherChangesNothing) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kAlphas) {
      Problem problem = problem_of(normal_scores<T>(50, 1, 77), alpha);
      const Solution exact = solve(problem);
      for (long double& x : problem.scores) x *= 8;
      problem.temperature = 8;
      ASSERT_TRUE(probabilities_are_close(map_row<T>(problem).probabilities, problem, exact));
    }
  });
}

TEST(EntmaxLaws, ADegeneracyIsThatManyEqualStates) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kAlphas) {
      const std::vector<T> scores{0.5, 0.25, 0};
      Problem merged = problem_of(scores, alpha);
      merged.log_degeneracy = {0, std::log(2.0L), std::log(3.0L)};
      const auto p = map_row<T>(merged).probabilities;
      const auto q = map_row<T>(problem_of(std::vector<T>{0.5, 0.25, 0.25, 0, 0, 0}, alpha));
      const long double bar = 6 * entmax_bar<T>();
      EXPECT_LE(std::abs(p[0] - q.probabilities[0]), bar);
      EXPECT_LE(std::abs(p[1] - 2 * q.probabilities[1]), bar);
      EXPECT_LE(std::abs(p[2] - 3 * q.probabilities[3]), bar);
    }
  });
}

// The optimum's conditions (Karush, Kuhn and Tucker): x_i / T + dH/dp_i, which is
// x_i / T - (r_i^b - 1) / b up to a constant, is one number on the support and no larger off it.
void expect_optimal(const Problem& problem, const std::vector<double>& p) {
  const long double b = problem.alpha - 1;
  long double lowest = kInfinity, highest = -kInfinity, outside = -kInfinity;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const long double x = problem.scores[i] / problem.temperature;
    const long double log_g = problem.log_degeneracy[i];
    if (p[i] == 0) {
      outside = std::max(outside, b > 0 ? x + 1 / b : x);
    } else if (p[i] > 1e-4) {  // smaller ones magnify the rounding of p
      const long double log_r = std::log(static_cast<long double>(p[i])) - log_g;
      const long double slope = x - (b == 0 ? log_r : std::expm1(b * log_r) / b);
      lowest = std::min(lowest, slope);
      highest = std::max(highest, slope);
    }
  }
  const long double unit = std::max(1.0L, std::abs(highest));
  EXPECT_LE(highest - lowest, 1e-9L * unit) << "alpha " << problem.alpha;
  EXPECT_LE(outside, highest + 1e-9L * unit) << "alpha " << problem.alpha;
}

TEST(EntmaxLaws, TheAnswerSatisfiesTheConditionsOfTheOptimum) {
  on_every_target([] {
    for (const double alpha : {0.5, 0.9, 1.0, 1.001, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0}) {
      for (const double temperature : {0.5, 1.0, 4.0}) {
        Problem problem = problem_of(normal_scores<double>(80, 1, 78), alpha);
        problem.temperature = temperature;
        problem.log_degeneracy = widened(normal_scores<double>(80, 1, 79));
        expect_optimal(problem, map_row<double>(problem).probabilities);
      }
    }
  });
}

// No other point of the simplex has a larger value; log_partition is the value at the optimum.
TEST(EntmaxLaws, NoOtherProbabilitiesHaveALargerValue) {
  on_every_target([] {
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0, 3.0}) {
      const Problem problem = problem_of(normal_scores<double>(12, 1, 80), alpha);
      const auto best = map_row<double>(problem);
      Random random(81);
      for (int trial = 0; trial < 50; ++trial) {
        std::vector<long double> q;
        const double mix = random.uniform(0, 1);
        for (const double p : best.probabilities) q.push_back((1 - mix) * p + mix / 12);
        long double value = tsallis_entropy(q, alpha, {});
        for (std::size_t i = 0; i < q.size(); ++i) value += q[i] * problem.scores[i];
        EXPECT_LE(value, best.log_partition[0] + 1e-14);
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
