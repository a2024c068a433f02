#pragma once
// entmax as a compressed matrix: only the support is kept.

#include <cstdint>
#include <vector>

#include "gibbs/options.hpp"

namespace gibbs {

// Compressed sparse rows: row i holds columns[k], values[k] for row_offsets[i] <= k <
// row_offsets[i + 1], in ascending order of columns. row_offsets has rows + 1 entries.
template <Score T>
struct SparseRows {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<std::int64_t> row_offsets;
  std::vector<std::int64_t> columns;
  std::vector<T> values;
};

namespace detail {
template <Score T>
SparseRows<T> sparse_entmax(Rows<const T> scores, const EntmaxOptions<T>& options);
}

// entmax (entmax.hpp), the same numbers to the bit, with the zeros left out. A row of NaN keeps
// all its columns.
//
// cost      memory in proportion to the support; no array of the size of the scores
// throws    std::invalid_argument, as entmax
template <Batch In>
SparseRows<score_t<In>> sparse_entmax(const In& scores,
                                      const EntmaxOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::sparse_entmax<T>(Rows<const T>(scores), options);
}

}  // namespace gibbs
