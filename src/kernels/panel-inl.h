// A panel: rows that lie across memory, as they are read, for one SIMD target.
//
// It is read a few columns of all its rows at a time, then the next few, and written so while the
// next panel is read. Memory is then run through in long runs, where going down one row at a time
// would touch a page for every element.

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

// Columns of one vector of rows that are written together where nothing is summed.
inline constexpr size_t kPanelColumns = 16;
// Reads are asked for this many columns ahead, a column after the other: copies in panels of 256
// rows, with and without exponentials, take as long as a plain copy then, and 1.5 to 2 times as
// long where a line of each of 8 columns is moved before the next. Columns a power of two apart
// compete for few lines of the first cache, which holds 12 of them on Zen 5.
inline constexpr size_t kColumnsAhead = 8;
// Columns that are summed together.
inline constexpr size_t kPanelPack = 2 * kPack;
// Lanes sum this many columns before they are added up in double.
inline constexpr size_t kColumnsInLanes = 64;
// A reference is raised when a score exceeds it by this power of two.
inline constexpr int kReferenceSlack = 16;

// Of float vectors, over all targets.
inline constexpr size_t kFewestLanes = 4;

using PanelTag = hn::ScalableTag<float>;
inline constexpr size_t kPanelVectors = static_cast<size_t>(kPanelRows) / hn::MaxLanes(PanelTag());

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
  // Column j; beyond the last, of the panel after this one.
  HWY_INLINE const float* column(size_t j) const {
    const auto cols = static_cast<size_t>(batch.cols);
    const float* x = batch.scores + first;
    if (j < cols) return x + static_cast<ptrdiff_t>(j) * batch.scores_stride;
    return x + count + static_cast<ptrdiff_t>(j - cols) * batch.scores_stride;
  }
  // Whole lines only: parts of many lines at once are more than the processor puts together.
  bool streams() const {
    const auto misaligned = (reinterpret_cast<uintptr_t>(batch.out + first) |
                             static_cast<size_t>(batch.out_stride) * sizeof(float)) %
                            64;
    return batch.stream && HWY_MAX_BYTES == 64 && misaligned == 0;
  }
};

// A panel whose exponentials are kept, which is written while the next one computes: alone, its
// stores would wait for the memory. rows null: there is none.
struct PanelTrail {
  const PanelRows* rows = nullptr;
  float* out = nullptr;
  bool stream = false;

  PanelTrail() = default;
  PanelTrail(const Panel& panel, const PanelRows& of)
      : rows(&of), out(panel.batch.out + panel.first), stream(panel.streams()) {}
};

// What is done while a panel is computed, down its columns one after the other, kPack vectors at a
// time: scores are asked for, and the panel before is written. Its exponentials lie where those of
// this panel will, and leave kPack columns before they come.
class PanelBeside {
 public:
  HWY_INLINE PanelBeside(const Panel& panel, const PanelTrail& trail, size_t ahead)
      : panel_(panel),
        trail_(trail),
        ahead_(ahead),
        height_(hwy::RoundUpTo(panel.count, kPack * hn::Lanes(PanelTag()))),
        asked_(panel.column(ahead)),
        kept_(panel.kept),
        out_(trail.out),
        columns_(trail.rows ? static_cast<size_t>(panel.batch.cols) : 0) {
    for (size_t column = 0; column < kPanelPack && column < columns_; ++column) {
      for (size_t row = 0; row < height_; row += kPack * hn::Lanes(PanelTag())) write(row);
      turn_to(column + 1);
    }
  }
  HWY_INLINE void step() {
    const size_t lanes = hn::Lanes(PanelTag());
    for (size_t k = 0; k < kPack; ++k) prefetch_near(asked_ + row_ + k * lanes);
    if (written_ < columns_) write(row_);
    row_ += kPack * lanes;
    if (row_ < height_) return;
    row_ = 0;
    asked_ = panel_.column(++column_ + ahead_);
    turn_to(written_ + 1);
  }

 private:
  template <bool kStream>
  HWY_INLINE void write_as(const float* kept, const float* high, const float* low,
                           float* to) const {
    const PanelTag d;
    const size_t lanes = hn::Lanes(d);
    for (size_t i = 0; i < kPack * lanes; i += lanes) {
      const auto e = hn::Load(d, kept + i);
      const auto p = hn::MulAdd(e, hn::Load(d, high + i), hn::Mul(e, hn::Load(d, low + i)));
      if constexpr (kStream) {
        hn::Stream(p, d, to + i);
      } else {
        hn::StoreU(p, d, to + i);
      }
    }
  }
  HWY_INLINE void write(size_t row) const {
    const float *high = trail_.rows->high + row, *low = trail_.rows->low + row;
    if (trail_.stream) return write_as<true>(kept_ + row, high, low, out_ + row);
    write_as<false>(kept_ + row, high, low, out_ + row);
  }
  // The column that is written next.
  HWY_INLINE void turn_to(size_t column) {
    written_ = column;
    if (column >= columns_) return;
    kept_ += panel_.kept_step;
    out_ += panel_.batch.out_stride;
  }

  const Panel& panel_;
  const PanelTrail& trail_;
  size_t ahead_, height_;
  const float* asked_;
  const float* kept_;
  float* out_;
  size_t columns_, row_ = 0, column_ = 0, written_ = 0;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
