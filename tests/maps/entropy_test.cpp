#include <gtest/gtest.h>

#include <gibbs/entropy.hpp>

#include "support/bars.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
double entropy_of(const std::vector<long double>& p, double alpha,
                  const std::vector<long double>& log_g = {}) {
  const auto values = converted<T>(p);
  const auto weights = converted<working_t<T>>(log_g);
  EntropyOptions<T> options{.alpha = alpha};
  if (!weights.empty()) options.log_degeneracy = weights;
  return entropy(values, options);
}

TEST(Entropy, IsExactWithinTheBarAtEveryLength) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const double alpha : kAlphas) {
      for (const std::int64_t n : {1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 100, 1000}) {
        Problem problem{widened(normal_scores<T>(n, 1, 161))};
        const auto p = widened(converted<T>(solve(problem).probabilities));
        const auto log_g = widened(normal_scores<W>(n, 0.5, 162));
        for (const auto& weights : {std::vector<long double>{}, log_g}) {
          const auto got = static_cast<W>(entropy_of<T>(p, alpha, weights));
          EXPECT_LE(ulps_of_log(got, tsallis_entropy(p, alpha, weights)), 2 * softmax_bar<W>())
              << "alpha " << alpha << " columns " << n << (weights.empty() ? "" : " with g");
        }
      }
    }
  });
}

TEST(Entropy, OfAUniformDistributionIsLogNGiniAndZero) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::vector<long double> uniform(8, 0.125L);
    EXPECT_NEAR(entropy_of<T>(uniform, 1), std::log(8.0), 1e-6);
    EXPECT_EQ(entropy_of<T>(uniform, 2), 0.4375);  // (1 - 1/8) / 2
    EXPECT_EQ(entropy_of<T>(uniform, std::numeric_limits<double>::infinity()), 0);
  });
}

TEST(Entropy, OfACertainStateIsZero) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      EXPECT_EQ(entropy_of<T>({0, 1, 0}, alpha), 0) << alpha;
    }
  });
}

TEST(Entropy, IsContinuousInAlphaThroughOne) {
  on_every_target([] {
    const std::vector<long double> p{0.5L, 0.25L, 0.125L, 0.125L};
    const double at_one = entropy_of<double>(p, 1);
    for (int k = 2; k <= 16; ++k) {
      const double b = std::pow(10.0, -k);
      EXPECT_NEAR(entropy_of<double>(p, 1 + b), at_one, 3 * b + 1e-15);
      EXPECT_NEAR(entropy_of<double>(p, 1 - b), at_one, 3 * b + 1e-15);
    }
  });
}

TEST(Entropy, WhereTheProbabilityIsZeroNothingIsAdded) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      EXPECT_EQ(entropy_of<T>({0.5L, 0, 0.5L, 0}, alpha, {0, -kInfinity, 0, 3}),
                entropy_of<T>({0.5L, 0.5L}, alpha, {0, 0}))
          << alpha;
    }
  });
}

TEST(Entropy, OfAStateThatCannotBeIsMinusInfinity) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {1.0, 1.5, 2.0, 3.0}) {
      EXPECT_EQ(entropy_of<T>({0.5L, 0.5L}, alpha, {0, -kInfinity}), -kInfinity) << alpha;
    }
  });
}

TEST(Entropy, OfNanOrNegativeProbabilitiesIsNan) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {0.5, 1.0, 1.5, 2.0}) {
      EXPECT_TRUE(std::isnan(entropy_of<T>({0.5L, kNan, 0.5L}, alpha))) << alpha;
      EXPECT_TRUE(std::isnan(entropy_of<T>({0.5L, -0.25L, 0.5L}, alpha))) << alpha;
    }
  });
}

TEST(Entropy, OfRowsIsThatOfEachRowAtItsAlpha) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> p;
    for (int i = 0; i < 30; ++i) p.push_back(from_double<T>((i % 5 + 1) / 16.0));
    const std::vector<double> alphas{1, 2, 0.5};
    std::vector<working_t<T>> out(3);
    entropy(Rows<const T>(p.data(), 3, 10), out, {.alpha = alphas});
    for (std::size_t i = 0; i < 3; ++i) {
      const double alone = entropy(Rows<const T>(p.data() + 10 * i, 1, 10), {.alpha = alphas[i]});
      EXPECT_EQ(out[i], static_cast<working_t<T>>(alone));
    }
  });
}

TEST(Entropy, IsWhatTheMapsReport) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const double alpha : kAlphas) {
      const Problem problem{widened(normal_scores<T>(100, 1, 163)), alpha};
      const Mapped<T> got = map_row<T>(problem);
      const auto again = static_cast<T>(entropy(got.probabilities, {.alpha = alpha}));
      EXPECT_LE(ulps_of_log(again, got.entropy[0]), 4 * softmax_bar<T>()) << alpha;
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
