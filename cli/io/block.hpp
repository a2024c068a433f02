#pragma once
// Some rows of a table on their way through the command.

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
  std::vector<working_t<T>> log_partition;
  std::vector<working_t<T>> entropy;
  std::vector<std::int64_t> support;
  std::vector<working_t<T>> threshold;
  SparseRows<T> sparse;
  std::vector<Evaluation> evaluations;  // one per alpha

  // For the writer: the first out_size bytes of out.
  std::string out;
  std::size_t out_size = 0;
};

}  // namespace gibbs::cli
