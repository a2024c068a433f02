// Short rows side by side: lane k of vector j is column j of row k. For one SIMD target.

#if defined(GIBBS_KERNELS_SIDE_BY_SIDE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SIDE_BY_SIDE_INL_H_
#undef GIBBS_KERNELS_SIDE_BY_SIDE_INL_H_
#else
#define GIBBS_KERNELS_SIDE_BY_SIDE_INL_H_
#endif

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "kernels/origin.hpp"
#include "kernels/power-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/transpose-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Side by side (up to kLongestShortRow) no step runs across lanes, and what is done once per row is
// done for all lanes at once. Which rows share vectors changes no bit of any.

// Rows of this many columns or fewer are turned over; from there on turning costs more than
// reducing along the row (row_group-inl.h).
constexpr int64_t kLongestTurnedRow = 48;

// A view of such rows: lane k of the vector at lanes + j * step is column j of row k.
template <class D, class W = hn::TFromD<D>>
struct SideBySide {
  using Tag = D;
  static constexpr bool kSideBySide = true;
  static constexpr size_t kLanes = hn::MaxLanes(D());

  D d;
  size_t cols;
  W* lanes;
  size_t step;

  HWY_INLINE hn::Vec<D> load(size_t col) const { return hn::Load(d, lanes + col * step); }
  HWY_INLINE void store(hn::Vec<D> v, size_t col) const { hn::Store(v, d, lanes + col * step); }
  HWY_INLINE Origin<W> kept_at() const { return {lanes, 1, static_cast<ptrdiff_t>(step)}; }
  HWY_INLINE void put_row(int64_t row, const W* values) const {
    for (size_t j = 0; j < cols; ++j) lanes[j * step + static_cast<size_t>(row)] = values[j];
  }

  HWY_INLINE hn::Vec<D> max() const {
    auto top = hn::Set(d, -std::numeric_limits<W>::infinity()), other = top;
    size_t j = 0;
    for (; j + 2 <= cols; j += 2) {
      top = hn::Max(top, load(j));
      other = hn::Max(other, load(j + 1));
    }
    if (j < cols) top = hn::Max(top, load(j));
    return hn::Max(top, other);
  }
};

// The labels of a group of rows, their scores and what is written at them.
template <class D, class W = hn::TFromD<D>>
struct LabelLanes {
  using DI = hn::RebindToSigned<D>;
  static constexpr size_t kLanes = hn::MaxLanes(D());
  HWY_ALIGN W scores[kLanes] = {};
  HWY_ALIGN W values[kLanes] = {};
  const int64_t* columns = nullptr;  // of the group
  int64_t count = 0;

  HWY_INLINE void go_to(const int64_t* labels, int64_t rows) {
    columns = labels;
    count = rows;
    if (count == int64_t{kLanes}) return hn::Store(narrowed(), DI(), narrow_);
    for (size_t k = 0; k < kLanes; ++k) {
      narrow_[k] = static_cast<hn::TFromD<DI>>(static_cast<int64_t>(k) < count ? labels[k] : -1);
    }
  }
  // From where the scores lie, and what a view of them holds.
  HWY_INLINE void take_scores(const Origin<W>& origin) { take(origin, scores); }
  HWY_INLINE void take_values(const Origin<W>& origin) { take(origin, values); }
  // Those of column j, a row to a lane, with what is written at the labels. (Written one by one to
  // rows that are then loaded as vectors, they would be waited for.)
  HWY_INLINE hn::Vec<D> put_in(hn::Vec<D> lanes, size_t j) const {
    const auto own = hn::Eq(hn::Load(DI(), narrow_), hn::Set(DI(), static_cast<hn::TFromD<DI>>(j)));
    return hn::IfThenElse(hn::RebindMask(D(), own), hn::Load(D(), values), lanes);
  }
  HWY_INLINE void put(W* rows, ptrdiff_t stride) const {
    for (int64_t k = 0; k < count; ++k) {
      rows[k * stride + static_cast<ptrdiff_t>(columns[k])] = values[k];
    }
  }

