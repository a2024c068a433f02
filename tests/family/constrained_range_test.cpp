#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "constrained_cases.hpp"
#include "support/bars.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

// Rows whose scores differ by far more than the temperature.

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Divergences whose p falls to nothing within some T below the multiplier.
constexpr Divergence::Kind kShortTails[] = {Divergence::kAlpha, Divergence::kEuclidean,
                                            Divergence::kChiSquare, Divergence::kJensenShannon,
                                            Divergence::kFermiDirac};

template <Score T>
void expect_probabilities(const ConstrainedProblem& problem, const std::vector<long double>& exact,
                          const std::string& what) {
  const auto got = run<T>(problem);
  const long double largest = *std::max_element(exact.begin(), exact.end());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    ASSERT_TRUE(near(got.probabilities[i], exact[i], constrained_bar<T>(largest)))
        << what << ", kind " << problem.kind << ", T " << problem.temperature << ", p[" << i << "]";
  }
}

TEST(ConstrainedRange, StatesBelowTheRangeOfExpTakeWhatIsLeft) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const long double gap : {80.0L, 120.0L, 1000.0L, 1e6L, 1e20L}) {
      ConstrainedProblem problem{Divergence::kAlpha, 1, {gap, 0}, 1, 1};
      for (const long double bound : {static_cast<long double>(kInf), 1e3L}) {
        problem.upper = {0.5L, bound};
        expect_probabilities<T>(problem, {0.5L, 0.5L}, "two states");
      }
      problem.scores = {gap, 0, -gap, 0, gap};
      problem.upper = {0.25L, kInf, kInf, kInf, 0.25L};
      expect_probabilities<T>(problem, {0.25L, 0.25L, 0, 0.25L, 0.25L}, "five states");
    }
  });
}

// The states in order, each at its bound until the budget is spent.
TEST(ConstrainedRange, AtTinyTemperaturesTheHighestAreServedFirst) {
  on_every_target_for<double, float>([]<Score T>() {
    ConstrainedProblem problem{Divergence::kEuclidean, 1, {3, 2, 1, -5, 2.5L}, 1, 1.75L};
    problem.upper = {0.5L, 0.5L, 0.5L, 0.5L, 0.5L};
    for (double temperature = 1e-7; temperature > 1e-300; temperature *= 0.003) {
      problem.temperature = temperature;
      for (const auto kind : kShortTails) {
        problem.kind = kind;
        expect_probabilities<T>(problem, {0.5L, 0.5L, 0.25L, 0, 0.5L}, "all alike");
        ConstrainedProblem prior = problem;
        prior.log_degeneracy.assign(5, 0);
        expect_probabilities<T>(prior, {0.5L, 0.5L, 0.25L, 0, 0.5L}, "with degeneracies");
      }
      const ConstrainedProblem fermi{
          Divergence::kFermiDirac, 1, {3, 2, 1}, problem.temperature, 1.3L};
      const auto last = static_cast<long double>(static_cast<double>(fermi.budget) - 1);
      expect_probabilities<T>(fermi, {1, last, 0}, "no bounds");
    }
  });
}

// Some states around a level, and others far above and below it.
struct Spread {
  ConstrainedProblem near, all;
};

Spread spread(Divergence::Kind kind, long double level, long double far, bool weighted) {
  Spread pair{{kind, 1, {0.5L, -0.25L, 0, 0.75L, 0.0625L, -1}, 1, 1}, {}};
  pair.near.upper = {0.25L, 0.5L, 0.375L, 0.25L, 0.5L, 0.25L};
  if (weighted) pair.near.weights = {1, 0.5L, 2, 1.25L, 0.75L, 1};
  pair.all = pair.near;
  for (std::size_t i = 0; i < 6; ++i) {
    pair.all.scores[i] += level * (weighted ? pair.near.weights[i] : 1);
  }
  for (const long double sign : {1.0L, -1.0L, 1.0L}) {
    pair.all.scores.push_back(level + sign * far);
    pair.all.upper.push_back(0.5L);
    if (weighted) pair.all.weights.push_back(1);
  }
  pair.all.budget += 1;
  return pair;
}

