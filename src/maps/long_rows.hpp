#pragma once
// Rows too long to be mapped whole: in parts of fixed length, over all threads.

#include "kernels/row_summary.hpp"
#include "maps/map_rows.hpp"

namespace gibbs::maps {

// Row 0 at alpha 1; whether row 1 comes next. The parts and the order in which they merge depend on
// cols alone. scratch: plain_scratch_size(cols, true) lanes.
template <class W>
kernels::RowSummary map_long_softmax(const RowsToMap<W>& row, double temperature, bool more,
                                     W* scratch);

// Row 0 at any other plain law. scratch: plain_scratch_size(cols, false) lanes.
template <class W>
kernels::RowSummary map_long_entmax(const RowsToMap<W>& row, Law law, W* scratch);

}  // namespace gibbs::maps
