#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gibbs/entmax.hpp>
#include <gibbs/softmax.hpp>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
Problem problem_of(const std::vector<T>& scores, double alpha, double temperature = 1) {
  Problem problem;
  problem.scores = widened(scores);
  problem.alpha = alpha;
  problem.temperature = temperature;
  return problem;
}

TEST(Entmax, IsExactWithinTheBarAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(n, 2, 51), alpha)));
      }
      for (const std::int64_t n : {63, 64, 65, 100, 129, 257, 1000}) {
        ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(n, 2, 52), alpha)));
      }
    }
  });
}

TEST(Entmax, IsExactWithinTheBarForEveryKindOfAlpha) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha :
         {0.01, 0.1,     0.25, 0.9,       0.99,      1.01, 1.05, 1.1,       1.2,
          1.3,  4.0 / 3, 1.4,  1.4999999, 1.5000001, 1.6,  1.9,  1.9999999, 2.0000001,
          2.1,  2.5,     4.0,  20.0,      100.0,     1e6,  1e300}) {
      for (const double sigma : {0.01, 0.5, 3.0, 40.0}) {
        ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(50, sigma, 53), alpha)))
            << "sigma " << sigma;
      }
    }
  });
}

// Where many states are near the edge a step ends far from where it aims.
TEST(Entmax, IsExactWithinTheBarOnFlatRowsNearAlphaTwo) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {1.55, 1.75, 1.9, 1.99}) {
      for (const double sigma : {0.003, 0.01, 0.03}) {
        for (const std::int64_t n : {50, 100, 1000}) {
          ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(n, sigma, 54), alpha)))
              << "sigma " << sigma;
        }
      }
    }
  });
  for (const std::int64_t n : {16000, 40000}) {
    ASSERT_TRUE(row_is_close<float>(problem_of(normal_scores<float>(n, 0.003, 55), 1.99)));
  }
}

// Below alpha 1 log Z is the small difference of two large numbers, max / T and the rest.
TEST(Entmax, LogPartitionOfShortRowsIsKeptBelowAlphaOne) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {0.1, 0.5, 0.9}) {
      for (const std::int64_t n : {2, 27, 48, 64, 65, 300}) {
        const std::vector<T> scores(static_cast<std::size_t>(n), from_double<T>(-4));
        const Problem problem = problem_of(scores, alpha, 0.3);
        std::vector<T> p(scores.size());
        working_t<T> log_z[1];
        entmax(scores, p, {.alpha = alpha, .temperature = 0.3, .log_partition = log_z});
        // Each of the two is rounded, in double too.
        EXPECT_LE(ulps_of_log(log_z[0], solve(problem).log_partition),
                  2 * softmax_bar<working_t<T>>())
            << alpha << ' ' << n;
      }
    }
  });
}

TEST(Entmax, EntropyOfACertainRowIsNoNegativeZero) {
  for (const double alpha : {0.5, 1.0, 1.5, 1.7, 2.0, 3.0}) {
    std::vector<float> p(2);
    float entropy[1];
    entmax(std::vector<float>{0, -1e9F}, p,
           {.alpha = alpha, .temperature = 1e-3, .entropy = entropy});
    EXPECT_FALSE(std::signbit(entropy[0])) << alpha;
  }
}

TEST(Entmax, IsExactWithinTheBarAtEveryTemperature) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const double t : {1e-3, 0.1, 0.3, 0.7, 1.9, 10.0, 1e3}) {
        ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(50, 2, 54), alpha, t)));
        ASSERT_TRUE(row_is_close<T>(problem_of(normal_scores<T>(50, t, 55), alpha, t)));
      }
    }
  });
}

TEST(Entmax, IsExactWithinTheBarFarFromZero) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const double offset : {-100.0, 1e4, 1e8, 1e30, -1e30}) {
        std::vector<T> scores = normal_scores<T>(40, 2, 56);
        for (T& x : scores) x = static_cast<T>(x + offset);
        ASSERT_TRUE(row_is_close<T>(problem_of(scores, alpha))) << offset;
      }
    }
  });
}

// A uniform prior puts the support below max - T/(alpha - 1), where a filter for g = 1 would cut.
TEST(Entmax, IsExactWithinTheBarWithDegeneracies) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const double width : {0.0, 1.0, 30.0}) {
        Problem problem = problem_of(normal_scores<T>(100, 2, 57), alpha, 0.7);
        problem.log_degeneracy = widened(uniform_scores<working_t<T>>(100, width, 58));
        for (long double& log_g : problem.log_degeneracy) log_g -= std::log(100.0L);
        ASSERT_TRUE(row_is_close<T>(problem)) << "log g +-" << width;
      }
    }
  });
}

TEST(Entmax, AMaskedStateIsAsIfItWereNotThere) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      Problem problem = problem_of(normal_scores<T>(60, 2, 59), alpha);
      for (int i = 0; i < 60; ++i) problem.mask.push_back(i % 7 != 3);
      ASSERT_TRUE(row_is_close<T>(problem));
    }
  });
}

