// Rows that lie across memory, element by element beside those of the next row, are side by side
// already: a stretch of each column is copied in, mapped group by group, and copied out whole. For
// one SIMD target.

#if defined(GIBBS_KERNELS_COLUMN_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_COLUMN_TILE_INL_H_
#undef GIBBS_KERNELS_COLUMN_TILE_INL_H_
#else
#define GIBBS_KERNELS_COLUMN_TILE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// kTileRows rows in `lanes`: the groups of a vector each, one after the other.
template <class D, class W = hn::TFromD<D>>
struct ColumnTile {
  static constexpr size_t kLanes = SideBySide<D>::kLanes;
  D d;
  size_t cols;
  W* lanes;

  // The group from row k on.
  HWY_INLINE SideBySide<D> view(int64_t k) const {
    return {d, cols, lanes + static_cast<size_t>(k) * cols, kLanes};
  }
  HWY_INLINE W* at(size_t k, size_t j) const { return lanes + k * cols + j * kLanes; }

  // `step` from a column to the next; more: the next tile is asked for.
  HWY_INLINE void read(const W* x, ptrdiff_t step, int64_t count, bool more) const {
    for (size_t j = 0; j < cols; ++j) {
      const W* column = x + static_cast<ptrdiff_t>(j) * step;
      for (size_t k = 0; k < static_cast<size_t>(count); k += kLanes) {
        if (more) prefetch(column + kTileRows + k);
        hn::Store(load_some(d, column + k, static_cast<size_t>(count) - k, W{0}), d, at(k, j));
      }
    }
  }
  HWY_INLINE void write(W* out, ptrdiff_t step, int64_t count, bool large) const {
    for (size_t j = 0; j < cols; ++j) {
      W* column = out + static_cast<ptrdiff_t>(j) * step;
      const bool stream = large && reinterpret_cast<uintptr_t>(column) % HWY_MAX_BYTES == 0;
      for (size_t k = 0; k < static_cast<size_t>(count); k += kLanes) {
        const auto v = hn::Load(d, at(k, j));
        const size_t left = static_cast<size_t>(count) - k;
        if (left < kLanes) {
          store_first(v, d, column + k, left);
        } else if (stream) {
          hn::Stream(v, d, column + k);
        } else {
          hn::StoreU(v, d, column + k);
        }
      }
    }
  }
};

// Calls map(tile, first row of a group, its rows, their scores) for all groups of a batch turned
// over, of SoftmaxBatch or EntmaxBatch; batch.scratch has room for a tile.
template <class D, class Batch, class Map>
HWY_INLINE void for_each_column_group(D d, const Batch& batch, const Map& map) {
  constexpr auto kLanes = static_cast<int64_t>(ColumnTile<D>::kLanes);
  const ColumnTile<D> tile{d, static_cast<size_t>(batch.cols), batch.scratch};
  for (int64_t i = 0; i < batch.rows; i += kTileRows) {
    const int64_t count = std::min(kTileRows, batch.rows - i);
    const auto* x = batch.scores + i;
    tile.read(x, batch.scores_stride, count, i + count < batch.rows || batch.more);
    for (int64_t k = 0; k < count; k += kLanes) {
      map(tile.view(k), i + k, std::min(kLanes, count - k), x + k);
    }
    if (batch.out) tile.write(batch.out + i, batch.out_stride, count, batch.stream);
  }
  if (batch.stream) hwy::FlushStream();
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
