#pragma once
// The plainest loops, to see what this machine can do at best.

#include <cstdint>

namespace gibbs::bench {

// Reads every word once and does as little as possible with it.
std::uint64_t read_all(const std::uint64_t* words, std::int64_t count);

// The maximum, from one read of everything.
float largest_of_all(const float* in, std::int64_t count);

// out = exp(in) within about 1e-6, for |in| < 80: no edges, no sum, no maximum.
void exponential_of_all(const float* in, float* out, std::int64_t count);

}  // namespace gibbs::bench
