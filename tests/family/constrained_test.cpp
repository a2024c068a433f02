#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "constrained_cases.hpp"
#include "support/bars.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Constrained, IsExactForEveryDivergenceAndConstraint) {
  std::vector<NamedProblem> problems = constrained_problems(5);
  const auto longer = constrained_problems(37);
  problems.insert(problems.end(), longer.begin(), longer.end());
  for (const NamedProblem& each : problems) {
    const std::string& name = each.name;
    const ConstrainedProblem& problem = each.problem;
    const ConstrainedSolution exact = solve(problem);
    on_every_target_for<double, float>([&]<Score T>() {
      const auto got = run<T>(problem);
      for (std::size_t i = 0; i < got.probabilities.size(); ++i) {
        ASSERT_TRUE(near(to_double(got.probabilities[i]), exact.probabilities[i],
                         constrained_bar<T>(exact.probabilities[i])))
            << name << ", p[" << i << "]";
      }
      const long double size = 1 + std::abs(exact.value);
      const long double tolerance = std::same_as<T, double> ? 1e-13L : 5e-7L;
      EXPECT_TRUE(near(got.value[0], exact.value, tolerance * size)) << name;
      EXPECT_TRUE(near(got.multiplier[0], exact.multiplier,
                       2 * tolerance * (2 + std::abs(exact.multiplier))))
          << name;
    });
  }
}

TEST(Constrained, TheBudgetIsSpentAtAnyTemperature) {
  const std::vector<double> scores = normal_scores<double>(7, 2, 8);
  for (const auto& [name, kind] : kDivergences) {
    for (double temperature = 1e-8; temperature < 1e9; temperature *= 10) {
      const std::vector<double> upper(7, 1.0);
      std::vector<double> p(7);
      for (const double k : {1.0, 3.0, 6.0}) {
        constrained(scores, p, kind, {.budget = k, .temperature = temperature, .upper = upper});
        double sum = 0;
        for (const double one : p) sum += one;
        // At T 1e-8 the multiplier, 1e8 from the highest score, has 1e-11 of its unit left.
        EXPECT_NEAR(sum, k, 1e-9) << name << ", T " << temperature << ", budget " << k;
      }
    }
  }
}

TEST(Constrained, SupportCountsWhatIsPositive) {
  const ConstrainedProblem problem{Divergence::kEuclidean, 1, {3, 2.5L, 0, -9}, 1, 1};
  const auto got = run<float>(problem);
  EXPECT_EQ(got.support[0], 2);
  EXPECT_GT(got.probabilities[1], 0);
  EXPECT_EQ(got.probabilities[2], 0);
}

TEST(Constrained, WithoutConstraintsAlphaIsEntmax) {
  const std::vector<double> scores = normal_scores<double>(50, 2, 3);
  for (const double alpha : {0.5, 1.0, 1.5, 2.0, 3.0, kInf}) {
    std::vector<double> p(50), q(50);
    constrained(scores, p, {Divergence::kAlpha, alpha}, {.temperature = 0.7});
    entmax(scores, q, {.alpha = alpha, .temperature = 0.7});
    EXPECT_TRUE(same_bits(p, q)) << alpha;
  }
}

TEST(Constrained, TheMultiplierIsTheDerivativeOfTheValueInTheBudget) {
  for (const auto& [name, problem] : constrained_problems(20)) {
    ConstrainedProblem less = problem, more = problem;
    const double h = 1e-6;
    less.budget -= h;
    more.budget += h;
    const double slope = (run<double>(more).value[0] - run<double>(less).value[0]) / (2 * h);
    EXPECT_NEAR(run<double>(problem).multiplier[0], slope, 1e-6 * (1 + std::abs(slope))) << name;
  }
}

TEST(Constrained, NamedMembersAreTheGeneralMap) {
  const std::vector<double> scores = normal_scores<double>(30, 2, 4);
  const std::vector<double> upper(30, 0.11), ones(30, 1.0), costs(30, 1.5);
  std::vector<double> p(30), q(30);
  const auto expect_same = [&](const char* name) { EXPECT_TRUE(same_bits(p, q)) << name; };
  capped_softmax(scores, p, {.upper = upper});
  constrained(scores, q, Divergence::kAlpha, {.upper = upper});
  expect_same("capped_softmax");
  capped_sparsemax(scores, p, {.upper = upper});
  constrained(scores, q, Divergence::kEuclidean, {.upper = upper});
  expect_same("capped_sparsemax");
  box_section(scores, p, {.upper = upper, .weights = costs});
  constrained(scores, q, Divergence::kEuclidean, {.upper = upper, .weights = costs});
  expect_same("box_section");
  budget(scores, p, {.budget = 4});
  constrained(scores, q, Divergence::kEuclidean, {.budget = 4, .upper = ones});
  expect_same("budget");
  fermi_dirac(scores, p, {.budget = 4});
  constrained(scores, q, Divergence::kFermiDirac, {.budget = 4});
  expect_same("fermi_dirac");
  f_softargmax(scores, p, Divergence::kJensenShannon);
  constrained(scores, q, Divergence::kJensenShannon);
  expect_same("f_softargmax");
}

