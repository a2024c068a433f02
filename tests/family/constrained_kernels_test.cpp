#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "constrained_cases.hpp"
#include "support/bits.hpp"
#include "support/near.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Scores of long rows that a sample misjudges, or that leave no state between its bounds.
template <Score T>
std::vector<std::vector<T>> long_rows(std::int64_t n) {
  std::vector<std::vector<T>> rows;
  for (const double sigma : {0.01, 1.0, 30.0}) rows.push_back(normal_scores<T>(n, sigma, 41));
  rows.push_back(std::vector<T>(static_cast<std::size_t>(n), T(3)));  // ties
  rows.push_back(normal_scores<T>(n, 1, 42));
  for (std::size_t i = 0; i < rows.back().size(); i += 3) rows.back()[i] = T(-kInf);
  rows.push_back(rows[1]);
  std::sort(rows.back().begin(), rows.back().end());
  rows.push_back(rows[1]);
  rows.back()[7] = T(1000);
  rows.push_back(normal_scores<T>(n, 1, 43));
  for (T& score : rows.back()) score += T(1e4);
  return rows;
}

// Degeneracies of 1 are the same problem, and leave it to the general solver.
template <Score T>
void expect_kernel_agrees(const Divergence& divergence, const std::vector<T>& scores,
                          ConstrainedOptions<T> options) {
  const std::vector<T> ones(scores.size());
  std::vector<T> fast(scores.size()), slow(scores.size());
  T value[2], multiplier[2];
  options.value = std::span(value, 1);
  options.multiplier = std::span(multiplier, 1);
  constrained(scores, fast, divergence, options);
  options.log_degeneracy = ones;
  options.value = std::span(value + 1, 1);
  options.multiplier = std::span(multiplier + 1, 1);
  constrained(scores, slow, divergence, options);
  // Every p is rounded, and the multiplier makes up for the sum of that.
  const auto largest = static_cast<long double>(*std::max_element(slow.begin(), slow.end()));
  const long double unit = (std::same_as<T, double> ? 2e-14L : 3e-7L) * std::max(1.0L, largest);
  for (std::size_t i = 0; i < fast.size(); ++i) {
    ASSERT_TRUE(near(fast[i], slow[i], unit))
        << "kind " << divergence.kind << ", p[" << i << "] of " << scores.size() << ", T "
        << options.temperature[0] << ", budget " << options.budget[0] << ", scores from "
        << scores[0];
  }
  EXPECT_TRUE(near(value[0], value[1], 4 * unit * (1 + std::abs(value[1]))));
}

TEST(ConstrainedKernels, AgreeWithTheGeneralSolver) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {3, 70, 1500}) {
      for (const std::vector<T>& scores : long_rows<T>(std::max<std::int64_t>(n, 9))) {
        const auto count = static_cast<double>(scores.size());
        std::vector<T> upper = uniform_scores<T>(std::ssize(scores), 1, 44), lower = upper;
        for (T& each : upper) each = static_cast<T>((2 + each) * 4 / count);
        for (T& each : lower) each = static_cast<T>((1 + each) * 0.1 / count);
        for (const double temperature : {0.05, 1.0}) {
          ConstrainedOptions<T> options{.temperature = temperature, .upper = upper};
          expect_kernel_agrees<T>(Divergence::kEuclidean, scores, options);
          expect_kernel_agrees<T>(Divergence::kAlpha, scores, options);
          options.lower = lower;
          expect_kernel_agrees<T>(Divergence::kEuclidean, scores, options);
          const std::vector<T> ones(scores.size(), T(1));
          for (const double share : {1.5 / count, 0.1, 0.5}) {
            ConstrainedOptions<T> subset{.budget = share * count, .temperature = temperature};
            expect_kernel_agrees<T>(Divergence::kFermiDirac, scores, subset);
            subset.upper = ones;
            expect_kernel_agrees<T>(Divergence::kEuclidean, scores, subset);
          }
        }
      }
    }
  });
}

// Bounds that some of the states of a softmax reach: all alike, or not.
template <Score T>
std::vector<T> bounds_of(std::int64_t n, bool alike) {
  const auto count = static_cast<double>(n);
  std::vector<T> upper = uniform_scores<T>(n, 1, 44);
  for (T& each : upper) each = static_cast<T>((2 + (alike ? T(1) : each)) * T(2) / T(count));
  return upper;
}

