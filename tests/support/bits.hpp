#pragma once
// Equality to the bit, so that -0 and 0 differ and a NaN equals itself.

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "support/ulp.hpp"

namespace gibbs::testing {

// The first difference is named.
template <class T>
::testing::AssertionResult same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) {
    return ::testing::AssertionFailure() << a.size() << " elements against " << b.size();
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the bits are meant
    if (std::memcmp(&a[i], &b[i], sizeof(T)) == 0) continue;
    auto failure = ::testing::AssertionFailure() << "element " << i << " differs";
    if constexpr (Score<T>) failure << ": " << to_double(a[i]) << " and " << to_double(b[i]);
    return failure;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace gibbs::testing
