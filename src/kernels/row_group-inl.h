// Rows that are too short to fill the time of their own reductions: as many as a vector has lanes,
// each along its vectors, reduced all together. For one SIMD target.

#if defined(GIBBS_KERNELS_ROW_GROUP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ROW_GROUP_INL_H_
#undef GIBBS_KERNELS_ROW_GROUP_INL_H_
#else
#define GIBBS_KERNELS_ROW_GROUP_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/across-inl.h"
#include "kernels/origin.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Rows of this many columns or fewer are mapped in groups: beyond, what is done once per row is
// small.
constexpr int64_t kLongestGroupedRow = 256;

// A number of vectors, in memory, one for each row of a group.
template <class D>
struct LaneRows {
  using W = hn::TFromD<D>;
  static constexpr size_t kLanes = hn::MaxLanes(D());
  HWY_ALIGN W lanes[kLanes * kLanes];
  HWY_INLINE void set(size_t row, hn::Vec<D> v) { hn::Store(v, D(), lanes + row * kLanes); }
  HWY_INLINE hn::Vec<D> get(size_t row) const { return hn::Load(D(), lanes + row * kLanes); }
};

// One number per row, each a lane; `of` has it in every lane.
template <class D>
struct PerRow {
  HWY_ALIGN hn::TFromD<D> lanes[hn::MaxLanes(D())];
  HWY_INLINE explicit PerRow(hn::Vec<D> v) { hn::Store(v, D(), lanes); }
  HWY_INLINE hn::Vec<D> of(size_t row) const { return hn::Set(D(), lanes[row]); }
};

// Mapped rows waiting to be streamed while the next group computes: alone, a burst of such stores
// would wait for the memory.
template <class D>
class Drain {
 public:
  using W = hn::TFromD<D>;

  // n lanes; those before the first aligned vector are written at once.
  HWY_INLINE void start(D d, const W* from, size_t n, W* to) {
    const size_t head = std::min(n, (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % hn::Lanes(d));
    if (head > 0) store_first(hn::LoadU(d, from), d, to, head);
    from_ = from + head;
    to_ = to + head;
    left_ = n - head;
  }
  template <size_t kVectors>
  HWY_INLINE void step(D d) {
    const size_t lanes = hn::Lanes(d);
    if (left_ < kVectors * lanes) return;
    for (size_t k = 0; k < kVectors; ++k)
      hn::Stream(hn::LoadU(d, from_ + k * lanes), d, to_ + k * lanes);
    from_ += kVectors * lanes;
    to_ += kVectors * lanes;
    left_ -= kVectors * lanes;
  }
  HWY_INLINE void finish(D d) {
    while (left_ >= hn::Lanes(d)) step<1>(d);
    if (left_ > 0) store_first(hn::LoadU(d, from_), d, to_, left_);
    left_ = 0;
  }

 private:
  const W* from_ = nullptr;  // a vector more than is left can be read
  W* to_ = nullptr;          // aligned to a vector
  size_t left_ = 0;          // lanes
};

// A view of a group: rows at x, what becomes of them at `to`, if that is wanted. Between them the
// rows of `kept`, of `cols` lanes each and one vector more at the end.
template <class D, class W = hn::TFromD<D>>
struct RowGroup {
  using Tag = D;
  static constexpr bool kSideBySide = false;
  static constexpr size_t kLanes = hn::MaxLanes(D());

  D d;
  size_t cols;
  const W* x;
  ptrdiff_t stride;
  size_t count;  // rows, at most kLanes
  W* kept;
  W* to;
  ptrdiff_t to_stride;
  Drain<D>* drain;

  HWY_INLINE const W* row(size_t k) const { return x + static_cast<ptrdiff_t>(k) * stride; }
  HWY_INLINE W* to_row(size_t k) const { return to + static_cast<ptrdiff_t>(k) * to_stride; }
  HWY_INLINE W* kept_row(size_t k) const { return kept + k * cols; }
  HWY_INLINE Origin<W> kept_at() const { return {kept, static_cast<ptrdiff_t>(cols), 1}; }
  HWY_INLINE void put_row(int64_t row, const W* values) const {
    for (size_t j = 0; to && j < cols; ++j) to_row(static_cast<size_t>(row))[j] = values[j];
  }

  // The rows that do not exist are those of the last.
  HWY_INLINE hn::Vec<D> max() const {
    constexpr W kLowest = -std::numeric_limits<W>::infinity();
    LaneRows<D> tops;
    auto top = hn::Set(d, kLowest);
    for (size_t k = 0; k < kLanes; ++k) {
      if (k < count) {
        top = hn::Set(d, kLowest);
        for_each_vector(d, row(k), cols, kLowest,
                        [&](size_t, hn::Vec<D> v) HWY_ATTR { top = hn::Max(top, v); });
      }
      tops.set(k, top);
    }
    const auto of_row = [&](size_t k) HWY_ATTR { return Pack<D, 1>{tops.get(k)}; };
    return combine_lanes(d, of_row, Larger<D>())[0];
  }
};

// Sums of every row of a group, as high + low.
template <class D>
struct RowSums {
  LaneRows<D> high, low;
  HWY_INLINE void set(size_t row, hn::Vec<D> sum, hn::Vec<D> lost) {
    high.set(row, sum);
    low.set(row, lost);
  }
  HWY_INLINE void get(size_t row, hn::Vec<D>& sum, hn::Vec<D>& lost) const {
    sum = high.get(row);
    lost = low.get(row);
  }
  // Rows from `count` on have none.
  HWY_INLINE Pack<D, 2> totals(D d, size_t count) {
    for (size_t k = count; k < LaneRows<D>::kLanes; ++k) set(k, hn::Zero(d), hn::Zero(d));
    const auto of_row = [&](size_t k) HWY_ATTR { return Pack<D, 2>{high.get(k), low.get(k)}; };
    const auto sum = combine_lanes(d, of_row, TwofoldSum<D>());
    Pack<D, 2> total;
    two_sum(sum[0], sum[1], total[0], total[1]);
    return total;
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
