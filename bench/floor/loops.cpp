#include "floor/loops.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace gibbs::bench {

// Exclusive or has a latency of one cycle; a sum would wait for its adder.
std::uint64_t read_all(const std::uint64_t* words, std::int64_t count) {
  std::uint64_t all = 0;
  for (std::int64_t k = 0; k < count; ++k) all ^= words[k];
  return all;
}

float largest_of_all(const float* in, std::int64_t count) {
  constexpr std::int64_t kLine = 16, kAhead = 4096;  // floats; any address may be asked for
  float tops[kLine];
  std::fill_n(tops, kLine, in[0]);
  std::int64_t k = 0;
  for (; k + kLine <= count; k += kLine) {
    __builtin_prefetch(in + k + kAhead);
    for (std::int64_t i = 0; i < kLine; ++i) tops[i] = std::max(tops[i], in[k + i]);
  }
  for (; k < count; ++k) tops[0] = std::max(tops[0], in[k]);
  return *std::max_element(tops, tops + kLine);
}

void exponential_of_all(const float* in, float* out, std::int64_t count) {
  constexpr float kLog2E = std::numbers::log2e_v<float>;
  constexpr float kLn2 = std::numbers::ln2_v<float>;
  for (std::int64_t k = 0; k < count; ++k) {
    const float n = std::nearbyint(in[k] * kLog2E);
    const float r = in[k] - n * kLn2;
    const float p =
        1 + r * (1 + r * (1.0f / 2 + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120)))));
    out[k] = p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
  }
}

}  // namespace gibbs::bench
