#pragma once
// Some rows of a table on their way through the command.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <gibbs/losses/evaluation.hpp>
#include <gibbs/sparse.hpp>
#include <gibbs/types.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/problem.hpp"

namespace gibbs::cli {

// A number per row beside the probabilities.
enum class Extra {
  kLogPartition,
  kEntropy,
  kSupport,
  kThreshold,
  kValue,
  kMultiplier,
  kSinkProbability
};
inline constexpr std::array<std::string_view, 7> kExtraNames = {
    "log_partition", "entropy", "support", "threshold", "value", "multiplier", "sink_probability"};

constexpr std::string_view extra_name(Extra extra) {
  return kExtraNames[static_cast<std::size_t>(extra)];
}

// Blocks are used again and again, so that their memory is asked for once.
template <Score T>
struct Block {
  // From the reader. A problem ends the table after `rows` good rows.
  std::string text;  // CSV: whole records
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t lines = 0;  // of text
  std::int64_t bytes = 0;  // read
  std::optional<Problem> problem;
  std::vector<T> numbers;  // row after row: scores, then probabilities in their place
  std::vector<std::string_view> kept;
  std::string kept_text;

  // From the map, each empty unless asked for.
  std::array<std::vector<working_t<T>>, kExtraNames.size()> extras;
  std::vector<std::int64_t> support;  // the one extra that is a whole number
  SparseRows<T> sparse;
  std::vector<Evaluation> evaluations;  // one per alpha

  // For the writer: the first out_size bytes of out.
  std::string out;
  std::size_t out_size = 0;

  std::vector<working_t<T>>& extra(Extra which) { return extras[static_cast<std::size_t>(which)]; }
  const std::vector<working_t<T>>& extra(Extra which) const {
    return extras[static_cast<std::size_t>(which)];
  }
};

// The line of a text that is part of the block's, when all of the block has been read.
template <Score T>
std::int64_t line_of(const Block<T>& block, std::string_view part) {
  const char* const end = block.text.data() + block.text.size();
  return block.lines - std::count(part.data(), end, '\n') + 1;
}

}  // namespace gibbs::cli