 private:
  // Lanes that are stored one by one and loaded as a vector would wait for the last store.
  HWY_INLINE void take(const Origin<W>& from, W* to) {
    constexpr ptrdiff_t kNear = 1 << 20;  // offsets of rows this short are 32 bits
    if constexpr (kGathers) {
      if (count == int64_t{kLanes} && std::abs(from.row_step) <= kNear &&
          std::abs(from.col_step) <= kNear) {
        return hn::Store(hn::GatherIndex(D(), from.data, offsets(from)), D(), to);
      }
    }
    for (int64_t k = 0; k < count; ++k) to[k] = from.at(k, columns[k]);
  }
  HWY_INLINE hn::Vec<DI> offsets(const Origin<W>& from) const {
    const DI di;
    const auto step = [&](ptrdiff_t by) HWY_ATTR { return hn::Set(di, static_cast<int32_t>(by)); };
    return hn::Add(hn::Mul(hn::Iota(di, 0), step(from.row_step)),
                   hn::Mul(hn::Load(di, narrow_), step(from.col_step)));
  }
  HWY_INLINE hn::Vec<DI> narrowed() const {
    if constexpr (sizeof(W) == 8) {
      return hn::LoadU(DI(), columns);
    } else {
      const hn::RebindToUnsigned<D> du;
      const hn::Half<decltype(du)> half;
      const hn::RepartitionToWide<decltype(du)> wide;
      const auto part = [&](const int64_t* labels) HWY_ATTR {
        const auto bits =
            hn::BitCast(wide, hn::LoadU(hn::RebindToSigned<decltype(wide)>(), labels));
        return hn::TruncateTo(half, bits);
      };
      const auto lower = part(columns), upper = part(columns + hn::Lanes(wide));
      return hn::BitCast(DI(), hn::Combine(du, upper, lower));
    }
  }

  static constexpr bool kGathers = HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3 && sizeof(W) == 4;
  HWY_ALIGN hn::TFromD<DI> narrow_[kLanes] = {};  // columns, -1 of no row
};

// Short rows, turned over into a buffer and back.
template <class D, class W = hn::TFromD<D>>
struct ShortRows {
  static constexpr size_t kLanes = SideBySide<D>::kLanes;
  static constexpr size_t kSide = 16 / sizeof(W);  // of the squares that are turned
  static constexpr size_t kSize = static_cast<size_t>(kLongestShortRow) * kLanes;
  HWY_ALIGN W lanes[kSize];
  size_t cols;

  explicit HWY_INLINE ShortRows(int64_t columns) : cols(static_cast<size_t>(columns)) {}
  HWY_INLINE SideBySide<D> view() { return {D(), cols, lanes, kLanes}; }

  // `count` rows; the lanes of rows that do not exist are those of the last.
  HWY_INLINE void read(const W* rows, ptrdiff_t stride, int64_t count) {
    if (count == int64_t{kLanes}) {
      return read_rows([&](size_t k)
                           HWY_ATTR { return rows + static_cast<ptrdiff_t>(k) * stride; });
    }
    read_rows([&](size_t k) HWY_ATTR {
      return rows + std::min(static_cast<ptrdiff_t>(k), static_cast<ptrdiff_t>(count - 1)) * stride;
    });
  }

  HWY_INLINE void write(W* rows, ptrdiff_t stride, int64_t count, bool stream,
                        const LabelLanes<D>* labels = nullptr) const {
    if (cols == 0) return;
    const bool whole = count == int64_t{kLanes};
    const bool lines = stream && whole && stride == static_cast<ptrdiff_t>(cols) &&
                       reinterpret_cast<uintptr_t>(rows) % HWY_MAX_BYTES == 0;
    const auto turn_to = [&](W* to, ptrdiff_t step) HWY_ATTR {
      return labels ? turn<true>(to, step, labels) : turn<false>(to, step, nullptr);
    };
    if (whole && !lines) return turn_to(rows, stride);
    const D d;
    HWY_ALIGN W turned[kSize];
    turn_to(turned, static_cast<ptrdiff_t>(cols));
    if (lines) {
      for (size_t j = 0; j < cols; ++j) {
        hn::Stream(hn::Load(d, turned + j * kLanes), d, rows + j * kLanes);
      }
      return;
    }
    for (int64_t k = 0; k < count; ++k) {
      std::memcpy(rows + k * stride, turned + static_cast<size_t>(k) * cols, cols * sizeof(W));
    }
  }

