#pragma once
// Filters that change the scores of single tokens: by what was said before, or by wish. A score
// that would overflow becomes the largest number of its sign, so that only a bias of -inf leaves a
// token out; a row without a token left has no state.

#include <cstdint>
#include <span>
#include <vector>

namespace gibbs {

// How often a token was said.
struct TokenCount {
  std::int64_t token = 0;
  std::int64_t count = 1;
};

// The tokens of the last `last_n` of the history (-1: all of it), each once, ascending.
std::vector<TokenCount> count_tokens(std::span<const std::int64_t> history,
                                     std::int64_t last_n = -1);

// The score s (divided by the temperatures before) of every token with a count c > 0 becomes
//   (s > 0 ? s / repetition : s repetition) - c frequency - presence
// Counts of one token in several entries add up, so a history can be given token by token.
// repetition > 0; 1, 0 and 0: off.
// source    Keskar, McCann, Varshney, Xiong & Socher 2019 (repetition)
struct Penalties {
  double repetition = 1, frequency = 0, presence = 0;
  std::vector<TokenCount> counts = {};
};

// Takes multiplier base^(L - allowed_length) from the score of each token that would continue a
// repetition of L >= allowed_length tokens: what followed them where they stood before. Of several
// repetitions the longest counts. A repetition does not reach over a breaker, a sequence of one or
// more tokens, and a breaker of one token is not penalised. Only the last `last_n` tokens of the
// history are looked at (-1: all). base >= 1; multiplier 0: off.
// source    Weidmann 2024, "Don't Repeat Yourself"
struct Dry {
  double multiplier = 0, base = 1.75;
  std::int64_t allowed_length = 2, last_n = -1;
  std::vector<std::int64_t> history = {};
  std::vector<std::vector<std::int64_t>> breakers = {};
};

struct TokenBias {
  std::int64_t token = 0;
  double bias = 0;
};

// Adds to the scores of tokens (divided by the temperatures before). -inf: the token is left out.
// Biases of one token add up.
struct LogitBias {
  std::vector<TokenBias> biases = {};
};

}  // namespace gibbs
