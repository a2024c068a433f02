#pragma once
// Rows too long to be mapped whole: in parts of fixed length, over all threads.

#include "kernels/row_summary.hpp"
#include "maps/map_rows.hpp"

namespace gibbs::maps {

// The parts and the order in which they merge depend on cols alone.

// Row 0 at alpha 1. Probabilities of at most kLongestKeptRow columns: map_kept_softmax.
template <class W>
kernels::RowSummary map_long_softmax(const RowsToMap<W>& row, double temperature);

// Probabilities of `count` rows of at most kLongestKeptRow columns, one exponential for each.
// summaries: one per row, or null. scratch: plain_scratch_size(cols, true) lanes.
template <class W>
void map_kept_softmax(const RowsToMap<W>& rows, double temperature, std::int64_t count, W* scratch,
                      kernels::RowSummary* summaries);

// Row 0 at any other plain law. scratch: plain_scratch_size(cols, false) lanes.
template <class W>
kernels::RowSummary map_long_entmax(const RowsToMap<W>& row, Law law, W* scratch);

}  // namespace gibbs::maps
