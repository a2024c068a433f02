// The sums of a panel: rows that lie across memory, for one SIMD target.
//
// Each row keeps a reference in place of its maximum, which it does not know yet.

#if defined(GIBBS_KERNELS_PANEL_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_SUMS_INL_H_
#undef GIBBS_KERNELS_PANEL_SUMS_INL_H_
#else
#define GIBBS_KERNELS_PANEL_SUMS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/power-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Columns that are summed, and of tall panels read, together: more lines of a power of two apart
// than the caches have ways would put each other out.
inline constexpr size_t kPanelColumns = 8;
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
    return rows >= hn::Lanes(d) ? hn::LoadU(d, from) : load_first(d, from, rows, W{0});
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

  explicit PanelRows(size_t rows) : bad{}, kept_from{} {
    std::fill_n(reference, rows, std::numeric_limits<float>::lowest());
    std::fill_n(top, rows, std::numeric_limits<float>::lowest());
    std::fill_n(sum, rows, 0.0);
    std::fill_n(moment, rows, 0.0);
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

template <class D>
HWY_INLINE void add_to_doubles(D d, hn::Vec<D> v, double* to) {
  const hn::RepartitionToWide<D> wide;
  for_each_half(d, v, [&](size_t half, auto part) HWY_ATTR {
    double* at = to + half * hn::Lanes(wide);
    hn::Store(hn::Add(hn::Load(wide, at), part), wide, at);
  });
}

// The sums of a block of columns, in lanes; each row's reference may still rise.
template <bool kMoment, class D>
struct PanelSums {
  const D d;
  const Scale<float>& scale;
  PanelRows& rows;
  const size_t first;
  hn::Vec<D> limit, from, highest;  // scores above the limit raise the reference
  RowExp<D> exp;
  BoundedLaneSum<D> sum;
  LaneSum<D> moment;

  HWY_INLINE PanelSums(D tag, const Scale<float>& s, PanelRows& panel, size_t first_row)
      : d(tag),
        scale(s),
        rows(panel),
        first(first_row),
        highest(hn::Load(tag, panel.top + first_row)),
        exp(tag, s, hn::Load(tag, panel.reference + first_row)),
        sum(tag, static_cast<float>(std::ldexp(1.0, ExpRange<float>::kBias + kReferenceSlack + 1))),
        moment(tag) {
    set_limit();
  }

  // Columns j on of a block that begins at column `at`; their exponentials go to `kept`, if given.
  template <size_t kSize>
  HWY_INLINE void add(const PanelBlock<D>& block, size_t at, size_t j, float* kept) {
    Pack<D, kSize> x;
    each<kSize>([&](size_t k) HWY_ATTR {
      prefetch(block.x + static_cast<ptrdiff_t>(j + k + kPanelColumns) * block.step);
      x[k] = block.load(j + k);
    });
    auto top = x[0];
    each<kSize>([&](size_t k) HWY_ATTR { top = hn::Max(top, x[k]); });
    highest = hn::Max(highest, top);
    const auto grows = hn::Gt(top, limit);
    if (HWY_UNLIKELY(!hn::AllFalse(d, grows))) raise(top, grows, at + j);
    each<kSize>([&](size_t k) HWY_ATTR { x[k] = exp.shifted(x[k]); });
    const auto e = exp.exp(x);
    each<kSize>([&](size_t k) HWY_ATTR {
      if constexpr (kMoment) moment.add(hn::Mul(e[k], hn::Sub(x[k], from)));
      if (kept) hn::Store(e[k], d, kept + (j + k) * hn::Lanes(d));
      sum.add(e[k]);
    });
  }

  // Moves what has been summed to the rows.
  HWY_INLINE void deliver() {
    hn::Store(highest, d, rows.top + first);
    add_to_doubles(d, hn::Sub(sum.sum, sum.start), rows.sum + first);
    add_to_doubles(d, sum.lost, rows.sum + first);
    if constexpr (kMoment) {
      add_to_doubles(d, moment.sum, rows.moment + first);
      add_to_doubles(d, moment.lost, rows.moment + first);
    }
    sum.sum = sum.start;
    sum.lost = moment.sum = moment.lost = hn::Zero(d);
  }

 private:
  HWY_INLINE void set_limit() {
    const auto reference = hn::Load(d, rows.reference + first);
    const auto slack = static_cast<float>(kReferenceSlack * 0.6931 * scale.temperature);
    limit = hn::Add(reference, hn::Set(d, slack));
    from = hn::Sub(reference, exp.shift);
  }
  HWY_NOINLINE void raise(hn::Vec<D> top, hn::Mask<D> grows, size_t col) {
    deliver();
    rows.kept_from[first / hn::Lanes(d)] = col;
    HWY_ALIGN float tops[hn::MaxLanes(D())];
    hn::Store(top, d, tops);
    uint8_t bits[8] = {};
    hn::StoreMaskBits(d, grows, bits);
    for (size_t k = 0; k < hn::Lanes(d); ++k) {
      if ((bits[k / 8] >> (k % 8)) & 1) rows.raise(first + k, tops[k], scale.temperature);
    }
    exp = RowExp<D>(d, scale, hn::Load(d, rows.reference + first));
    set_limit();
  }
};

// Adds a block to the sums of its rows, which are those from `first` on.
template <bool kMoment, class D>
HWY_INLINE void sum_panel_block(const PanelBlock<D>& block, const Scale<float>& scale,
                                PanelRows& rows, size_t first, size_t at, float* kept) {
  PanelSums<kMoment, D> sums(block.d, scale, rows, first);
  for (size_t j = 0; j < block.cols;) {
    const size_t end = std::min(j + kPanelColumns, block.cols);
    for (; j + kPack <= end; j += kPack) sums.template add<kPack>(block, at, j, kept);
    for (; j < end; ++j) sums.template add<1>(block, at, j, kept);
    sums.deliver();
  }
}

// Puts the exact exponential of every row's largest score in place of the rounded one: a row that
// it dominates has no error in its sum then.
HWY_INLINE void correct_sums(const Scale<float>& scale, size_t count, PanelRows& rows) {
  using D = hn::ScalableTag<float>;
  const D d;
  const hn::RepartitionToWide<D> wide;
  const LogExp<hn::RepartitionToWide<D>> math(wide);
  const auto inverse = hn::Set(wide, 1 / scale.temperature);
  const auto unit = hn::Set(wide, std::ldexp(1.0, ExpRange<float>::kBias));
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto reference = hn::Load(d, rows.reference + i), top = hn::Load(d, rows.top + i);
    const RowExp<D> row(d, scale, reference);
    const auto rounded = row.exp(Pack<D, 1>{row.shifted(top)})[0];
    HWY_ALIGN double lead[hn::MaxLanes(D())];
    for_each_half(d, top, [&](size_t half, auto v) HWY_ATTR {
      hn::Store(v, wide, lead + half * hn::Lanes(wide));
    });
    for_each_half(d, reference, [&](size_t half, auto v) HWY_ATTR {
      double* at = lead + half * hn::Lanes(wide);
      hn::Store(hn::Sub(hn::Load(wide, at), v), wide, at);
    });
    for_each_half(d, rounded, [&](size_t half, auto v) HWY_ATTR {
      const size_t at = half * hn::Lanes(wide);
      const auto y = hn::Load(wide, lead + at);
      const auto lost = hn::Sub(hn::Mul(math.exp(hn::Mul(y, inverse)), unit), v);
      double *sum = rows.sum + i + at, *moment = rows.moment + i + at;
      hn::Store(hn::Add(hn::Load(wide, sum), lost), wide, sum);
      hn::Store(hn::MulAdd(lost, y, hn::Load(wide, moment)), wide, moment);
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