// Every map that has a kernel, with budgets of few states and of many.
template <Score T>
void expect_kernels_agree(const std::vector<T>& scores, double temperature) {
  const auto n = std::ssize(scores);
  const auto count = static_cast<double>(n);
  for (const bool alike : {true, false}) {
    const std::vector<T> upper = bounds_of<T>(n, alike);
    const ConstrainedOptions<T> capped{.temperature = temperature, .upper = upper};
    expect_kernel_agrees<T>(Divergence::kEuclidean, scores, capped);
    expect_kernel_agrees<T>(Divergence::kAlpha, scores, capped);
  }
  const std::vector<T> ones(scores.size(), T(1));
  for (const double budget : {1.0, 2.5, 7.0, count / 16, count / 3, 0.9 * count}) {
    if (budget < 1 || budget >= count) continue;
    ConstrainedOptions<T> subset{.budget = budget, .temperature = temperature};
    expect_kernel_agrees<T>(Divergence::kFermiDirac, scores, subset);
    expect_kernel_agrees<T>(Divergence::kEuclidean, scores, subset);
    subset.upper = ones;
    expect_kernel_agrees<T>(Divergence::kEuclidean, scores, subset);
  }
}

TEST(ConstrainedKernels, AgreeWithTheGeneralSolverAtLengthsAroundTheirWidths) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {2, 4, 5, 8, 15, 16, 17, 31, 33, 63, 64, 65, 129, 511, 512, 513}) {
      expect_kernels_agree<T>(normal_scores<T>(n, 2, 51), 1);
    }
    for (const std::int64_t n : {4096, 4097}) {
      expect_kernels_agree<T>(normal_scores<T>(n, 2, 52), 1);
    }
  });
}

TEST(ConstrainedKernels, AgreeWhereASampleOfTheRowMisleads) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::vector<T> scores = normal_scores<T>(2048, 1, 53);
    std::vector<T> rare = scores, steps = scores, halves = scores;
    for (std::size_t i = 0; i < rare.size(); ++i) {
      if (i % 256 > 200) rare[i] += T(6);       // between the stretches of the sample
      steps[i] = T(static_cast<int>(i / 512));  // ties, and plateaus between them
      halves[i] += i % 2 == 0 ? T(50) : T(-50);
    }
    for (const auto& row : {rare, steps, halves}) {
      for (const double temperature : {0.02, 1.0, 500.0}) {
        expect_kernels_agree<T>(row, temperature);
      }
    }
  });
}

// No range of exp holds them; a sample of the row does not see who takes a small budget.
TEST(ConstrainedKernels, AgreeInRowsOfWideScores) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {60, 1024, 3000}) {
      for (const double sigma : {30.0, 300.0}) {
        expect_kernels_agree<T>(normal_scores<T>(n, sigma, 59), 1);
      }
    }
  });
}

// As many as a vector holds are solved at once: by ties, caps, offsets and scores far above.
TEST(ConstrainedKernels, AgreeWhereFewStatesAreOpen) {
  on_every_target_for<double, float>([]<Score T>() {
    for (unsigned seed = 0; seed < 40; ++seed) {
      std::vector<T> scores = normal_scores<T>(9 + seed, 1.5, 70 + seed);
      if (seed % 4 == 1) {
        for (T& each : scores) each = std::round(4 * each) / 4;
      }
      if (seed % 4 == 2) scores[seed / 2] += T(40);
      if (seed % 4 == 3) {
        for (T& each : scores) each -= T(500);
      }
      const std::vector<T> ones(scores.size(), T(1)), halves(scores.size(), T(0.5));
      for (const double temperature : {0.1, 1.0, 3.0}) {
        for (const double budget : {1.0, 2.0, 2.75, 4.0}) {
          ConstrainedOptions<T> subset{.budget = budget, .temperature = temperature};
          for (const auto& upper : {ones, halves}) {
            subset.upper = upper;
            expect_kernel_agrees<T>(Divergence::kEuclidean, scores, subset);
          }
        }
      }
    }
  });
}

TEST(ConstrainedKernels, ANaNAmongFewOpenStatesIsThatOfTheRow) {
  on_every_target_for<double, float>([]<Score T>() {
    for (std::size_t at = 0; at < 12; ++at) {
      std::vector<T> scores = normal_scores<T>(12, 1, 120), p(12);
      scores[at] = std::numeric_limits<T>::quiet_NaN();
      budget(scores, p, {.budget = 2});
      for (const T each : p) EXPECT_TRUE(std::isnan(each)) << at;
    }
  });
}

