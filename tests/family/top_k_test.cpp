// Which states the maps of the k highest scores keep, and that these are mapped as a row is.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "family/top_k_calls.hpp"
#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// Every number that the map writes, against the reference.
template <Score T>
void expect_as_reference(const Problem& problem, std::int64_t k) {
  const Problem seen = rounded_to<T>(problem);
  const Problem kept = restricted(seen, k);
  const Solution exact = solve(kept);
  const Mapped<T> got = map_top_k<T>(seen, k);
  EXPECT_TRUE(probabilities_are_close(got.probabilities, kept, exact)) << "k " << k;
  const auto expect_near = [&](const char* what, working_t<T> value, long double wanted) {
    EXPECT_LE(ulps_of_log(value, wanted), 4 * softmax_bar<working_t<T>>())
        << what << " " << value << ", exact " << wanted << ", alpha " << problem.alpha << " k "
        << k;
  };
  expect_near("log_partition", got.log_partition[0], exact.log_partition);
  expect_near("entropy", got.entropy[0], exact.entropy);
  expect_near("threshold", got.threshold[0], exact.threshold);
  if (sizeof(T) == 2) return;  // a small p is 0 in a short type
  EXPECT_EQ(got.support[0], std::count_if(got.probabilities.begin(), got.probabilities.end(),
                                          [](T p) { return to_double(p) > 0; }));
}

std::vector<std::int64_t> some_k(std::int64_t n) { return {0, 1, 2, 7, n / 3, n - 1, n, n + 5}; }

TEST(TopK, IsTheMapOfTheKHighestScores) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0}) {
      for (const std::int64_t n : {1, 2, 5, 17, 64, 129, 700}) {
        for (const std::int64_t k : some_k(n)) expect_as_reference<T>(problem_of<T>(n, alpha), k);
        if (HasFailure()) FAIL() << "alpha " << alpha << " columns " << n;
      }
    }
  });
}

TEST(TopK, DegeneracyAndTemperatureCountForTheStatesKept) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : {0.5, 1.0, 1.5, 2.0}) {
      for (const std::int64_t n : {5, 64, 300}) {
        Problem problem = problem_of<T>(n, alpha);
        problem.log_degeneracy = widened(normal_scores<working_t<T>>(n, 1, 302));
        for (const double t : {0.25, 4.0}) {
          problem.temperature = t;
          for (const std::int64_t k : some_k(n)) expect_as_reference<T>(problem, k);
        }
      }
    }
  });
}

TEST(TopK, StatesThatAreAbsentDoNotCountAmongTheK) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {6, 40, 300}) {
      Problem problem = problem_of<T>(n, 1.5);
      const auto best = static_cast<std::size_t>(
          std::max_element(problem.scores.begin(), problem.scores.end()) - problem.scores.begin());
      Problem masked = problem, weightless = problem, none = problem;
      masked.mask.assign(problem.scores.size(), true);
      masked.mask[best] = false;
      weightless.log_degeneracy.assign(problem.scores.size(), 0);
      weightless.log_degeneracy[best] = -kInfinity;
      none.scores[best] = -kInfinity;
      for (const std::int64_t k : {std::int64_t{1}, std::int64_t{3}, n - 1}) {
        expect_as_reference<T>(masked, k);
        expect_as_reference<T>(weightless, k);
        expect_as_reference<T>(none, k);
        EXPECT_EQ(to_double(map_top_k<T>(masked, k).probabilities[best]), 0);
      }
      EXPECT_GT(to_double(map_top_k<T>(problem, 1).probabilities[best]), 0);
    }
  });
}

TEST(TopK, OfEqualScoresThoseInTheLowerColumnsAreKept) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {2, 16, 33, 64, 500}) {
      for (const std::int64_t k : {std::int64_t{1}, n / 2, n - 1}) {
        const Problem equal{std::vector<long double>(static_cast<std::size_t>(n), -3)};
        const auto p = map_top_k<T>(equal, k).probabilities;
        for (std::int64_t i = 0; i < n; ++i) {
          EXPECT_EQ(to_double(p[static_cast<std::size_t>(i)]) > 0, i < k) << n << " " << k;
        }
        Problem few = problem_of<T>(n, 1);  // many ties
        for (long double& x : few.scores) x = std::floor(x);
        expect_as_reference<T>(few, k);
      }
    }
  });
}

