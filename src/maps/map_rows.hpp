#pragma once
// Contiguous lanes mapped by the kernel that fits alpha, temperature and degeneracy.

#include <cstdint>

#include "gibbs/options.hpp"
#include "kernels/limit_row.hpp"
#include "kernels/row_summary.hpp"
#include "kernels/softmax.hpp"
#include "maps/lanes.hpp"

namespace gibbs::maps {

// The law of one row.
struct Law {
  double alpha, temperature;

  // The limit that alpha and T put every row in.
  kernels::LimitLaw limit() const;
};

// Whether lanes of type W cannot tell this alpha from 1: |p - softmax| < 0.3 |alpha - 1|.
template <class W>
bool is_softmax(double alpha) {
  const double distance = alpha < 1 ? 1 - alpha : alpha - 1;
  return distance < (sizeof(W) == 4 ? 1e-9 : 1e-300);
}

// Whether the fast kernels take the law; others go through map_weighted_row.
template <class W>
bool is_plain(Law law) {
  return law.limit().limit != kernels::Limit::kRegular || kernels::has_scale<W>(law.temperature);
}

// Rows as lanes, and what is wanted of them.
template <class W>
struct RowsToMap {
  Lanes<const W> scores;
  Lanes<W> out;  // data is null for Output::kNothing
  std::int64_t cols = 0;
  kernels::Output output = kernels::Output::kProbabilities;
  bool entropy = false, stream = false;
  bool more = false;  // rows follow in memory, and will be read next
  // Where all that is wanted beside p is log Z at alpha 1: one per row.
  W* log_partitions = nullptr;
  // Gradients of losses instead of p, at a plain law and a regular T.
  const kernels::LabelLoss* loss = nullptr;
};

// The rows from the i-th on.
template <class W>
RowsToMap<W> row_of(RowsToMap<W> rows, std::int64_t i) {
  rows.scores.data += i * rows.scores.stride;
  if (rows.out.data) rows.out.data += i * rows.out.stride;
  return rows;
}

// Lanes of scratch for map_plain_rows; doubles for map_weighted_row.
std::int64_t plain_scratch_size(std::int64_t cols, bool softmax);
std::int64_t weighted_scratch_size(std::int64_t cols);

// Rows [0, count) at one plain law, without degeneracy. summaries may be null; their support is
// left to the caller.
template <class W>
void map_plain_rows(const RowsToMap<W>& rows, Law law, std::int64_t count, W* scratch,
                    kernels::RowSummary* summaries);

// Rows [0, count) turned over, at one plain law that maps_columns(...) is true of: strides are
// those between columns. scratch: column_lanes(...).
template <class W>
void map_columns(const RowsToMap<W>& rows, Law law, std::int64_t count, W* scratch,
                 kernels::RowSummary* summaries);
template <class W>
std::int64_t column_lanes(const RowsToMap<W>& rows, Law law, std::int64_t count);
// Whether rows across memory are mapped as they lie, a lane to each: of fewer than fill some lanes,
// only those that would not stay in cache while they are copied. stride: from a column to the next,
// in and out; 0 where they differ.
template <class W>
bool maps_columns(Law law, std::int64_t rows, std::int64_t cols, std::ptrdiff_t stride,
                  kernels::Output output);

// Row 0 with log degeneracies (null: 0), at any law.
template <class W>
kernels::RowSummary map_weighted_row(const RowsToMap<W>& row, Law law, const W* log_weights,
                                     double* scratch);

}  // namespace gibbs::maps
