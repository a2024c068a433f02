// The contract for numbers at its edges, forward, for every map: one law per line of the table.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kLengths[] = {2, 3, 5, 16, 17, 100, 1000};

template <Score T>
Problem problem_of(std::int64_t n, double alpha, std::uint64_t seed = 91) {
  Problem problem;
  problem.scores = widened(normal_scores<T>(n, 2, seed));
  problem.alpha = alpha;
  return problem;
}

// Every number that the map writes, against the reference.
template <Score T>
void expect_as_reference(const Problem& problem) {
  const Problem seen = rounded_to<T>(problem);
  const Solution exact = solve(seen);
  const Mapped<T> got = map_row<T>(seen);
  EXPECT_TRUE(probabilities_are_close(got.probabilities, seen, exact));
  const auto expect_near = [&](const char* what, working_t<T> value, long double wanted) {
    EXPECT_LE(ulps_of_log(value, wanted), 4 * softmax_bar<working_t<T>>())
        << what << " " << value << ", exact " << wanted << ", alpha " << problem.alpha << " T "
        << problem.temperature << " columns " << problem.scores.size();
  };
  expect_near("log_partition", got.log_partition[0], exact.log_partition);
  expect_near("entropy", got.entropy[0], exact.entropy);
  expect_near("threshold", got.threshold[0], exact.threshold);
}

template <class Law>
void for_every_alpha_and_length(Law law) {
  for (const double alpha : kAlphas) {
    for (const std::int64_t n : kLengths) law(alpha, n);
  }
}

TEST(Edges, ANanAnywhereMakesItsWholeRowNan) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      for (const std::int64_t place : {std::int64_t{0}, n / 2, n - 1}) {
        Problem problem = problem_of<T>(n, alpha);
        problem.scores[static_cast<std::size_t>(place)] = kNan;
        const Mapped<T> got = map_row<T>(problem);
        for (const T p : got.probabilities) ASSERT_TRUE(std::isnan(to_double(p))) << alpha;
        EXPECT_TRUE(std::isnan(got.log_partition[0])) << alpha << " " << n;
        EXPECT_TRUE(std::isnan(got.entropy[0])) << alpha << " " << n;
        EXPECT_TRUE(std::isnan(got.threshold[0])) << alpha << " " << n;
      }
    });
  });
}

TEST(Edges, ANanBesideInfinitiesStillMakesTheRowNan) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const long double infinity : {kInfinity, -kInfinity}) {
        const Mapped<T> got = map_row<T>({{infinity, kNan, infinity}, alpha, 1, {}, {}});
        for (const T p : got.probabilities) EXPECT_TRUE(std::isnan(to_double(p))) << alpha;
      }
    }
  });
}

TEST(Edges, ANanRowLeavesTheOtherRowsAlone) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      auto scores = normal_scores<T>(3 * n, 2, 92);
      const Rows<const T> rows(scores.data(), 3, n);
      const EntmaxOptions<T> options{.alpha = alpha};
      auto before = map_rows<T>(rows, options).probabilities;
      scores[static_cast<std::size_t>(n + n / 2)] = from_double<T>(kNan);
      auto after = map_rows<T>(rows, options).probabilities;
      before.erase(before.begin() + n, before.begin() + 2 * n);
      after.erase(after.begin() + n, after.begin() + 2 * n);
      EXPECT_TRUE(same_bits(before, after)) << alpha << " " << n;
    });
  });
}

TEST(Edges, AMaskedStateIsAbsentWhateverItsScore) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      Problem problem = problem_of<T>(n, alpha);
      problem.mask.assign(problem.scores.size(), true);
      problem.mask[problem.scores.size() / 2] = false;
      const auto finite = map_row<T>(problem).probabilities;
      for (const auto x : {kNan, kInfinity, -kInfinity}) {
        problem.scores[problem.scores.size() / 2] = x;
        EXPECT_TRUE(same_bits(finite, map_row<T>(problem).probabilities)) << alpha << " " << n;
      }
    });
  });
}

TEST(Edges, MinusInfinityAMaskAndAZeroDegeneracyAreTheSameAbsence) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      const auto absent = [](std::size_t i) { return i % 2 == 1; };
      Problem infinite = problem_of<T>(n, alpha);
      Problem masked = infinite;
      Problem weightless = infinite;
      masked.mask.resize(infinite.scores.size());
      weightless.log_degeneracy.resize(infinite.scores.size());
      for (std::size_t i = 0; i < infinite.scores.size(); ++i) {
        if (absent(i)) infinite.scores[i] = weightless.log_degeneracy[i] = -kInfinity;
        masked.mask[i] = !absent(i);
      }
      for (const Problem& problem : {infinite, masked, weightless}) {
        expect_as_reference<T>(problem);
        const auto p = map_row<T>(problem).probabilities;
        for (std::size_t i = 1; i < p.size(); i += 2) ASSERT_EQ(to_double(p[i]), 0);
      }
    });
  });
}