TEST(Constrained, TypesAndLayoutsAgree) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<T> scores = normal_scores<T>(7 * 19, 2, 5);
    std::vector<T> plain(scores.size());
    const std::vector<working_t<T>> upper(19, 0.25F);
    ConstrainedOptions<T> options;
    options.upper = upper;
    capped_softmax(Rows<const T>(scores.data(), 7, 19), Rows<T>(plain.data(), 7, 19), options);
    for (const Layout& layout : kLayouts) {
      Batch<T> in(7, 19, layout), out(7, 19, layout);
      fill(in, scores);
      capped_softmax(in.input(), out.view(), options);
      EXPECT_TRUE(same_bits(values_of(out), plain)) << layout.name;
      capped_softmax(in.input(), in.view(), options);  // in place
      EXPECT_TRUE(same_bits(values_of(in), plain)) << layout.name << ", in place";
    }
    for (std::int64_t i = 0; i < 7; ++i) {
      std::vector<T> alone(19);
      capped_softmax(Rows<const T>(scores.data() + i * 19, 1, 19), alone, options);
      EXPECT_TRUE(
          same_bits(alone, std::vector<T>(plain.begin() + i * 19, plain.begin() + (i + 1) * 19)));
    }
  });
}

TEST(Constrained, ParametersMayDifferFromRowToRow) {
  const std::vector<double> scores = normal_scores<double>(2 * 6, 1, 6);
  const std::vector<double> upper = {.9, .9, .9, .9, .9, .9, .4, .4, .4, .4, .4, .4};
  const std::vector<double> budgets = {1, 2}, temperatures = {1, 0.5};
  std::vector<double> both(12), one(6);
  constrained(Rows<const double>(scores.data(), 2, 6), Rows<double>(both.data(), 2, 6),
              Divergence::kEuclidean,
              {.budget = budgets,
               .temperature = temperatures,
               .upper = Rows<const double>(upper.data(), 2, 6)});
  for (std::int64_t i = 0; i < 2; ++i) {
    const auto k = static_cast<std::size_t>(i);
    constrained(Rows<const double>(scores.data() + 6 * i, 1, 6), one, Divergence::kEuclidean,
                {.budget = budgets[k],
                 .temperature = temperatures[k],
                 .upper = Rows<const double>(upper.data() + 6 * i, 1, 6)});
    for (std::size_t j = 0; j < 6; ++j) EXPECT_EQ(both[6 * k + j], one[j]);
  }
}

TEST(Constrained, AbsentStatesHaveNoProbabilityWhateverTheirBounds) {
  const std::vector<double> scores{-kInf, 5, 1, 2, 3}, lower(5, 0.1);
  const std::vector<double> log_g{0, 0, -kInf, 0, 0};
  const Mask mask({true, false, true, true, true});
  std::vector<double> p(5);
  for (const auto& [name, kind] : kDivergences) {
    const double budget = 1;
    constrained(scores, p, kind,
                {.budget = budget, .lower = lower, .log_degeneracy = log_g, .mask = mask.view()});
    EXPECT_EQ(p[0], 0) << name;
    EXPECT_EQ(p[1], 0) << name;
    EXPECT_EQ(p[2], 0) << name;
    EXPECT_NEAR(p[3] + p[4], 1, 1e-15) << name;
  }
}

TEST(Constrained, ARowWithoutStatesIsZero) {
  const std::vector<double> scores{-kInf, -kInf};
  std::vector<double> p(2, 7), value(1), multiplier(1);
  budget(scores, p, {.budget = 1, .value = value, .multiplier = multiplier});
  EXPECT_EQ(p, (std::vector<double>{0, 0}));
  EXPECT_EQ(value[0], -kInf);
  EXPECT_EQ(multiplier[0], -kInf);
  const std::vector<double> none;
  std::vector<double> nothing;
  fermi_dirac(none, nothing, {.budget = 0});
}

TEST(Constrained, NanSpoilsItsRowAlone) {
  std::vector<double> scores{1, std::nan(""), 3, 1, 2, 3}, p(6);
  budget(Rows<const double>(scores.data(), 2, 3), Rows<double>(p.data(), 2, 3), {.budget = 2});
  EXPECT_TRUE(std::isnan(p[0]) && std::isnan(p[1]) && std::isnan(p[2]));
  EXPECT_NEAR(p[3] + p[4] + p[5], 2, 1e-15);
}

