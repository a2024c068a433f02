// Laws of the Fenchel-Young losses: their values and derivatives.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/bars.hpp"
#include "support/closeness.hpp"
#include "support/loss_reference.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"
#include "support/ulp.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kAlphas[] = {0.3, 0.5, 0.999, 1, 1.001, 1.25, 1.5, 1.75, 2, 2.5, 4};

// 4 ulp of max(1, L) in float, twice that without FMA; double 16.
template <Score T>
long double loss_bar(long double exact) {
  const long double ulp = std::same_as<T, double> ? 16 * 0x1p-52L : 4 * 0x1p-23L;
  return fma_factor() * ulp * std::max(1.0L, std::abs(exact));
}

template <Score T>
Problem problem_of(const std::vector<T>& x, double alpha, double temperature) {
  Problem problem;
  problem.scores = widened(x);
  problem.alpha = static_cast<long double>(alpha);
  problem.temperature = static_cast<long double>(temperature);
  return problem;
}

// Multiples of 1/64 that sum to exactly 1, in every type; some are 0.
template <Score T>
std::vector<T> probabilities_like(std::int64_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> counts(static_cast<std::size_t>(n));
  for (int k = 0; k < 64; ++k) counts[static_cast<std::size_t>(random.below(n))] += 1;
  std::vector<T> y;
  for (const double count : counts) y.push_back(from_double<T>(count / 64));
  return y;
}

TEST(FenchelYoung, OfALabelIsTheDefinition) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 3, 8, 15, 16, 17, 33, 100, 257}) {
      const auto x = normal_scores<T>(n, 2, 300 + static_cast<std::uint64_t>(n));
      const std::vector<std::int64_t> label{n / 2};
      for (const double alpha : kAlphas) {
        for (const double temperature : {0.25, 1.0}) {
          const auto exact = reference_loss(problem_of(x, alpha, temperature),
                                            one_hot(x.size(), static_cast<std::size_t>(n / 2)));
          const double got = fenchel_young_loss(x, label, alpha, {.temperature = temperature});
          ASSERT_TRUE(near(got, exact, loss_bar<T>(exact))) << "n " << n << " alpha " << alpha;
        }
      }
    }
  });
}

TEST(FenchelYoung, OfProbabilitiesIsTheDefinition) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 17, 100}) {
      const auto x = normal_scores<T>(n, 2, 400 + static_cast<std::uint64_t>(n));
      const auto y = probabilities_like<T>(n, 401);
      for (const double alpha : kAlphas) {
        const auto exact = reference_loss(problem_of(x, alpha, 1), widened(y));
        const double got = fenchel_young_loss(x, y, alpha);
        ASSERT_TRUE(near(got, exact, loss_bar<T>(exact))) << "n " << n << " alpha " << alpha;
      }
    }
  });
}

TEST(FenchelYoung, TakesDegeneraciesAndMasks) {
  on_every_target_for<double, float>([]<Score T>() {
    const auto x = normal_scores<T>(20, 2, 410);
    auto log_g = normal_scores<working_t<T>>(20, 1, 411);
    log_g[3] = -std::numeric_limits<working_t<T>>::infinity();
    const std::vector<std::int64_t> label{7};
    for (const double alpha : kAlphas) {
      Problem problem = problem_of(x, alpha, 0.5);
      problem.log_degeneracy = widened(log_g);
      const auto exact = reference_loss(problem, one_hot(20, 7));
      const double got = fenchel_young_loss(
          x, label, alpha, {.temperature = 0.5, .log_degeneracy = Rows<const working_t<T>>(log_g)});
      ASSERT_TRUE(near(got, exact, 2 * loss_bar<T>(exact))) << alpha;
    }
    bool on[20];
    std::vector<T> masked = x;
    for (int i = 0; i < 20; ++i) {
      on[i] = i % 3 == 1;
      if (!on[i]) masked[static_cast<std::size_t>(i)] = -std::numeric_limits<T>::infinity();
    }
    EXPECT_EQ(cross_entropy(x, label, {.mask = Rows<const bool>(on, 1, 20)}),
              cross_entropy(masked, label));
  });
}