template <Score T>
void expect_no_state(const Problem& problem) {
  const Mapped<T> got = map_row<T>(problem);
  for (const T p : got.probabilities) EXPECT_EQ(to_double(p), 0);
  EXPECT_EQ(got.log_partition[0], -kInfinity) << problem.alpha << " T " << problem.temperature;
  EXPECT_EQ(got.entropy[0], 0);
  EXPECT_EQ(got.support[0], 0);
  EXPECT_EQ(got.threshold[0], -kInfinity);
}

TEST(Edges, ARowWithoutAStateIsZerosWithLogPartitionMinusInfinity) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const long double t : {0.0L, 1.0L, kInfinity}) {
        for (const std::size_t n :
             {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{40}}) {
          const std::vector<long double> ones(n, 1), infinite(n, -kInfinity);
          expect_no_state<T>({infinite, alpha, t, {}, {}});
          expect_no_state<T>({ones, alpha, t, infinite, {}});
          expect_no_state<T>({ones, alpha, t, {}, std::vector<bool>(n, false)});
        }
      }
    }
  });
}

TEST(Edges, PlusInfinityTakesAllTheMassInProportionToG) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      Problem problem = problem_of<T>(n, alpha);
      problem.scores[0] = kInfinity;
      expect_as_reference<T>(problem);
      problem.scores.back() = kInfinity;
      expect_as_reference<T>(problem);
      problem.log_degeneracy = widened(normal_scores<working_t<T>>(n, 1, 93));
      expect_as_reference<T>(problem);
      problem.temperature = kInfinity;
      expect_as_reference<T>(problem);
    });
  });
}

TEST(Edges, ZeroTemperatureSharesTheMassAmongTheMaximaByG) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      for (const long double top : {-3.0L, 0.0L, 7.0L}) {
        Problem problem = problem_of<T>(n, alpha);
        for (long double& x : problem.scores) x = -4 - std::abs(x);
        problem.temperature = 0;
        problem.scores[0] = problem.scores.back() = top;
        expect_as_reference<T>(problem);
        problem.log_degeneracy = widened(normal_scores<working_t<T>>(n, 1, 94));
        expect_as_reference<T>(problem);
      }
    });
  });
}

TEST(Edges, InfiniteTemperatureGivesG) {
  on_every_target_and_type([]<Score T>() {
    for_every_alpha_and_length([](double alpha, std::int64_t n) {
      Problem problem = problem_of<T>(n, alpha);
      problem.temperature = kInfinity;
      expect_as_reference<T>(problem);
      problem.log_degeneracy = widened(normal_scores<working_t<T>>(n, 1, 95));
      expect_as_reference<T>(problem);
      problem.scores[0] = -kInfinity;
      expect_as_reference<T>(problem);
    });
  });
}

TEST(Edges, ExtremeTemperaturesApproachTheLimits) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      Problem problem{{1, 3, 3, 2, -1}, alpha, 1, {}, {}};
      for (const long double t : {1e-320L, 1e-300L, 1e-40L, 1e-30L}) {
        problem.temperature = t;
        const auto p = map_row<T>(problem).probabilities;
        EXPECT_LE(std::abs(to_double(p[1]) - 0.5), entmax_bar<T>()) << alpha << " T " << t;
        // Tails of alpha 0.5 fall as T^2.
        EXPECT_LE(to_double(p[0]) + to_double(p[3]) + to_double(p[4]), 1e-50)
            << alpha << " T " << t;
      }
      if (std::isinf(alpha)) continue;
      for (const long double t : {1e20L, 1e35L, 1e40L, 1e300L}) {
        problem.temperature = t;
        for (const T p : map_row<T>(problem).probabilities) {
          EXPECT_NEAR(to_double(p), 0.2, 1e-3) << alpha << " T " << t;
        }
      }
    }
  });
}

TEST(Edges, AnInfiniteOrNanDegeneracyMakesTheRowNan) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const long double bad : {kInfinity, kNan}) {
        Problem problem = problem_of<T>(20, alpha);
        problem.log_degeneracy.assign(20, 0);
        problem.log_degeneracy[7] = bad;
        for (const T p : map_row<T>(problem).probabilities) {
          EXPECT_TRUE(std::isnan(to_double(p))) << alpha << " log g " << bad;
        }
      }
    }
  });
}

TEST(Edges, ATieAtTheThresholdIsOutOfTheSupport) {
  on_every_target_and_type([]<Score T>() {
    for (const auto& [alpha, distance] :
         {std::pair{1.5, 2.0}, {2.0, 1.0}, {3.0, 0.5}, {1.25, 4.0}}) {
      const Mapped<T> got = map_row<T>({{0, -distance, -distance, -9}, alpha, 1, {}, {}});
      EXPECT_EQ(to_double(got.probabilities[0]), 1) << alpha;
      EXPECT_EQ(to_double(got.probabilities[1]), 0) << alpha;
      EXPECT_EQ(got.support[0], 1) << alpha;
      EXPECT_EQ(got.threshold[0], -distance) << alpha;
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
