// A panel: rows that lie across memory, as they are read, for one SIMD target.
//
// It is read a few columns of all its rows at a time, then the next few. Memory is then run through
// in long runs, where going down one row at a time would touch a page for every element.

#if defined(GIBBS_KERNELS_PANEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_INL_H_
#undef GIBBS_KERNELS_PANEL_INL_H_
#else
#define GIBBS_KERNELS_PANEL_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/softmax.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Columns of one vector of rows that are taken together, before the next rows of the same columns.
inline constexpr size_t kPanelColumns = 16;
// Reads are asked for this many columns ahead, and whole columns of a panel at a time: a copy in
// panels of 128 rows takes 1.3 to 1.6 times as long as a plain one then, and 1.5 to 2 times where a
// line of each of 8 columns is moved before the next. Columns a power of two apart compete for few
// lines of the second cache: asking for 16 into the first, not for 32 into the second, spares 6 to
// 8 %.
inline constexpr size_t kColumnsAhead = 16;
// Lanes sum this many columns before they are added up in double.
inline constexpr size_t kColumnsInLanes = 64;
// A reference is raised when a score exceeds it by this power of two.
inline constexpr int kReferenceSlack = 16;

// Of float vectors, over all targets.
inline constexpr size_t kFewestLanes = 4;

// A few columns of as many rows as a vector has lanes.
template <class D, class W = hn::TFromD<D>>
struct PanelBlock {
  D d;
  const W* x;
  ptrdiff_t step;  // from a column to the next
  size_t rows, cols;

  HWY_INLINE hn::Vec<D> load(size_t col) const {
    const W* from = x + static_cast<ptrdiff_t>(col) * step;
    return load_some(d, from, rows, W{0});
  }
};

// What is known of the rows of a panel, an element each.
struct PanelRows {
  HWY_ALIGN float reference[kPanelRows], top[kPanelRows];  // top: the largest score so far
  HWY_ALIGN double sum[kPanelRows];                        // of exp((x - reference) / T) 2^kBias
  HWY_ALIGN double moment[kPanelRows];                     // of the same times x - reference
  // Of p = exp(...) high + exp(...) low, or of log p = (x - top) / T - high - low.
  HWY_ALIGN float high[kPanelRows], low[kPanelRows];
  // Rows without a finite positive sum: p where x = inf, and elsewhere.
  HWY_ALIGN float at_infinity[kPanelRows], elsewhere[kPanelRows];
  uint64_t bad[kPanelRows / kFewestLanes];  // a bit per row, a word per vector
  // The first column whose exponentials have that reference.
  size_t kept_from[kPanelRows / kFewestLanes];

  void begin(size_t count) {
    std::fill_n(reference, count, std::numeric_limits<float>::lowest());
    std::fill_n(top, count, std::numeric_limits<float>::lowest());
    std::fill_n(sum, count, 0.0);
    std::fill_n(moment, count, 0.0);
    std::fill(std::begin(bad), std::end(bad), uint64_t{0});
    std::fill(std::begin(kept_from), std::end(kept_from), size_t{0});
  }
  // Whether each p is the exponential that was kept, scaled.
  bool are_plain() const {
    const auto none = [](auto v) { return v == 0; };
    return std::all_of(std::begin(bad), std::end(bad), none) &&
           std::all_of(std::begin(kept_from), std::end(kept_from), none);
  }
  // Raises a reference; sum exp(y + delta) (y + delta) = exp(delta) (moment + delta sum).
  void raise(size_t row, float to, double temperature) {
    const double step = static_cast<double>(reference[row]) - static_cast<double>(to);
    const double factor = std::exp(step / temperature);
    moment[row] = factor * (moment[row] + step * sum[row]);
    sum[row] *= factor;
    reference[row] = to;
  }
};

// The panel before this one, which is written while this one computes: alone, its stores would wait
// for the memory. data null: there is none.
struct PanelTrail {
  const float* kept = nullptr;
  ptrdiff_t kept_step = 0;
  const PanelRows* rows = nullptr;
  float* out = nullptr;
  ptrdiff_t out_step = 0;
  bool stream = false;

  // kSize vectors of column j, from that of row `first` on.
  template <size_t kSize, class D>
  HWY_INLINE void write(D d, size_t first, size_t j) const {
    const float* from = kept + static_cast<ptrdiff_t>(j) * kept_step;
    float* to = out + static_cast<ptrdiff_t>(j) * out_step;
    for (size_t i = first; i < first + kSize * hn::Lanes(d); i += hn::Lanes(d)) {
      const auto e = hn::Load(d, from + i);
      const auto high = hn::Load(d, rows->high + i), low = hn::Load(d, rows->low + i);
      const auto p = hn::MulAdd(e, high, hn::Mul(e, low));
      if (stream) {
        hn::Stream(p, d, to + i);
      } else {
        hn::StoreU(p, d, to + i);
      }
    }
  }
};

// Goes through a few columns of a panel one after the other, kPack vectors at a time, while their
// vectors are computed in another order.
struct PanelCursor {
  size_t rows, column, row;
  HWY_INLINE void step(size_t lanes) {
    row += kPack * lanes;
    if (row < rows) return;
    row -= rows;
    ++column;
  }
};

// Rows [first, first + count) of a batch, and their exponentials, column after column, or null.
struct Panel {
  const SoftmaxBatch<float>& batch;
  int64_t first;
  size_t count;
  float* kept;
  ptrdiff_t kept_step;

  HWY_INLINE float* kept_at(size_t row, size_t col) const {
    return kept ? kept + static_cast<ptrdiff_t>(col) * kept_step + row : nullptr;
  }
  // Calls body(block, its first row, its first column): a few columns of all rows, then the next.
  template <class D, class Body>
  HWY_INLINE void for_each_block(D d, const Body& body) const {
    const auto cols = static_cast<size_t>(batch.cols);
    const ptrdiff_t step = batch.scores_stride;
    for (size_t j = 0; j < cols; j += kPanelColumns) {
      const float* column = batch.scores + first + static_cast<ptrdiff_t>(j) * step;
      const size_t width = std::min(kPanelColumns, cols - j);
      for (size_t i = 0; i < count; i += hn::Lanes(d)) {
        body(PanelBlock<D>{d, column + i, step, count - i, width}, i, j);
      }
    }
  }
  // Asks for kPack vectors of column j, which may be one of the next panel.
  template <class D>
  HWY_INLINE void ask(D d, size_t row, size_t j) const {
    const auto cols = static_cast<size_t>(batch.cols);
    const float* x = batch.scores + first + row;
    x += j < cols ? static_cast<ptrdiff_t>(j) * batch.scores_stride
                  : static_cast<ptrdiff_t>(count) +
                        static_cast<ptrdiff_t>(j - cols) * batch.scores_stride;
    for (size_t k = 0; k < kPack; ++k) prefetch_near(x + k * hn::Lanes(d));
  }
  // Whole lines only: parts of many lines at once are more than the processor puts together.
  bool streams() const {
    const auto misaligned = (reinterpret_cast<uintptr_t>(batch.out + first) |
                             static_cast<size_t>(batch.out_stride) * sizeof(float)) %
                            64;
    return batch.stream && HWY_MAX_BYTES == 64 && misaligned == 0;
  }
  PanelTrail trail(const PanelRows& rows) const {
    return {kept, kept_step, &rows, batch.out + first, batch.out_stride, streams()};
  }
};

using PanelTag = hn::ScalableTag<float>;
inline constexpr size_t kPanelVectors = static_cast<size_t>(kPanelRows) / hn::MaxLanes(PanelTag());

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
