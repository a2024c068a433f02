#pragma once
// Whether what the library made of a row is within the bars of the reference.

#include <gtest/gtest.h>

#include "support/bars.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {

// p at one place: in ulp for softmax and the limits, absolute for entmax.
template <Score T>
bool within_bar(T got, long double exact, const Problem& problem) {
  if (to_double(got) == exact) return true;
  const bool limit = problem.temperature == 0 || std::isinf(problem.temperature);
  if (problem.alpha == 1 || std::isinf(problem.alpha) || limit || std::isnan(exact)) {
    return ulps(got, exact) <= softmax_bar<T>();
  }
  return std::abs(to_double(got) - exact) <= entmax_bar_at<T>(exact);
}

template <Score T>
::testing::AssertionResult probabilities_are_close(const std::vector<T>& got,
                                                   const Problem& problem, const Solution& exact) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (within_bar(got[i], exact.probabilities[i], problem)) continue;
    return ::testing::AssertionFailure()
           << "alpha " << problem.alpha << " T " << problem.temperature << " columns " << got.size()
           << ": p[" << i << "] is " << to_double(got[i]) << ", exact " << exact.probabilities[i]
           << ", " << ulps(got[i], exact.probabilities[i]) << " ulp off";
  }
  return ::testing::AssertionSuccess();
}

// Maps the row in type T and compares with the reference on the same rounded numbers.
template <Score T>
::testing::AssertionResult row_is_close(const Problem& problem) {
  const Problem seen = rounded_to<T>(problem);
  return probabilities_are_close(map_row<T>(seen).probabilities, seen, solve(seen));
}

// The same on every target, for rows so long that the reference takes longer than all of them.
template <Score T>
void expect_long_row_is_close(const Problem& problem) {
  const Problem seen = rounded_to<T>(problem);
  const Solution exact = solve(seen);
  on_every_target([&] {
    EXPECT_TRUE(probabilities_are_close(map_row<T>(seen).probabilities, seen, exact))
        << kTypeName<T>;
  });
}

}  // namespace gibbs::testing