// Their exponentials are not kept.
TEST(ConstrainedKernels, AgreeInRowsBeyondTheCaches) {
  const std::vector<float> scores = normal_scores<float>(300'001, 2, 54);
  const std::vector<float> upper = bounds_of<float>(std::ssize(scores), false);
  on_every_target_for<float>([&]<Score T>() {
    expect_kernel_agrees<T>(Divergence::kAlpha, scores, {.upper = upper});
    expect_kernel_agrees<T>(Divergence::kFermiDirac, scores, {.budget = 20'000});
    const std::vector<T> ones(scores.size(), T(1));
    expect_kernel_agrees<T>(Divergence::kEuclidean, scores, {.budget = 20'000, .upper = ones});
  });
}

TEST(ConstrainedKernels, RowsAloneAreRowsOfABatch) {
  on_every_target_for<double, float>([]<Score T>() {
    constexpr std::int64_t kRows = 5, kCols = 1027;  // rows start at any lane of a vector
    const std::vector<T> scores = normal_scores<T>(kRows * kCols, 2, 55);
    const std::vector<T> upper = bounds_of<T>(kCols, false);
    for (const Divergence::Kind kind :
         {Divergence::kEuclidean, Divergence::kAlpha, Divergence::kFermiDirac}) {
      ConstrainedOptions<T> options{.budget = kind == Divergence::kFermiDirac ? 60.0 : 1.0};
      if (kind != Divergence::kFermiDirac) options.upper = upper;
      std::vector<T> all(scores.size()), alone(kCols);
      constrained(Rows<const T>(scores.data(), kRows, kCols), Rows<T>(all.data(), kRows, kCols),
                  kind, options);
      for (std::int64_t i = 0; i < kRows; ++i) {
        const auto first = scores.begin() + i * kCols;
        const auto in_all = all.begin() + i * kCols;
        constrained(std::vector<T>(first, first + kCols), alone, kind, options);
        EXPECT_TRUE(same_bits(alone, std::vector<T>(in_all, in_all + kCols))) << kind;
      }
    }
  });
}

TEST(ConstrainedKernels, ABoundThatIsOneNumberIsThatOfEveryState) {
  on_every_target_for<double, float>([]<Score T>() {
    constexpr std::int64_t kRows = 3, kCols = 700;
    const std::vector<T> scores = normal_scores<T>(kRows * kCols, 2, 58);
    const Rows<const T> in(scores.data(), kRows, kCols);
    const T unit = std::same_as<T, double> ? T(2e-14) : T(3e-7);
    for (const double share : {2.0, 40.0, 700.0}) {  // of the mean p
      const T one = static_cast<T>(share / static_cast<double>(kCols));
      const std::vector<T> all(kCols, one);
      for (const auto& [name, kind] : kDivergences) {
        std::vector<T> p(scores.size()), q(scores.size());
        constrained(in, Rows<T>(p.data(), kRows, kCols), kind,
                    {.upper = Rows<const T>(&one, kRows, kCols, 0, 0)});
        constrained(in, Rows<T>(q.data(), kRows, kCols), kind, {.upper = all});
        for (std::size_t i = 0; i < p.size(); ++i) ASSERT_NEAR(p[i], q[i], unit) << name;
      }
    }
  });
}

TEST(ConstrainedKernels, ABoundThatIsOneNumberIsChecked) {
  const std::vector<float> scores{1, 2, 3};
  std::vector<float> p(3);
  const auto map_with = [&](float one) {
    capped_softmax(scores, p, {.upper = Rows<const float>(&one, 1, 3, 0, 0)});
  };
  map_with(0.5F);
  for (const float one : {-1.0F, std::nanf(""), 0.25F}) {
    EXPECT_THROW(map_with(one), std::invalid_argument) << one;
  }
}

TEST(ConstrainedKernels, ANanThatNoSampleSeesSpoilsItsRow) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {40, 3000}) {
      for (std::int64_t at = 0; at < n; at += n / 10 + 1) {
        std::vector<T> scores = normal_scores<T>(n, 2, 56), p(scores.size());
        scores[static_cast<std::size_t>(at)] = std::numeric_limits<T>::quiet_NaN();
        const auto expect_nan = [&](const char* name) {
          EXPECT_TRUE(std::all_of(p.begin(), p.end(), [](T v) { return std::isnan(v); }))
              << name << ' ' << at;
        };
        const std::vector<T> upper = bounds_of<T>(n, false);
        capped_softmax(scores, p, {.upper = upper});
        expect_nan("capped softmax");
        capped_sparsemax(scores, p, {.upper = upper});
        expect_nan("capped sparsemax");
        for (const double budget_of : {2.0, 20.0}) {
          budget(scores, p, {.budget = budget_of});
          expect_nan("budget");
          fermi_dirac(scores, p, {.budget = budget_of});
          expect_nan("Fermi-Dirac");
        }
      }
    }
  });
}

TEST(ConstrainedKernels, InfiniteScoresOfALongRowAreServedFirst) {
  on_every_target_for<double, float>([]<Score T>() {
    std::vector<T> scores = normal_scores<T>(3000, 2, 57), p(scores.size());
    scores[1111] = T(kInf);
    scores[2222] = T(-kInf);
    for (const double k : {3.0, 300.0}) {
      budget(scores, p, {.budget = k});
      EXPECT_EQ(p[1111], 1);
      EXPECT_EQ(p[2222], 0);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), k, 1e-5 * k);
      fermi_dirac(scores, p, {.budget = k});
      EXPECT_EQ(p[1111], 1);
      EXPECT_EQ(p[2222], 0);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), k, 1e-5 * k);
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
