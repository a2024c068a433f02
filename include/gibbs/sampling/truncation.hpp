#pragma once
// Draws from the law that a chain of filters leaves of a row, and that law itself.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gibbs/options.hpp"
#include "gibbs/sampling/chain.hpp"
#include "gibbs/sampling/draw.hpp"
#include "gibbs/sampling/noise.hpp"

namespace gibbs {

// The states that rows keep: row i keeps columns[k] for row_offsets[i] <= k < row_offsets[i + 1],
// ascending. A row without a status of kDrawn keeps none.
struct KeptColumns {
  std::vector<std::int64_t> row_offsets;
  std::vector<std::int64_t> columns;
};

// What a chain of filters may be compared with: the law of the scores as they are given, or of
// these divided by all temperatures of the chain. Neither knows penalties or biases.
enum class FullLaw : std::uint8_t { kModel, kAtChainTemperature };

// Options of sample_truncated.
//   seed, stream, first_row, row_ids, first_draw, mask     as DrawOptions (draw.hpp)
//   full          the law called full below
//   mirostat      the states of a mirostat in the chain, one per row: read and renewed
// Outputs, written when not empty:
//   log_probability       rows x draws: log p of each token under the law drawn from
//   full_log_probability  rows x draws: under the full law
//   kept_mass             one per row: the mass of the states kept, under the full law. Without
//                         penalties and biases, and where all filters act at the temperature of
//                         the full law, log_probability = full_log_probability - log(kept_mass)
//   kept                  one per row: how many states were kept
//   kept_columns          which
//   status                one per row
struct TruncationOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_draw = 0;
  Rows<const bool> mask = {};
  FullLaw full = FullLaw::kModel;
  std::span<MirostatState> mirostat = {};
  Rows<double> log_probability = {};
  Rows<double> full_log_probability = {};
  std::span<double> kept_mass = {};
  std::span<std::int64_t> kept = {};
  KeptColumns* kept_columns = nullptr;
  std::span<DrawStatus> status = {};
};

// What truncate writes: p, or the scores, -inf for what was left out.
enum class Truncated : std::uint8_t { kProbabilities, kScores };

// Options of truncate: those of sample_truncated that need no token. The coin of an Xtc is that of
// draw first_draw; a mirostat's states are only read.
struct TruncateOptions {
  Truncated write = Truncated::kProbabilities;
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_draw = 0;
  Rows<const bool> mask = {};
  FullLaw full = FullLaw::kModel;
  std::span<const MirostatState> mirostat = {};
  std::span<double> kept_mass = {};
  std::span<std::int64_t> kept = {};
  KeptColumns* kept_columns = nullptr;
  std::span<DrawStatus> status = {};
};

// Categories of the noise that a row's coins come from: the i-th Xtc of a chain flips that of
// kCoinOfRow - i. (kWholeRow - 1 belongs to `sample`.)
inline constexpr std::uint64_t kCoinOfRow = kWholeRow - 2;

namespace detail {
template <Score T>
void sample_truncated(Rows<const T> scores, const ChainPerRow& chain, Rows<std::int64_t> tokens,
                      const TruncationOptions& options);
template <Score T>
void truncate(Rows<const T> scores, const ChainPerRow& chain, Rows<T> out,
              const TruncateOptions& options);
}  // namespace detail

// Draws tokens (rows x draws) from softmax(scores) as the filters of the chain leave it. Token d of
// a row is the inverse of the cumulative law, in the order of the columns, at the uniform noise of
// (seed, stream, row, kWholeRow, first_draw + d).
//
// range     rows of at most 2^31 - 1 columns (2^62 in double); any k, p and range of scores
// accuracy  log-probabilities 1e-6, double scores 1e-13, relative where above 1. What is kept and
//           drawn is the same on every target, thread count, machine and in every batch
// edges     +inf among the scores: the law is uniform on these. No state left, or a NaN: kNoToken,
//           NaN for its log-probability, 0 for what was kept; see status
// cost      three to five reads of a row in cache, one of them with exponentials; no sort. A thread
//           keeps its memory, some 50 bytes per column of its longest row (100 in double): a step
//           allocates none, but for kept_columns
// throws    std::invalid_argument: parameters out of their range (chain.hpp), a token of a penalty
//           or bias that is no column, shapes; more than one draw per row of a mirostat, or, where
//           a chain has a coin to flip, with kept_mass, kept or kept_columns
// source    of each filter: filters.hpp, penalties.hpp, mirostat.hpp; inversion: Devroye 1986
template <Batch In>
void sample_truncated(const In& scores, const ChainPerRow& chain, Rows<std::int64_t> tokens,
                      const TruncationOptions& options = {}) {
  using T = score_t<In>;
  detail::sample_truncated<T>(Rows<const T>(scores), chain, tokens, options);
}

// Writes the law that sample_truncated draws from: p, 0 for what was left out, or as
// options.write says the scores as the chain changed them. Both may be in place.
//
// edges     a NaN: the row is NaN. No state: 0, or -inf
// throws    std::invalid_argument, as sample_truncated
template <Batch In, BatchOut<score_t<In>> Out>
void truncate(const In& scores, const ChainPerRow& chain, Out&& out,
              const TruncateOptions& options = {}) {
  using T = score_t<In>;
  detail::truncate<T>(Rows<const T>(scores), chain, Rows<T>(std::forward<Out>(out)), options);
}

}  // namespace gibbs