TEST(Entmax, IsExactWithinTheBarOnLongRows) {
  for (const double alpha : {0.5, 1.25, 1.5, 2.0, 3.0}) {
    const auto scores = normal_scores<float>(131072, 2, 60);
    const Problem problem = problem_of(scores, alpha);
    const Solution exact = solve(problem);
    on_every_target([&] {
      const auto got = map_row<float>(problem).probabilities;
      ASSERT_TRUE(probabilities_are_close(got, problem, exact));
      EXPECT_LE(std::abs(accurate_sum(widened(got)) - 1), 2.4e-7L * fma_factor()) << alpha;
    });
  }
}

TEST(Entmax, IsExactWithinTheBarOnFourMillionColumns) {
  const auto scores = normal_scores<float>(std::int64_t{1} << 22, 2, 61);
  for (const double alpha : {1.5, 2.0}) expect_long_row_is_close<float>(problem_of(scores, alpha));
}

template <Score T, class Map>
std::vector<T> mapped(const std::vector<T>& scores, Map map) {
  std::vector<T> p(scores.size());
  map(scores, p);
  return p;
}

TEST(Entmax, TheNamedMembersAreEntmaxAtTheirAlpha) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 5, 100, 40000}) {
      const auto scores = normal_scores<T>(n, 2, 62);
      const auto at = [&](double alpha) {
        return mapped<T>(scores, [&](auto& x, auto& p) { entmax(x, p, {.alpha = alpha}); });
      };
      EXPECT_TRUE(same_bits(at(1), mapped<T>(scores, [](auto& x, auto& p) { softmax(x, p); })));
      EXPECT_TRUE(same_bits(at(2), mapped<T>(scores, [](auto& x, auto& p) { sparsemax(x, p); })));
      EXPECT_TRUE(same_bits(at(std::numeric_limits<double>::infinity()),
                            mapped<T>(scores, [](auto& x, auto& p) { argmax(x, p); })));
      EXPECT_TRUE(same_bits(at(1.5), mapped<T>(scores, [](auto& x, auto& p) { entmax(x, p); })));
    }
  });
}

// The distance of p from softmax is that of the derivative times |alpha - 1|, down to the rounding.
TEST(Entmax, ApproachesSoftmaxFromBothSidesAsAlphaGoesToOne) {
  on_every_target_for<double, float>([]<Score T>() {
    const auto scores = normal_scores<T>(33, 1.5, 63);
    for (int k = 1; k <= 16; ++k) {
      for (const double b : {std::pow(10.0, -k), -std::pow(10.0, -k)}) {
        ASSERT_TRUE(row_is_close<T>(problem_of(scores, 1 + b))) << "b " << b;
      }
    }
    for (const double alpha : {std::nextafter(1.0, 2.0), std::nextafter(1.0, 0.0)}) {
      const auto p = map_row<T>(problem_of(scores, alpha)).probabilities;
      ASSERT_TRUE(
          probabilities_are_close(p, problem_of(scores, alpha), solve(problem_of(scores, 1))));
    }
  });
}

TEST(Entmax, ClosedFormsJoinTheGeneralFormOnBothSides) {
  on_every_target_for<double, float>([]<Score T>() {
    const auto scores = normal_scores<T>(100, 1, 64);
    for (const double alpha : {1.5, 2.0}) {
      const Solution exact = solve(problem_of(scores, alpha));
      for (const double near : {std::nextafter(alpha, 0.0), std::nextafter(alpha, 9.0)}) {
        const auto p = map_row<T>(problem_of(scores, near)).probabilities;
        ASSERT_TRUE(probabilities_are_close(p, problem_of(scores, near), exact)) << near;
      }
    }
  });
}

TEST(Entmax, LargeAlphaApproachesArgmax) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::vector<T> scores{1, 3, 3, 2};
    const auto p = map_row<T>(problem_of(scores, 1e9)).probabilities;
    const std::vector<T> limit{0, 0.5, 0.5, 0};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_LE(std::abs(p[i] - limit[i]), entmax_bar<T>());
  });
}

TEST(Entmax, TheSupportShrinksAsAlphaGrows) {
  on_every_target_and_type([]<Score T>() {
    std::int64_t before = 300;
    const auto scores = normal_scores<T>(300, 0.5, 65);
    for (const double alpha : {1.0, 1.25, 1.5, 2.0, 3.0, 10.0}) {
      const std::int64_t support = map_row<T>(problem_of(scores, alpha)).support[0];
      EXPECT_LE(support, before) << alpha;
      EXPECT_GE(support, 1) << alpha;
      before = support;
    }
    EXPECT_LT(before, 300);
  });
}

}  // namespace
}  // namespace gibbs::testing