// An order in which the middle of the scores at n/4, n/2 and 3n/4 is the lowest but one, and again
// among those above it: a quickselect that takes its pivots there drops two scores a round.
std::vector<long double> trap(std::size_t n) {
  std::vector<long double> scores(n % 2, 0);
  while (scores.size() < n) {
    const auto low = -static_cast<long double>(scores.size()) / 64;
    const auto quarter = static_cast<std::ptrdiff_t>((scores.size() + 2) / 4);
    const auto half = static_cast<std::ptrdiff_t>((scores.size() + 2) / 2);
    scores.insert(scores.begin() + quarter, low);
    scores.insert(scores.begin() + half, low - 1.0L / 128);
  }
  return scores;
}

// Which orders a selection may find hard.
std::vector<std::vector<long double>> orders(std::size_t n) {
  std::vector<long double> up(n), down(n), pipe(n), waves(n), two(n);
  for (std::size_t i = 0; i < n; ++i) {
    up[i] = static_cast<long double>(i) / 64;
    down[i] = -up[i];
    pipe[i] = static_cast<long double>(std::min(i, n - i)) / 64;
    waves[i] = static_cast<long double>((i * 7919) % n) / 64;
    two[i] = i % 2 == 0 ? 1 : 0;
  }
  return {up, down, pipe, waves, two, trap(n)};
}

TEST(TopK, TheOrderOfTheScoresDoesNotMatter) {
  for (const std::size_t n : {100, 3000}) {
    for (const auto& scores : orders(n)) {
      for (const std::int64_t k : {1, 10, 33, 64, 90, 1000}) {
        const auto kept = restricted({scores}, k).scores;
        const auto p = map_top_k<double>({scores, 0.5L}, k).probabilities;  // all kept have p > 0
        for (std::size_t i = 0; i < n; ++i) {
          ASSERT_EQ(p[i] > 0, kept[i] > -kInfinity) << n << " " << k << " at " << i;
        }
      }
    }
  }
}

TEST(TopK, AllColumnsIsEntmaxToTheBit) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      const Problem problem = problem_of<T>(50, alpha);
      const Mapped<T> all = map_row<T>(problem);
      for (const std::int64_t k : {50, 51, 1000}) {
        const Mapped<T> got = map_top_k<T>(problem, k);
        EXPECT_TRUE(same_bits(got.probabilities, all.probabilities));
        EXPECT_TRUE(same_bits(got.log_partition, all.log_partition));
      }
    }
  });
}

TEST(TopK, ANanAnywhereMakesItsWholeRowNanAndNoOther) {
  on_every_target_and_type([]<Score T>() {
    const std::int64_t n = 100;
    for (const std::int64_t k : {0, 1, 40, 99}) {
      for (const std::size_t place : {std::size_t{0}, std::size_t{57}, std::size_t{99}}) {
        auto x = normal_scores<T>(3 * n, 2, 303);
        x[n + place] = from_double<T>(kNan);
        const Mapped<T> got = map_top_k<T>(Rows<const T>(x.data(), 3, n), k, {});
        for (std::size_t i = 0; i < 3 * n; ++i) {
          ASSERT_EQ(std::isnan(to_double(got.probabilities[i])), i / n == 1) << i << " k " << k;
        }
        EXPECT_TRUE(std::isnan(got.log_partition[1]));
        EXPECT_TRUE(std::isnan(got.entropy[1]));
        EXPECT_FALSE(std::isnan(got.entropy[2]));
      }
    }
  });
}

TEST(TopK, ADegeneracyThatIsNoNumberMakesItsRowNanAndAMaskedScoreDoesNot) {
  on_every_target_and_type([]<Score T>() {
    for (const long double bad : {kNan, kInfinity}) {
      Problem problem = problem_of<T>(20, 1);
      problem.log_degeneracy.assign(20, 0);
      problem.log_degeneracy[13] = bad;
      for (const T p : map_top_k<T>(problem, 2).probabilities)
        EXPECT_TRUE(std::isnan(to_double(p)));
    }
    Problem masked = problem_of<T>(20, 1);
    masked.scores[13] = kNan;
    masked.mask.assign(20, true);
    masked.mask[13] = false;
    expect_as_reference<T>(masked, 3);
  });
}

TEST(TopK, TheLimitsAreThoseOfTheStatesKept) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<std::vector<long double>> rows{{1, 3, 3, 3, 2},
                                                     {1, kInfinity, kInfinity, -1, kInfinity},
                                                     {-kInfinity, -kInfinity, 5, -kInfinity, 5},
                                                     std::vector<long double>(5, -kInfinity)};
    for (const double alpha : kAlphas) {
      for (const long double t : {0.0L, 1.0L, kInfinity}) {
        for (const auto& scores : rows) {
          for (const std::int64_t k : {0, 1, 2, 4}) {
            expect_as_reference<T>({scores, alpha, t}, k);
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
