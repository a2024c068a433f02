#pragma once
// Filters that steer the surprise of what is drawn, and what they remember.

#include <cstdint>

namespace gibbs {

// All that a mirostat remembers between draws: the largest surprise that it lets through, in bits.
// The caller owns it, one per row, and gives it with the options of a draw (truncation.hpp); after
// a draw of surprise S, -log2 of the probability under the truncated law, mu becomes
// mu - eta (S - tau).
struct MirostatState {
  double mu = 0;

  // Where a text with the target `tau` begins.
  static constexpr MirostatState start(double tau) { return {2 * tau}; }
};

// The k highest scores, k such that a law of Zipf, fitted to the `fitted` most likely states, has
// a surprise of mu on the average of draws from them. tau: the surprise wanted, in bits; eta > 0:
// how fast mu follows.
// source    Basu, Ramachandran, Keskar & Varshney 2021, algorithm 1
struct Mirostat {
  double tau = 5, eta = 0.1;
  std::int64_t fitted = 100;
};

// States of at most mu bits of surprise.
// source    mirostat 2.0, of the same authors' implementation
struct MirostatV2 {
  double tau = 5, eta = 0.1;
};

}  // namespace gibbs
