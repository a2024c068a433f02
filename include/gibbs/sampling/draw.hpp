#pragma once
// What every draw can be told, and what it says beside its tokens.

#include <cstdint>
#include <span>

#include "gibbs/options.hpp"

namespace gibbs {

// Why a row has a token or none.
enum class DrawStatus : std::uint8_t {
  kDrawn,
  kNoState,  // all scores are -inf, masked or without degeneracy, or there are no columns
  kNaN,      // a NaN among the scores or log degeneracies
};

// The token of a row that has none.
inline constexpr std::int64_t kNoToken = -1;

// Options of a draw. The law of a row is p = entmax(scores; alpha, T, g): softmax at alpha 1.
//   seed, stream     whose noise (noise.hpp)
//   first_row        the id of row 0; row i has first_row + i, below 2^64,
//   row_ids          or row_ids[i] where these are given
//   first_category   the id of column 0: more than 0 for a piece of a row
//   first_draw       the number of the first draw of each row
//   alpha, temperature, log_degeneracy, mask      as entmax
// Outputs, written when not empty:
//   log_probability  rows x draws: log p of each token, to double precision; NaN for kNoToken
//   status           one per row
template <Score T>
struct DrawOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t first_draw = 0;
  PerRow alpha = 1.0;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  Rows<double> log_probability = {};
  std::span<DrawStatus> status = {};
};

}  // namespace gibbs
