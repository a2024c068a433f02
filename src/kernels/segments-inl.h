// Vectors that hold several rows, each in a segment of its own, for one SIMD target.

#if defined(GIBBS_KERNELS_SEGMENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SEGMENTS_INL_H_
#undef GIBBS_KERNELS_SEGMENTS_INL_H_
#else
#define GIBBS_KERNELS_SEGMENTS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "kernels/across-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A vector of kRows segments: `cols` lanes from row(first), row(first + 1), ..., and `fill`.
template <size_t kRows, class D, class Row, class W = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_segments(D d, const Row& row, size_t first, size_t cols, W fill) {
  if constexpr (kRows == 1) {
    return cols == hn::Lanes(d) ? hn::LoadU(d, row(first)) : load_first(d, row(first), cols, fill);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_segments<kRows / 2>(half, row, first + kRows / 2, cols, fill),
                       load_segments<kRows / 2>(half, row, first, cols, fill));
  }
}

// The first `cols` lanes of each segment to to(first), to(first + 1), ..., of `count` rows.
template <size_t kRows, class D, class Row>
HWY_INLINE void store_segments(D d, hn::Vec<D> v, const Row& to, size_t first, size_t count,
                               size_t cols) {
  if constexpr (kRows == 1) {
    if (first >= count) return;
    if (cols == hn::Lanes(d)) {
      hn::StoreU(v, d, to(first));
    } else {
      store_first(v, d, to(first), cols);
    }
  } else {
    const hn::Half<D> half;
    store_segments<kRows / 2>(half, hn::LowerHalf(half, v), to, first, count, cols);
    store_segments<kRows / 2>(half, hn::UpperHalf(half, v), to, first + kRows / 2, count, cols);
  }
}

// The segments of as many vectors as a segment has lanes, each combined into one: what becomes of
// segment s of vector(k), a pack, is lane k of segment s of the answer.
template <size_t kRows, class D, class Vector, class Combine>
HWY_INLINE auto combine_segments(D d, const Vector& vector, const Combine& combine) {
  constexpr size_t kBlockLanes = 16 / sizeof(hn::TFromD<D>);
  constexpr size_t kBlocks = hn::MaxLanes(D()) / kBlockLanes / kRows;  // of a segment
  if constexpr (kRows == 1) {
    return combine_lanes(d, vector, combine);
  } else if constexpr (kBlocks == 1) {
    return fold_block(d, 0, vector, combine);
  } else {
    static_assert(kBlocks == 2 && kRows == 2);
    const auto a = fold_block(d, 0, vector, combine);
    const auto b = fold_block(d, kBlockLanes, vector, combine);
    return combine_neighbours(d, a, b, combine);
  }
}

// Lane k of each segment in all of its lanes.
template <size_t kRows, class D>
class OfSegment {
 public:
  using Index = hwy::MakeSigned<hn::TFromD<D>>;
  HWY_INLINE OfSegment() {
    const hn::RebindToSigned<D> di;
    const auto lane = hn::Iota(di, 0);
    first_ = hn::AndNot(hn::Set(di, Index{kLanes / kRows - 1}), lane);
  }
  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> v, size_t k) const {
    const D d;
    const hn::RebindToSigned<D> di;
    const auto at = hn::Add(first_, hn::Set(di, static_cast<Index>(k)));
    return hn::TableLookupLanes(v, hn::IndicesFromVec(d, at));
  }

 private:
  static constexpr Index kLanes = hn::MaxLanes(D());
  hn::Vec<hn::RebindToSigned<D>> first_;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
