#pragma once
// The draws of a block of rows, as the request asks for them.

#include <gibbs/gibbs.hpp>
#include <vector>

#include "commands/sample_request.hpp"
#include "io/block.hpp"

namespace gibbs::cli {

// Row after row, `draws` of each.
struct Draws {
  std::vector<std::int64_t> tokens;
  std::vector<double> log_probabilities;
  std::vector<DrawStatus> status;  // one per row
  // Of a chain of filters: under the law before it, and what it kept of each row.
  std::vector<double> full_log_probabilities, kept_masses;
  std::vector<std::int64_t> kept;
};

// Of the rows [first, first + count) of a block; their ids are their places in the table.
template <Score T>
Draws draw_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                std::int64_t first, std::int64_t count);

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

// One relaxed draw of every row.
template <Score T>
std::vector<T> relax_rows(const SampleRequest& request, const Block<T>& block, std::int64_t cols,
                          std::int64_t draw);

}  // namespace gibbs::cli
