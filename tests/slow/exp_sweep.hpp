#pragma once
// The exponential over all 2^32 floats, through softmax.

#include <cstdint>
#include <string>
#include <vector>

namespace gibbs::testing {

// What one SIMD target did. Errors against the double exponential of the C library, whose own error
// is below 1e-8 of a float's ulp.
struct SweepResult {
  std::string target;
  double worst_normal = 0;     // in ulp, where p is a normal number
  std::uint32_t worst_at = 0;  // the bits of x there
  double worst_subnormal = 0;  // in units of 2^-149, where p is below 2^-126
  std::int64_t nan_lost = 0;   // NaN inputs whose answer was a number
};

// Every row is 4096 floats whose bits follow each other, so that the answer is exp(x) over a sum
// that is known; all 2^32 bit patterns take part. Some minutes, on all threads.
std::vector<SweepResult> sweep_exponential();

}  // namespace gibbs::testing
