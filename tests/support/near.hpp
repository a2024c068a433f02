#pragma once
// EXPECT_NEAR in long double.

#include <gtest/gtest.h>

#include <cmath>

namespace gibbs::testing {

// NaN is near nothing.
inline ::testing::AssertionResult near(long double got, long double exact, long double bar) {
  if (std::abs(got - exact) <= bar) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << got << " is " << std::abs(got - exact) << " from " << exact << ", bar " << bar;
}

}  // namespace gibbs::testing
