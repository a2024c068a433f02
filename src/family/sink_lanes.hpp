#pragma once
// Rows with one state more.

#include <cstdint>

#include "family/rows_of.hpp"
#include "maps/lanes.hpp"
#include "maps/workspace.hpp"

namespace gibbs::family {

// Rows of a block as lanes, with room for one more in each: that of the sink.
template <class W>
struct SinkLanes {
  SinkLanes(std::int64_t row_count, std::int64_t col_count)
      : rows(row_count),
        cols(col_count),
        stride(maps::padded(col_count + 1)),
        lanes(row_count * maps::padded(col_count + 1)) {}

  W* row(std::int64_t i) const { return lanes.data() + i * stride; }
  W& sink(std::int64_t i) const { return row(i)[cols]; }
  Rows<W> view() const { return {lanes.data(), rows, cols + 1, stride, 1}; }

  template <class T>
  void read(const Rows<const T>& from, std::int64_t first) const {
    // One row of log degeneracies serves all.
    const std::int64_t step = from.rows == 1 ? 0 : from.row_stride;
    kernels::read_block(
        kernels::Block<const T>{from.data + first * step, rows, cols, step, from.col_stride},
        lanes.data(), stride);
  }
  template <class T>
  void write(const Rows<T>& to, std::int64_t first, bool stream) const {
    kernels::write_block(lanes.data(), stride, maps::block_of(to, first, rows, 0, cols), stream);
  }

  std::int64_t rows, cols, stride;
  maps::Buffer<W> lanes;
};

template <class T>
bool turns_over(const Rows<T>& rows) {
  return rows.col_stride != 1;
}

}  // namespace gibbs::family
