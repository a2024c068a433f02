// The edges of log_softmax and log_sum_exp: those of softmax, with log 0 = -inf.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>

#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// Both maps against the reference.
template <Score T>
void expect_as_reference(const Problem& problem) {
  using W = working_t<T>;
  const Problem seen = rounded_to<T>(problem);
  const Solution exact = solve(seen);
  const auto scores = converted<T>(seen.scores);
  const auto log_g = converted<W>(seen.log_degeneracy);
  const Mask mask(seen.mask);
  MapOptions<T> options;
  options.temperature = static_cast<double>(seen.temperature);
  if (!log_g.empty()) options.log_degeneracy = log_g;
  if (!seen.mask.empty()) options.mask = mask.view();
  std::vector<T> log_p(scores.size());
  log_softmax(scores, log_p, options);
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    EXPECT_LE(ulps_of_log(log_p[i], exact.log_probabilities[i]), softmax_bar<T>())
        << "log p[" << i << "] " << to_double(log_p[i]) << ", exact " << exact.log_probabilities[i];
  }
  const W log_z = static_cast<W>(log_sum_exp(scores, options));
  EXPECT_LE(ulps_of_log(log_z, exact.log_partition), softmax_bar<W>())
      << "log Z " << log_z << ", exact " << exact.log_partition;
}

std::vector<long double> row(std::size_t n) {
  return widened(normal_scores<float>(static_cast<std::int64_t>(n), 2, 101));
}

constexpr std::size_t kLengths[] = {2, 3, 17, 100};

TEST(EdgesOfLogs, ANanAnywhereMakesTheAnswerNan) {
  on_every_target_and_type([]<Score T>() {
    for (const std::size_t n : kLengths) {
      for (const std::size_t place : {std::size_t{0}, n / 2, n - 1}) {
        Problem problem{row(n)};
        problem.scores[place] = kNan;
        expect_as_reference<T>(problem);
      }
    }
  });
}

TEST(EdgesOfLogs, AnAbsentStateHasMinusInfinity) {
  on_every_target_and_type([]<Score T>() {
    for (const std::size_t n : kLengths) {
      Problem infinite{row(n)}, masked{row(n)}, weightless{row(n)};
      infinite.scores[1] = -kInfinity;
      masked.mask.assign(n, true);
      masked.mask[1] = false;
      weightless.log_degeneracy.assign(n, 0.5L);
      weightless.log_degeneracy[1] = -kInfinity;
      for (const Problem& problem : {infinite, masked, weightless}) expect_as_reference<T>(problem);
    }
  });
}

TEST(EdgesOfLogs, WithoutAStateEverythingIsMinusInfinity) {
  on_every_target_and_type([]<Score T>() {
    for (const std::size_t n : {0, 1, 2, 17, 100}) {
      const std::vector<long double> ones(n, 1), infinite(n, -kInfinity);
      for (const long double t : {0.0L, 1.0L, kInfinity}) {
        expect_as_reference<T>({infinite, 1, t, {}, {}});
        expect_as_reference<T>({ones, 1, t, infinite, {}});
        expect_as_reference<T>({ones, 1, t, {}, std::vector<bool>(n, false)});
      }
    }
  });
}

TEST(EdgesOfLogs, PlusInfinityTakesAllTheMass) {
  on_every_target_and_type([]<Score T>() {
    for (const std::size_t n : kLengths) {
      Problem problem{row(n)};
      problem.scores[0] = kInfinity;
      expect_as_reference<T>(problem);
      problem.scores.back() = kInfinity;
      problem.log_degeneracy = row(n);
      expect_as_reference<T>(problem);
    }
  });
}

TEST(EdgesOfLogs, TemperaturesZeroAndInfinityAreTheLimits) {
  on_every_target_and_type([]<Score T>() {
    for (const std::size_t n : kLengths) {
      for (const long double t : {0.0L, kInfinity}) {
        for (const long double top : {-50.0L, 0.0L, 50.0L}) {
          Problem problem{row(n), 1, t, {}, {}};
          for (long double& x : problem.scores) x -= 100;
          problem.scores[0] = problem.scores.back() = top;
          expect_as_reference<T>(problem);
          problem.log_degeneracy = row(n);
          expect_as_reference<T>(problem);
        }
      }
    }
  });
}

// Long enough to be mapped in parts; the edge is alone in one of them.
TEST(EdgesOfLogs, InLongRowsTheyAreTheSame) {
  on_every_target_for<double, float>([]<Score T>() {
    const std::size_t n = 70000;
    const Problem plain{row(n)};
    Problem nan = plain, infinite = plain, absent = plain, empty_part = plain;
    nan.scores[n - 1] = kNan;
    infinite.scores[n - 1] = kInfinity;
    absent.scores[0] = -kInfinity;
    std::fill(empty_part.scores.begin() + 65536, empty_part.scores.end(), -kInfinity);
    for (const Problem& problem : {nan, infinite, absent, empty_part}) {
      expect_as_reference<T>(problem);
    }
  });
}

// 1 / T has a second part, of either sign.
TEST(EdgesOfLogs, AnAbsentStateIsAbsentAtAnyTemperature) {
  on_every_target_for<double, float>([]<Score T>() {
    constexpr T kNone = -std::numeric_limits<T>::infinity();
    for (const std::size_t n : {3, 64, 300, 40000}) {
      for (double t = 1; t > (sizeof(T) == 4 ? 1e-20 : 1e-45); t *= 0.37) {
        std::vector<T> x(n, T{0.25}), log_p(n);
        x[0] = kNone;
        x[1] = T{0.5};
        log_softmax(x, log_p, {.temperature = t});
        ASSERT_EQ(log_p[0], kNone) << n << " T " << t;
        ASSERT_FALSE(std::isnan(log_p[2])) << n << " T " << t;
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
