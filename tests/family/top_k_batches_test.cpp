// The maps of the k highest scores over batches, their named members and their derivative.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "family/top_k_calls.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/numerics.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

struct Size {
  std::int64_t rows, cols, k;
};
constexpr Size kSizes[] = {{1, 5, 2}, {7, 10, 3}, {33, 17, 16}, {70, 130, 8}, {3, 1000, 400}};

TEST(TopK, NeitherLayoutNorPlaceNorNeighboursChangeABit) {
  on_every_target_and_type([]<Score T>() {
    for (const auto& [rows, cols, k] : kSizes) {
      const auto scores = normal_scores<T>(rows * cols, 2, 304);
      for (const double alpha : {1.0, 1.5, 2.0}) {
        const EntmaxOptions<T> options{.alpha = alpha};
        std::vector<T> expected;
        for (std::int64_t i = 0; i < rows; ++i) {
          const auto alone =
              map_top_k(Rows<const T>(scores.data() + i * cols, 1, cols), k, options);
          expected.insert(expected.end(), alone.probabilities.begin(), alone.probabilities.end());
        }
        for (const Layout& layout : kLayouts) {
          Batch<T> in(rows, cols, layout), out(rows, cols, layout);
          fill(in, scores);
          top_k_entmax(in.input(), k, out.view(), options);
          ASSERT_TRUE(same_bits(values_of(out), expected)) << layout.name;
          EXPECT_EQ(out.guards_touched(), 0) << layout.name;
          top_k_entmax(in.input(), k, in.view(), options);
          ASSERT_TRUE(same_bits(values_of(in), expected)) << "in place, " << layout.name;
        }
      }
    }
  });
}

TEST(TopK, ARowWithItsOwnParametersIsThatRowAlone) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<double> alphas{1, 2, 1.5, 0.5}, temperatures{1, 0.5, 0, 3};
    const auto x = normal_scores<T>(4 * 30, 1, 306);
    const auto log_g = normal_scores<W>(4 * 30, 1, 307);
    EntmaxOptions<T> options{.alpha = alphas, .temperature = temperatures};
    options.log_degeneracy = Rows<const W>(log_g.data(), 4, 30);
    const Mapped<T> together = map_top_k(Rows<const T>(x.data(), 4, 30), 6, options);
    for (std::size_t i = 0; i < 4; ++i) {
      EntmaxOptions<T> of_row{.alpha = alphas[i], .temperature = temperatures[i]};
      of_row.log_degeneracy = Rows<const W>(log_g.data() + 30 * i, 1, 30);
      const Mapped<T> alone = map_top_k(Rows<const T>(x.data() + 30 * i, 1, 30), 6, of_row);
      const auto first = together.probabilities.begin() + static_cast<std::ptrdiff_t>(30 * i);
      EXPECT_TRUE(same_bits(std::vector<T>(first, first + 30), alone.probabilities)) << i;
      EXPECT_EQ(together.support[i], alone.support[0]);
      EXPECT_TRUE(same_bits(std::vector{together.entropy[i]}, alone.entropy)) << i;
    }
  });
}

TEST(TopK, TheNamedMembersAreTopKEntmaxAtTheirAlpha) {
  on_every_target_and_type([]<Score T>() {
    const auto x = normal_scores<T>(60, 2, 308);
    std::vector<T> p(60);
    const auto at = [&](double alpha) {
      return map_top_k(Rows<const T>(x), 5, {.alpha = alpha, .temperature = 2.0}).probabilities;
    };
    top_k_softmax(x, 5, p, {.temperature = 2.0});
    EXPECT_TRUE(same_bits(p, at(1)));
    top_k_sparsemax(x, 5, p, {.temperature = 2.0});
    EXPECT_TRUE(same_bits(p, at(2)));
    EXPECT_FALSE(same_bits(p, at(1.5)));
  });
}

TEST(TopK, TheDerivativeIsThatOfEntmaxAtTheProbabilities) {
  const std::vector<long double> v = widened(normal_scores<double>(12, 1, 309));
  for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0}) {
    Problem problem = problem_of<double>(12, alpha);
    problem.temperature = 3;
    problem.log_degeneracy = widened(normal_scores<double>(12, 0.5, 310));
    const auto value = [&](const Problem& moved) {
      const Solution s = solve(restricted(moved, 4));
      return std::inner_product(v.begin(), v.end(), s.probabilities.begin(), 0.0L);
    };
    const Gradient exact = gradient(value, problem);
    const std::vector<double> log_g = converted<double>(problem.log_degeneracy);
    std::vector<double> grad(12), grad_log_g(12), t(1), a(1);
    const EntmaxVjpOptions<double> options{.alpha = alpha,
                                           .temperature = 3.0,
                                           .log_degeneracy = Rows<const double>(log_g),
                                           .grad_temperature = t,
                                           .grad_log_degeneracy = grad_log_g,
                                           .grad_alpha = a};
    entmax_vjp(map_top_k<double>(problem, 4).probabilities, converted<double>(v), grad, options);
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_TRUE(near(grad[i], exact.scores[i], 1e-10)) << alpha;
      EXPECT_TRUE(near(grad_log_g[i], exact.log_degeneracy[i], 1e-10)) << alpha;
    }
    EXPECT_TRUE(near(t[0], exact.temperature, 1e-10)) << alpha;
    EXPECT_TRUE(near(a[0], exact.alpha, 1e-10)) << alpha;
  }
}

TEST(TopK, NoRowsAndNoColumnsAreNoTrouble) {
  std::vector<float> none, log_z(3);
  top_k_softmax(Rows<const float>(none.data(), 0, 4), 2, Rows<float>(none.data(), 0, 4));
  top_k_softmax(Rows<const float>(none.data(), 3, 0), 2, Rows<float>(none.data(), 3, 0),
                {.log_partition = log_z});
  EXPECT_EQ(log_z, std::vector<float>(3, -std::numeric_limits<float>::infinity()));
}

TEST(TopK, WhatCannotBeMappedIsRefused) {
  const std::vector<float> x{1, 2, 3};
  std::vector<float> p(3), two(2);
  EXPECT_EQ(refusal([&] { top_k_entmax(x, -1, p); }),
            "top_k_entmax: k must not be negative, got -1");
  EXPECT_EQ(refusal([&] { top_k_softmax(x, 1, two); }),
            "top_k_softmax: probabilities must have the shape of scores, 1 x 3, got 1 x 2");
  EXPECT_EQ(refusal([&] { top_k_sparsemax(x, 1, p, {.temperature = -1.0}); }),
            "top_k_sparsemax: temperature must not be negative, got -1");
  EXPECT_EQ(refusal([&] { top_k_entmax(x, 1, p, {.alpha = 0.0}); }),
            "top_k_entmax: alpha must be positive, got 0");
}

}  // namespace
}  // namespace gibbs::testing