 private:
  // Lane k is that of row(k).
  template <class Row>
  HWY_INLINE void read_rows(const Row& row) {
    for_each_side([&](size_t j) HWY_ATTR {
      const D d;
      hn::Vec<D> v[kSide];
      for (size_t m = 0; m < kSide; ++m) {
        v[m] = load_blocks(d, [&](size_t block) HWY_ATTR { return row(kSide * block + m) + j; });
      }
      turn_blocks(d, v);
      for (size_t m = 0; m < kSide; ++m) hn::Store(v[m], d, lanes + (j + m) * kLanes);
    });
    for (size_t j = 0; cols < kSide && j < cols; ++j) {
      for (size_t k = 0; k < kLanes; ++k) lanes[j * kLanes + k] = row(k)[j];
    }
  }

  // body(first of kSide columns); the last may overlap those before.
  template <class Body>
  HWY_INLINE void for_each_side(const Body& body) const {
    if (cols < kSide) return;
    for (size_t j = 0; j + kSide < cols; j += kSide) body(j);
    body(cols - kSide);
  }

  // All lanes, as rows.
  template <bool kLabels>
  HWY_INLINE void turn(W* to, ptrdiff_t stride, const LabelLanes<D>* labels) const {
    for_each_side([&](size_t j) HWY_ATTR {
      const D d;
      hn::Vec<D> v[kSide];
      for (size_t m = 0; m < kSide; ++m) {
        v[m] = hn::Load(d, lanes + (j + m) * kLanes);
        if constexpr (kLabels) v[m] = labels->put_in(v[m], j + m);
      }
      turn_blocks(d, v);
      for (size_t m = 0; m < kSide; ++m) {
        store_blocks(d, v[m], [&](size_t block) HWY_ATTR {
          return to + static_cast<ptrdiff_t>(kSide * block + m) * stride + j;
        });
      }
    });
    for (size_t j = 0; cols < kSide && j < cols; ++j) {
      for (size_t k = 0; k < kLanes; ++k) {
        to[static_cast<ptrdiff_t>(k) * stride + static_cast<ptrdiff_t>(j)] = lanes[j * kLanes + k];
      }
    }
    if (kLabels && cols < kSide) labels->put(to, stride);
  }
};

// A bit for each of the first `count` lanes that is infinite or NaN.
template <class D>
HWY_INLINE uint64_t not_finite(D d, hn::Vec<D> v, int64_t count) {
  const auto zero = hn::Zero(d);
  const auto bad = hn::Not(hn::Eq(hn::Sub(v, v), zero));  // Highway's Ne is false for NaN on AVX3
  if (hn::AllFalse(d, bad)) return 0;
  uint8_t bits[8] = {};
  hn::StoreMaskBits(d, bad, bits);
  uint64_t all = 0;
  std::memcpy(&all, bits, sizeof all);
  return all & ((uint64_t{1} << count) - 1);
}

template <class Body>
HWY_INLINE void for_each_bit(uint64_t bits, Body&& body) {
  for (int64_t k = 0; bits >> k != 0; ++k) {
    if ((bits >> k) & 1) body(k);
  }
}

// Calls body(half, double vector) for the lower (0) and the upper half (1) of float lanes.
template <class D, class Body>
HWY_INLINE void for_each_half(D, hn::Vec<D> v, Body&& body) {
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> half;
  body(size_t{0}, hn::PromoteTo(wide, hn::LowerHalf(half, v)));
  body(size_t{1}, hn::PromoteTo(wide, hn::UpperHalf(half, v)));
}

// As label_loss, of `count` rows whose labels are `gap` below a finite maximum.
template <class D>
HWY_INLINE void write_label_losses(D d, hn::Vec<D> gap, const double* excess, double temperature,
                                   int64_t count, double* to) {
  const hn::ScalableTag<double> wide;
  constexpr auto kWide = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<double>()));
  const auto t = hn::Set(wide, temperature), zero = hn::Zero(wide);
  const auto write = [&](size_t half, hn::Vec<decltype(wide)> of_half) HWY_ATTR {
    const int64_t first = static_cast<int64_t>(half) * kWide;
    if (count <= first) return;
    const auto loss =
        max_keep_nan(wide, zero, hn::MulAdd(t, hn::Load(wide, excess + first), of_half));
    if (count - first >= kWide) return hn::StoreU(loss, wide, to + first);
    store_first(loss, wide, to + first, static_cast<size_t>(count - first));
  };
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    for_each_half(d, gap, write);
  } else {
    write(0, gap);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
