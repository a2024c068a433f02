#pragma once
// The draws of a block of rows, as the request asks for them.

#include <gibbs/gibbs.hpp>
#include <vector>

#include "commands/sample_request.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

// Some draws of some rows of a block: draws [draw, draw + draws) of rows [row, row + rows).
struct Stretch {
  std::int64_t row = 0, rows = 0, draw = 0, draws = 0;
};

// Row after row, `per_row` of each.
struct Draws {
  Draws(std::int64_t rows, std::int64_t draws)
      : per_row(draws),
        tokens(static_cast<std::size_t>(rows * draws)),
        log_probabilities(tokens.size()),
        status(static_cast<std::size_t>(rows)) {}

  template <class V>
  Rows<V> rows_of(std::vector<V>& values) const {
    return {values.data(), std::ssize(status), per_row};
  }
  std::size_t at(std::int64_t row, std::int64_t draw) const {
    return static_cast<std::size_t>(row * per_row + draw);
  }

  std::int64_t per_row;
  std::vector<std::int64_t> tokens;
  std::vector<double> log_probabilities;
  std::vector<DrawStatus> status;  // one per row
  // Of a chain of filters: under the law before it, and what it kept of each row.
  std::vector<double> full_log_probabilities, kept_masses;
  std::vector<std::int64_t> kept;
};

// The ids of rows are their places in the table. However the draws of a row are cut, they are the
// same.
template <Score T>
Draws draw_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                const Stretch& stretch);

// How often each token of one row of a block is drawn: some of the draws are held at a time.
struct Counts {
  std::vector<std::int64_t> of;
  DrawStatus status = DrawStatus::kDrawn;
};
template <Score T>
Counts count_draws(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                   std::int64_t row);

// The law of one row of a block.
template <Score T>
std::vector<double> law_of_row(const SampleRequest& request, const Block<T>& block,
                               std::int64_t cols, std::int64_t row);

// Relaxed draws, row after row.
template <Score T>
std::vector<T> relax_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                          const Stretch& stretch);

}  // namespace gibbs::cli