TEST(Constrained, InfiniteScoresAreServedFirst) {
  const std::vector<double> scores{kInf, 1, kInf, 2}, upper(4, 0.3);
  std::vector<double> p(4);
  capped_softmax(scores, p);
  EXPECT_EQ(p, (std::vector<double>{0.5, 0, 0.5, 0}));
  capped_softmax(scores, p, {.upper = upper});
  EXPECT_EQ(p[0], 0.3);
  EXPECT_EQ(p[2], 0.3);
  EXPECT_NEAR(p[1] + p[3], 0.4, 1e-15);
  EXPECT_NEAR(p[3] / p[1], std::exp(1.0), 1e-14);
}

TEST(Constrained, AtZeroTemperatureTheHighestAreServedFirstAndTiesShare) {
  const std::vector<double> scores{1, 3, 2, 2, 0}, upper(5, 0.5);
  const std::vector<double> log_g{0, 0, std::log(3.0), 0, 0};
  std::vector<double> p(5), value(1), multiplier(1);
  capped_softmax(scores, p,
                 {.temperature = 0,
                  .upper = upper,
                  .log_degeneracy = log_g,
                  .value = value,
                  .multiplier = multiplier});
  EXPECT_NEAR(p[1], 0.5, 1e-16);
  EXPECT_NEAR(p[2], 0.375, 1e-16);
  EXPECT_NEAR(p[3], 0.125, 1e-16);
  EXPECT_EQ(p[0], 0);
  EXPECT_EQ(p[4], 0);
  EXPECT_NEAR(value[0], 2.5, 1e-15);
  EXPECT_EQ(multiplier[0], 2);
  budget(scores, p, {.budget = 2, .temperature = 0});
  EXPECT_EQ(p, (std::vector<double>{0, 1, 0.5, 0.5, 0}));
}

TEST(Constrained, FallingTemperaturesTendToZeroTemperature) {
  const std::vector<double> scores = normal_scores<double>(40, 1, 9), upper(40, 0.3);
  for (const auto& [name, kind] : kDivergences) {
    std::vector<double> limit(40), near(40);
    constrained(scores, limit, kind, {.temperature = 0, .upper = upper});
    constrained(scores, near, kind, {.temperature = 1e-9, .upper = upper});
    for (std::size_t i = 0; i < 40; ++i) EXPECT_NEAR(near[i], limit[i], 1e-3) << name;
  }
}

TEST(Constrained, AtInfiniteTemperatureOnlyTheReferenceCounts) {
  const std::vector<double> scores{5, -5, 0, 1}, log_g{0, std::log(2.0), 0, 0};
  std::vector<double> p(4), q(4);
  for (const auto& [name, kind] : kDivergences) {
    constrained(scores, p, kind, {.temperature = kInf, .log_degeneracy = log_g});
    constrained(std::vector<double>(4, 0.0), q, kind, {.log_degeneracy = log_g});
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(p[i], q[i], 1e-16) << name;
    EXPECT_NEAR(p[1], 0.4, 1e-15) << name;
  }
}

TEST(Constrained, ABudgetAtTheBoundsPutsEveryStateThere) {
  const std::vector<double> scores{1, 2, 3};
  std::vector<double> p(3), multiplier(1);
  budget(scores, p, {.budget = 3, .multiplier = multiplier});
  EXPECT_EQ(p, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(multiplier[0], 0);  // the last tau at which all are full
  budget(scores, p, {.budget = 0, .multiplier = multiplier});
  EXPECT_EQ(p, (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(multiplier[0], 3);
  fermi_dirac(scores, p, {.budget = 3, .multiplier = multiplier});
  EXPECT_EQ(p, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(multiplier[0], -kInf);
}

TEST(Constrained, TooLittleRoomInTheScoresFillsWhatThereIs) {
  const std::vector<double> scores{1, -kInf, -kInf};
  std::vector<double> p(3), value(1);
  budget(scores, p, {.budget = 2, .value = value});
  EXPECT_EQ(p, (std::vector<double>{1, 0, 0}));
  EXPECT_EQ(value[0], -kInf);
}

TEST(Constrained, WideScoresKeepTheirAccuracy) {
  for (const auto& [name, kind] : kDivergences) {
    for (const double size : {1e3, 1e6}) {
      ConstrainedProblem problem{kind, 1, {}, 1, 1};
      for (const double x : {0.0, -0.3, -1.0, 0.7}) problem.scores.push_back(size + x);
      problem.upper.assign(4, 0.4L);
      const ConstrainedSolution exact = solve(problem);
      const auto got = run<double>(problem);
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(near(got.probabilities[i], exact.probabilities[i], 1e-12L))
            << name << ' ' << size;
      }
    }
  }
}

}  // namespace
}  // namespace gibbs::testing
