// The known answers of tests/known/maps.txt, in every type and on every target.

#include "support/known_answers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>

#include "support/bars.hpp"
#include "support/known_checks.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T, class Check>
void for_every_answer(Check check) {
  for (const KnownAnswer& known : known_answers()) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, known.name);
    check(known, map_row<T>(known.problem));
    if (::testing::Test::HasFailure()) return;
  }
}

void check_reference(const KnownAnswer& known, const Solution& got) {
  const long double bar = 1e-17L;
  for (std::size_t i = 0; i < got.probabilities.size(); ++i) {
    EXPECT_LE(distance(got.probabilities[i], known.solution.probabilities[i], bar), 1) << i;
  }
  const auto in_ulp = [](long double value, long double exact) {
    return ulps_of_log(static_cast<double>(value), exact);
  };
  EXPECT_LE(in_ulp(got.entropy, known.solution.entropy), 1);
  EXPECT_LE(in_ulp(got.log_partition, known.solution.log_partition), 1);
  EXPECT_LE(in_ulp(got.threshold, known.solution.threshold), 1);
  EXPECT_EQ(got.support, known.solution.support);
}

TEST(KnownAnswers, TheReferenceOfTheTestsAgreesWithThem) {
  for (const KnownAnswer& known : known_answers()) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, known.name);
    check_reference(known, solve(known.problem));
  }
}

TEST(KnownAnswers, TheyCoverTheFamily) {
  std::int64_t columns = 0;
  for (const KnownAnswer& known : known_answers()) {
    columns = std::max(columns, static_cast<std::int64_t>(known.problem.scores.size()));
  }
  EXPECT_EQ(columns, 300);
  EXPECT_GE(known_answers().size(), 900u);
}

TEST(KnownAnswers, ProbabilitiesAreWithinTheBars) {
  on_every_target_for<double, float>([]<Score T>() {
    for_every_answer<T>([](const KnownAnswer& known, const Mapped<T>& got) {
      check_probabilities(known, got.probabilities);
    });
  });
}

TEST(KnownAnswers, TheSupportIsExactWhereTheGapIsAboveTheBar) {
  on_every_target_for<double, float>([]<Score T>() { for_every_answer<T>(check_support<T>); });
}

TEST(KnownAnswers, OptimalValueAndEntropyAreWithinTheBars) {
  on_every_target_for<double, float>([]<Score T>() { for_every_answer<T>(check_numbers<T>); });
}

TEST(KnownAnswers, ThresholdsAreWithinTheBars) {
  on_every_target_for<double, float>([]<Score T>() { for_every_answer<T>(check_threshold<T>); });
}

// softmax, log_softmax and log_sum_exp take the same options.
template <Score T>
struct Arguments {
  explicit Arguments(const Problem& problem)
      : scores(converted<T>(problem.scores)),
        log_g(converted<working_t<T>>(problem.log_degeneracy)),
        mask(problem.mask) {
    options.temperature = static_cast<double>(problem.temperature);
    if (!log_g.empty()) options.log_degeneracy = log_g;
    if (!problem.mask.empty()) options.mask = mask.view();
  }
  std::vector<T> scores;
  std::vector<working_t<T>> log_g;
  Mask mask;
  MapOptions<T> options;
};

TEST(KnownAnswers, LogProbabilitiesAreWithinTheBars) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const KnownAnswer& known : known_answers()) {
      if (known.problem.alpha != 1) continue;
      const Arguments<T> arguments(known.problem);
      std::vector<T> got(arguments.scores.size());
      log_softmax(arguments.scores, got, arguments.options);
      for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_LE(ulps_of_log(got[i], known.solution.log_probabilities[i]), softmax_bar<T>())
            << known.name << " column " << i << " got " << got[i];
      }
    }
  });
}

TEST(KnownAnswers, LogSumExpIsWithinTheBars) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const KnownAnswer& known : known_answers()) {
      if (known.problem.alpha != 1) continue;
      const Arguments<T> arguments(known.problem);
      const auto got = static_cast<T>(log_sum_exp(arguments.scores, arguments.options));
      ASSERT_LE(ulps_of_log(got, known.solution.log_partition), softmax_bar<T>())
          << known.name << " got " << got;
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