TEST(ConstrainedRange, OnlyDifferencesNearTheLevelCount) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const bool weighted : {false, true}) {
      for (const long double level : {0.0L, 0x1p10L, 0x1p16L, -0x1p18L, 0x1p32L, -0x1p44L}) {
        if (std::same_as<T, float> && std::abs(level) > 0x1p18L) continue;
        for (const long double far : {0x1p10L, 0x1p20L, 0x1p44L, 0x1p60L}) {
          for (const auto kind : kShortTails) {
            const Spread pair = spread(kind, level, far, weighted);
            std::vector<long double> exact = solve(pair.near).probabilities;
            exact.insert(exact.end(), {0.5L, 0, 0.5L});
            expect_probabilities<T>(pair.all, exact, weighted ? "weighted" : "plain");
          }
        }
      }
    }
  });
}

TEST(ConstrainedRange, TheBudgetIsSpentToTheLastDigit) {
  for (const auto& [name, kind] : kDivergences) {
    for (double temperature = 1e-30; temperature < 1e31; temperature *= 1e3) {
      for (const double shift : {0.0, 1e7}) {
        std::vector<double> scores = normal_scores<double>(41, 1, 12), p(41);
        std::vector<double> upper = uniform_scores<double>(41, 0.25, 13);
        for (double& score : scores) score += shift;
        for (double& bound : upper) bound += 0.5;
        constrained(scores, p, kind, {.budget = 7.25, .temperature = temperature, .upper = upper});
        EXPECT_TRUE(near(std::accumulate(p.begin(), p.end(), 0.0L), 7.25L, 4e-15L))
            << name << ", T " << temperature << ", scores about " << shift;
      }
    }
  }
}

// One state, at the pole of its divergence, takes what the others are too low for.
TEST(ConstrainedRange, AFirstGuessThatNothingReachesIsNoAnswer) {
  on_every_target_for<double, float>([]<Score T>() {
    ConstrainedProblem problem{Divergence::kAlpha, 0.9L, {0, -1}, 1, 2.5L};
    problem.upper = {0, kInf};
    for (const long double log_g : {-1.0L, -60.0L, -200.0L}) {
      problem.log_degeneracy = {0, log_g};
      expect_probabilities<T>(problem, {0, 2.5L}, "one open state");
    }
  });
}

TEST(ConstrainedRange, BoundsThatSumToTheBudgetButForRoundingAreAllReached) {
  for (const auto& [name, kind] : kDivergences) {
    const std::vector<double> scores = normal_scores<double>(67, 1, 14);
    const std::vector<double> upper(67, 1.5 / 67);
    std::vector<double> p(67), multiplier(1);
    const double sum = std::accumulate(upper.begin(), upper.end(), 0.0);
    constrained(scores, p, kind, {.budget = sum, .upper = upper, .multiplier = multiplier});
    for (const double one : p) EXPECT_NEAR(one, 1.5 / 67, 2e-15) << name;
    EXPECT_LT(std::abs(multiplier[0]), 1e9) << name;
  }
}

// Fermi-Dirac of float rows near their ends: p within its bar though many of them round.
TEST(ConstrainedRange, FermiDiracOfManyFullStatesIsExact) {
  on_every_target_for<float>([]<Score T>() {
    for (const double sigma : {1.0, 4.0}) {
      for (const long double holes : {3.0L, 1.0L, 0.1L, 1e-3L}) {
        const std::vector<T> scores = normal_scores<T>(1000, sigma, 15);
        const ConstrainedProblem problem{Divergence::kFermiDirac, 1, widened(scores), 1,
                                         1000 - holes};
        std::vector<T> p(1000);
        fermi_dirac(scores, p, {.budget = static_cast<double>(problem.budget)});
        const auto exact = solve(problem).probabilities;
        for (std::size_t i = 0; i < p.size(); ++i) {
          ASSERT_TRUE(near(p[i], exact[i], constrained_bar<T>(1))) << sigma << ' ' << holes;
        }
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
