#pragma once
// Blocks of a batch as contiguous lanes: without a copy where the layout allows it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "gibbs/rows.hpp"
#include "kernels/move.hpp"

namespace gibbs::maps {

// Lanes of some rows: row i starts at data + i * stride.
template <class W>
struct Lanes {
  W* data;
  std::ptrdiff_t stride;
};

// Lanes from one row of a copy to the next: an odd number of cache lines, since rows at a power of
// two apart share a cache set.
inline std::int64_t padded(std::int64_t cols) { return ((cols + 15) / 16 | 1) * 16; }

// Rows of a block of W that is copied from or to rows across memory: whole lines, and as many as
// make 2 MiB, since each column of a block begins on another page. (4096 columns in blocks of a
// quarter take half as long again.) Threads that share `rows` out get some blocks each.
template <class W>
std::int64_t rows_across(std::int64_t rows, std::int64_t cols, bool shared) {
  constexpr std::int64_t kLine = 16, kBlocks = 16;
  constexpr std::int64_t kLanes = (std::int64_t{2} << 20) / std::int64_t{sizeof(W)};
  const std::int64_t most = shared ? rows / kBlocks : rows + kLine - 1;
  const std::int64_t count = std::min(kLanes / std::max<std::int64_t>(cols, 1), most);
  return std::max(count / kLine, std::int64_t{1}) * kLine;
}

template <class T>
kernels::Block<T> block_of(const Rows<T>& rows, std::int64_t row, std::int64_t count,
                           std::int64_t col, std::int64_t cols) {
  return {rows.data + row * rows.row_stride + col * rows.col_stride, count, cols, rows.row_stride,
          rows.col_stride};
}

// Whether rows are too many to be in cache still when they are read: written around the caches,
// they do not flush them.
template <class T>
bool is_large(const Rows<T>& rows) {
  constexpr std::int64_t kBytes = std::int64_t{16} << 20;
  return rows.rows * rows.cols * std::int64_t{sizeof(T)} >= kBytes;
}

// Whether rows lie in memory as the kernels want them.
template <class T>
bool is_contiguous(const Rows<T>& rows) {
  using Element = std::remove_const_t<T>;
  return std::is_same_v<Element, working_t<Element>> && (rows.col_stride == 1 || rows.cols <= 1);
}

// Scores as lanes, -inf where the mask is off.
template <Score T>
class Source {
 public:
  using W = working_t<T>;
  Source(const Rows<const T>& scores, const Rows<const bool>& mask)
      : scores_(scores), mask_(mask) {}

  bool copies() const { return !is_contiguous(scores_) || !mask_.empty(); }

  // Rows [row, row + count), columns [col, col + cols); buffer is used where a copy is needed.
  Lanes<const W> lanes(std::int64_t row, std::int64_t count, std::int64_t col, std::int64_t cols,
                       W* buffer, std::ptrdiff_t buffer_stride) const {
    if (!copies()) {
      if constexpr (std::is_same_v<T, W>) {
        return {scores_.data + row * scores_.row_stride + col, scores_.row_stride};
      }
    }
    kernels::read_block(block_of(scores_, row, count, col, cols), buffer, buffer_stride);
    if (!mask_.empty()) apply_mask(row, count, col, cols, buffer, buffer_stride);
    return {buffer, buffer_stride};
  }

 private:
  void apply_mask(std::int64_t row, std::int64_t count, std::int64_t col, std::int64_t cols,
                  W* buffer, std::ptrdiff_t buffer_stride) const {
    for (std::int64_t i = 0; i < count; ++i) {
      const bool* allowed = &mask_(mask_.rows == 1 ? 0 : row + i, col);
      W* lanes = buffer + i * buffer_stride;
      for (std::int64_t j = 0; j < cols; ++j) {
        lanes[j] = allowed[j * mask_.col_stride] ? lanes[j] : -std::numeric_limits<W>::infinity();
      }
    }
  }

  Rows<const T> scores_;
  Rows<const bool> mask_;
};

// The log degeneracies of a row as lanes; null where none were given.
template <class W>
const W* weights_of_row(const Rows<const W>& weights, std::int64_t row, std::int64_t col,
                        std::int64_t cols, W* buffer) {
  if (weights.empty()) return nullptr;
  const std::int64_t at = weights.rows == 1 ? 0 : row;
  if (weights.col_stride == 1) return &weights(at, col);
  kernels::read_block(block_of(weights, at, 1, col, cols), buffer, cols);
  return buffer;
}

}  // namespace gibbs::maps
