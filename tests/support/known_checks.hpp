#pragma once
// Whether what an entmax made of a row is within the bars of a known answer.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/bars.hpp"
#include "support/known_answers.hpp"
#include "support/near.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {

// Known answers are for float32 scores; bfloat16 and float16 see other scores.
template <Score T>
void check_probabilities(const KnownAnswer& known, const std::vector<T>& got) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const long double exact = known.solution.probabilities[i];
    if (known.problem.alpha == 1) {
      EXPECT_LE(ulps(got[i], exact), softmax_bar<T>()) << "column " << i << " exact " << exact;
    } else {
      EXPECT_LE(std::abs(got[i] - exact), entmax_bar<T>()) << "column " << i << " exact " << exact;
    }
  }
}

// How far below the threshold a state is, in units of T: what p would have to change by at alpha 2.
inline long double gap_of(const KnownAnswer& known, std::size_t i) {
  return (known.solution.threshold - known.problem.scores[i]) / known.problem.temperature;
}

// States with an exact p above the bar are in, states with p = 0 and a gap above it are out.
template <Score T>
void check_support(const KnownAnswer& known, const Mapped<T>& got) {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < got.probabilities.size(); ++i) {
    const long double exact = known.solution.probabilities[i];
    const bool inside = got.probabilities[i] > 0;
    found += inside ? 1 : 0;
    if (exact > entmax_bar<T>()) {
      EXPECT_TRUE(inside) << "column " << i << " exact " << exact;
    }
    if (exact == 0 && !(gap_of(known, i) <= entmax_bar<T>())) {
      EXPECT_FALSE(inside) << "column " << i;
    }
  }
  EXPECT_EQ(got.support[0], found);
}

template <Score T>
void check_numbers(const KnownAnswer& known, const Mapped<T>& got) {
  const Solution& exact = known.solution;
  EXPECT_LE(ulps_of_log(got.log_partition[0], exact.log_partition), softmax_bar<T>())
      << got.log_partition[0] << " exact " << exact.log_partition;
  EXPECT_LE(ulps_of_log(got.entropy[0], exact.entropy), 2 * softmax_bar<T>())
      << got.entropy[0] << " exact " << exact.entropy;
}

// tau = x - T r^(alpha - 1) / (alpha - 1) with r = p / g: some ulp of the larger of tau and the
// scores, alpha - 1 times as many for the power, and T times what p may be off by.
template <Score T>
long double threshold_bar(const KnownAnswer& known) {
  const Problem& problem = known.problem;
  if (std::isinf(problem.alpha) || std::isinf(known.solution.threshold)) return 0;
  long double size = std::abs(known.solution.threshold);
  for (const long double x : problem.scores) {
    if (std::isfinite(x)) size = std::max(size, std::abs(x));
  }
  return 4 * softmax_bar<T>() * std::max(1.0L, problem.alpha - 1) * ulp_at<T>(size) +
         problem.temperature * entmax_bar<T>();
}

template <Score T>
void check_threshold(const KnownAnswer& known, const Mapped<T>& got) {
  const long double exact = known.solution.threshold;
  if (got.threshold[0] == exact) return;
  EXPECT_TRUE(near(got.threshold[0], exact, threshold_bar<T>(known)));
}

}  // namespace gibbs::testing