TEST(FenchelYoung, GradientsAreTheFiniteDifferences) {
  for (const double alpha : kAlphas) {
    for (const double temperature : {0.7, 3.0}) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, "alpha " + std::to_string(alpha));
      const auto x = normal_scores<double>(9, 0.3, 420);
      const auto log_g = normal_scores<double>(9, 0.5, 421);
      const auto y = probabilities_like<double>(9, 422);
      Problem problem = problem_of(x, alpha, temperature);
      problem.log_degeneracy = widened(log_g);
      const Gradient numeric = numeric_loss_gradient(problem, widened(y));
      std::vector<double> grad(9), by_log_g(9), by_t(1), by_alpha(1), losses(1);
      fenchel_young_loss(x, y, alpha, losses,
                         {.temperature = temperature,
                          .log_degeneracy = Rows<const double>(log_g),
                          .grad_scores = Rows<double>(grad),
                          .grad_temperature = by_t,
                          .grad_log_degeneracy = Rows<double>(by_log_g),
                          .grad_alpha = by_alpha});
      for (std::size_t i = 0; i < 9; ++i) {
        EXPECT_TRUE(near(grad[i], numeric.scores[i], 1e-10L));
        EXPECT_TRUE(near(by_log_g[i], numeric.log_degeneracy[i], 1e-10L));
      }
      EXPECT_TRUE(near(by_t[0], numeric.temperature, 1e-10L));
      EXPECT_TRUE(near(by_alpha[0], numeric.alpha, 1e-9L * std::max(1.0, temperature)));
    }
  }
}

TEST(FenchelYoung, TheGradientOfALabelIsPLessItsOneHot) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 8, 31, 64, 65, 300}) {
      const auto x = normal_scores<T>(n, 2, 430);
      const std::vector<std::int32_t> label{static_cast<std::int32_t>(n - 1)};
      for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0, 3.0}) {
        std::vector<T> grad(x.size()), p(x.size());
        fenchel_young_loss(x, label, alpha,
                           {.grad_scores = Rows<T>(grad), .probabilities = Rows<T>(p)});
        const auto exact = solve(problem_of(x, alpha, 1)).probabilities;
        for (std::size_t i = 0; i < x.size(); ++i) {
          const long double slope = exact[i] - (i + 1 == x.size() ? 1 : 0);
          ASSERT_TRUE(near(static_cast<long double>(to_double(grad[i])), slope,
                           2 * entmax_bar_at<T>(slope)));
        }
        std::vector<T> map(x.size());
        entmax(x, map, {.alpha = alpha});
        for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(to_double(p[i]), to_double(map[i]));
      }
    }
  });
}

TEST(FenchelYoung, IsZeroWhereThePredictionIsTheTargetAndNeverNegative) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (std::uint64_t seed = 440; seed < 460; ++seed) {
        const auto x = normal_scores<T>(30, seed % 2 == 0 ? 1 : 30, seed);
        std::vector<T> p(30);
        entmax(x, p, {.alpha = alpha, .temperature = 0.7});
        std::vector<T> grad(30, from_double<T>(3));
        if constexpr (sizeof(T) > 2) {  // a rounded p is not the prediction
          EXPECT_EQ(
              fenchel_young_loss(x, p, alpha, {.temperature = 0.7, .grad_scores = Rows<T>(grad)}),
              0);
          for (const T g : grad) EXPECT_EQ(to_double(g), 0);
        }
        for (std::int64_t k = 0; k < 30; ++k) {
          EXPECT_GE(fenchel_young_loss(x, std::vector<std::int64_t>{k}, alpha), 0);
        }
      }
    }
    // A margin of 1 is enough for sparsemax.
    const std::vector<T> x{from_double<T>(1), from_double<T>(2.5), from_double<T>(-3)};
    EXPECT_EQ(sparsemax_loss(x, std::vector<int>{1}), 0);
    EXPECT_EQ(entmax15_loss(x, std::vector<int>{1}) > 0, true);
  });
}

TEST(FenchelYoung, NamedMembersAreItsMembers) {
  const auto x = normal_scores<float>(40, 2, 470);
  const Rows<const float> rows(x.data(), 4, 10);
  const std::vector<std::int64_t> labels{3, 9, 0, 1};
  EXPECT_EQ(cross_entropy(rows, labels), fenchel_young_loss(rows, labels, 1));
  EXPECT_EQ(entmax15_loss(rows, labels), fenchel_young_loss(rows, labels, 1.5));
  EXPECT_EQ(sparsemax_loss(rows, labels), fenchel_young_loss(rows, labels, 2));
  EXPECT_EQ(entmax_loss(rows, labels), entmax15_loss(rows, labels));
  EXPECT_EQ(entmax_loss(rows, labels, 1.25, {.temperature = 2}),
            fenchel_young_loss(rows, labels, 1.25, {.temperature = 2}));
  std::vector<float> each(4), all(4);
  sparsemax_loss(rows, labels, each);
  fenchel_young_loss(rows, labels, 2, all);
  EXPECT_EQ(each, all);
  entmax_loss(rows, labels, 2, each);
  EXPECT_EQ(each, all);
  EXPECT_EQ(refusal([&] { entmax_loss(rows, labels, 0); }),
            "entmax_loss: alpha must be positive, got 0");
}

TEST(FenchelYoung, ALargeScoreLosesNoDigit) {
  const std::vector<double> far{1e15, 1e15 - 1, 1e15 - 2}, near_zero{0, -1, -2};
  for (const double alpha : kAlphas) {
    EXPECT_EQ(fenchel_young_loss(far, std::vector<int>{2}, alpha),
              fenchel_young_loss(near_zero, std::vector<int>{2}, alpha));
  }
}

