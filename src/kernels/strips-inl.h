// Rows that lie across memory into lanes, and back, for one SIMD target.
//
// A few columns of many rows at a time: each column is run through from end to end, into or out of
// a strip that stays in the first level of the caches, and turned over there. Turned over where
// they lie, line by line, 4096 columns take twice as long, as every line is on another page.

#if defined(GIBBS_KERNELS_STRIPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_STRIPS_INL_H_
#undef GIBBS_KERNELS_STRIPS_INL_H_
#else
#define GIBBS_KERNELS_STRIPS_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/convert-inl.h"
#include "kernels/move.hpp"
#include "kernels/transpose-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Columns of a strip, one after the other, each a kilobyte of rows.
template <class W>
class Strip {
 public:
  using D = hn::ScalableTag<W>;
  static constexpr int64_t kCols = 16, kRows = 1024 / sizeof(W);

  HWY_INLINE W* column(int64_t j) { return lanes_ + j * kRows; }

  // The first rows and columns, row after row.
  HWY_INLINE void turn_to(int64_t rows, int64_t cols, W* to, ptrdiff_t stride) {
    for_each_square(rows, cols, [&](int64_t i, int64_t j) HWY_ATTR {
      hn::Vec<D> v[kSide];
      for (size_t m = 0; m < kSide; ++m) v[m] = load_blocks(D(), blocks(i, j, m));
      turn_blocks(D(), v);
      const auto left = static_cast<size_t>(cols - j);
      for (int64_t m = 0; m < std::min(int64_t{kSide}, rows - i); ++m) {
        W* at = to + (i + m) * stride + j;
        if (left >= kLanes) {
          hn::StoreU(v[m], D(), at);
        } else {
          store_first(v[m], D(), at, left);
        }
      }
    });
  }
  // The same from rows.
  HWY_INLINE void turn_from(int64_t rows, int64_t cols, const W* from, ptrdiff_t stride) {
    for_each_square(rows, cols, [&](int64_t i, int64_t j) HWY_ATTR {
      hn::Vec<D> v[kSide];
      const auto left = static_cast<size_t>(cols - j);
      for (size_t m = 0; m < kSide; ++m) {
        const int64_t row = std::min(i + static_cast<int64_t>(m), rows - 1);
        v[m] = load_some(D(), from + row * stride + j, left, W{0});
      }
      turn_blocks(D(), v);
      for (size_t m = 0; m < kSide; ++m) store_blocks(D(), v[m], blocks(i, j, m));
    });
  }

 private:
  static constexpr size_t kLanes = hn::MaxLanes(D()), kSide = 16 / sizeof(W);

  // Where the 128-bit blocks of a vector lie: of row i on, of column j + m and every kSide-th
  // after.
  HWY_INLINE auto blocks(int64_t i, int64_t j, size_t m) {
    return [this, i, j, m](size_t block)
               HWY_ATTR { return column(j + static_cast<int64_t>(kSide * block + m)) + i; };
  }
  template <class Body>
  HWY_INLINE void for_each_square(int64_t rows, int64_t cols, const Body& body) {
    for (int64_t i = 0; i < rows; i += int64_t{kSide}) {
      for (int64_t j = 0; j < cols; j += int64_t{kLanes}) body(i, j);
    }
  }

  HWY_ALIGN W lanes_[kCols * kRows] = {};
};

// Calls body(first row, rows, first column, columns) for the strips of a block.
template <class W, class Body>
HWY_INLINE void for_each_strip(int64_t rows, int64_t cols, const Body& body) {
  for (int64_t i = 0; i < rows; i += Strip<W>::kRows) {
    const int64_t height = std::min(Strip<W>::kRows, rows - i);
    for (int64_t j = 0; j < cols; j += Strip<W>::kCols) {
      body(i, height, j, std::min(Strip<W>::kCols, cols - j));
    }
  }
}

// Where the run of a column lies that comes eight columns after one, as panel-inl.h asks for it.
template <class T>
HWY_INLINE const T* run_after(const Block<const T>& from, int64_t i, int64_t height, int64_t j) {
  constexpr int64_t kAhead = 8;
  const bool wraps = j + kAhead >= from.cols;
  return from.data + (j + kAhead - (wraps ? from.cols : 0)) * from.col_stride + i +
         (wraps ? height : 0);
}

// to[i * stride + j] = from(i, j), from.row_stride = 1.
template <class T, class W>
HWY_INLINE void read_across(const Block<const T>& from, W* to, ptrdiff_t stride) {
  Strip<W> strip;
  for_each_strip<W>(
      from.rows, from.cols, [&](int64_t i, int64_t height, int64_t first, int64_t width) HWY_ATTR {
        for (int64_t j = 0; j < width; ++j) {
          const T* next = run_after(from, i, height, first + j);
          for (int64_t k = 0; k < height; k += 64 / int64_t{sizeof(T)}) {
            prefetch_near(next + k);
          }
          widen(from.data + i + (first + j) * from.col_stride, height, strip.column(j));
        }
        strip.turn_to(height, width, to + i * stride + first, stride);
      });
}

// to(i, j) = from[i * stride + j], to.row_stride = 1.
template <class T, class W>
HWY_INLINE void write_across(const W* from, ptrdiff_t stride, const Block<T>& to, bool large) {
  const auto misaligned =
      (reinterpret_cast<uintptr_t>(to.data) | static_cast<size_t>(to.col_stride) * sizeof(T)) % 64;
  const bool stream = large && misaligned == 0;  // whole lines only, as panel-inl.h
  Strip<W> strip;
  for_each_strip<W>(
      to.rows, to.cols, [&](int64_t i, int64_t height, int64_t first, int64_t width) HWY_ATTR {
        strip.turn_from(height, width, from + i * stride + first, stride);
        for (int64_t j = 0; j < width; ++j) {
          narrow(strip.column(j), height, to.data + i + (first + j) * to.col_stride, stream);
        }
      });
  if (stream) hwy::FlushStream();
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