// (1 - n^(1 - alpha)) / (alpha (alpha - 1)), which thousands of roundings must not add up to.
TEST(FenchelYoung, OfEqualScoresIsExactInRowsOfAnyLength) {
  on_every_target([] {
    for (const double alpha : {1.5, 2.0, 2.2, 2.5, 3.0, 10.0}) {
      for (const int n : {3, 65, 1000, 5000}) {
        const std::vector<double> scores(static_cast<std::size_t>(n), 0.7);
        const std::vector<int> label{n / 2};
        const long double b = static_cast<long double>(alpha) - 1;
        const long double exact = (1 - std::pow(static_cast<long double>(n), -b)) / (b + 1) / b;
        EXPECT_TRUE(near(fenchel_young_loss(scores, label, alpha), exact, 4 * 0x1p-52L))
            << "alpha " << alpha << ", n " << n;
      }
    }
  });
}

TEST(FenchelYoung, AtTemperatureZeroAndAlphaInfinityIsThePerceptrons) {
  const std::vector<double> x{1, 4, 4, -2};
  std::vector<double> grad(4);
  EXPECT_EQ(fenchel_young_loss(x, std::vector<int>{3}, 1.5,
                               {.temperature = 0, .grad_scores = Rows<double>(grad)}),
            6);
  EXPECT_EQ(grad, (std::vector<double>{0, 0.5, 0.5, -1}));
  EXPECT_EQ(fenchel_young_loss(x, std::vector<int>{3}, kInf), 6);
  EXPECT_EQ(fenchel_young_loss(x, std::vector<int>{1}, kInf), 0);
}

// docs/numbers.md, line by line.
TEST(FenchelYoung, EdgesAreThoseOfTheContract) {
  on_every_target_and_type([]<Score T>() {
    const T inf = from_double<T>(kInf), nan = from_double<T>(std::nan(""));
    const auto of = [](double v) { return from_double<T>(v); };
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0, 3.0}) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, "alpha " + std::to_string(alpha));
      std::vector<T> grad(3, of(7));
      const auto loss = [&](const std::vector<T>& x, int label) {
        return fenchel_young_loss(x, std::vector<int>{label}, alpha,
                                  {.grad_scores = Rows<T>(grad)});
      };
      // An absent state without target mass; with it.
      EXPECT_TRUE(std::isfinite(loss({of(1), of(2), of(-kInf)}, 0)));
      EXPECT_EQ(to_double(grad[2]), 0);
      EXPECT_EQ(loss({of(1), of(2), of(-kInf)}, 2), kInf);
      EXPECT_EQ(to_double(grad[2]), 0);
      EXPECT_GT(to_double(grad[1]), 0);
      EXPECT_TRUE(std::isnan(loss({of(1), nan, of(0)}, 0)));
      for (const T g : grad) EXPECT_TRUE(std::isnan(to_double(g)));
      // The mass of a score +inf.
      EXPECT_EQ(loss({of(1), inf, of(0)}, 1), 0);
      EXPECT_EQ(loss({of(1), inf, of(0)}, 0), kInf);
      // No state left.
      EXPECT_EQ(loss({of(-kInf), of(-kInf), of(-kInf)}, 1), kInf);
      for (const T g : grad) EXPECT_EQ(to_double(g), 0);
    }
  });
}

TEST(FenchelYoung, ATargetThatIsNoProbabilityMakesItsRowNaN) {
  const std::vector<double> x{1, 2, 0, 1, 2, 0};
  const std::vector<double> y{0.5, -0.1, 0.6, 1, 0, 0};
  std::vector<double> each(2);
  fenchel_young_loss(Rows<const double>(x.data(), 2, 3), Rows<const double>(y.data(), 2, 3), 1.5,
                     each);
  EXPECT_TRUE(std::isnan(each[0]));
  EXPECT_TRUE(std::isfinite(each[1]));
}

TEST(FenchelYoung, CrossEntropyOfProbabilitiesIsTheSumOfYLogP) {
  const auto x = normal_scores<double>(12, 2, 480);
  const auto y = probabilities_like<double>(12, 481);
  std::vector<double> log_p(12);
  log_softmax(x, log_p, {.temperature = 2});
  double expected = 0;
  for (std::size_t i = 0; i < 12; ++i) expected -= 2 * y[i] * log_p[i];
  std::vector<double> by_t(1);
  EXPECT_NEAR(cross_entropy(x, y, {.temperature = 2, .grad_temperature = by_t}), expected, 1e-14);
  const double h = 1e-5;
  const auto at = [&](double t) { return cross_entropy(x, y, {.temperature = t}); };
  EXPECT_NEAR(by_t[0], (at(2 + h) - at(2 - h)) / (2 * h), 1e-8);
}

}  // namespace
}  // namespace gibbs::testing
