// The sums of a panel, for one SIMD target.
//
// Each row keeps a reference in place of its maximum, which it does not know yet.

#if defined(GIBBS_KERNELS_PANEL_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PANEL_SUMS_INL_H_
#undef GIBBS_KERNELS_PANEL_SUMS_INL_H_
#else
#define GIBBS_KERNELS_PANEL_SUMS_INL_H_
#endif

#include <cmath>
#include <type_traits>

#include "kernels/panel-inl.h"
#include "kernels/power-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE void add_to_doubles(D d, hn::Vec<D> v, double* to) {
  const hn::RepartitionToWide<D> wide;
  for_each_half(d, v, [&](size_t half, auto part) HWY_ATTR {
    double* at = to + half * hn::Lanes(wide);
    hn::Store(hn::Add(hn::Load(wide, at), part), wide, at);
  });
}

// The sums of a vector of rows, in lanes; each row's reference may still rise.
template <bool kMoment, class D>
struct PanelSums {
  using V = hn::Vec<D>;
  D d;
  size_t first;               // of its rows
  V limit, from, highest;     // scores above the limit raise the reference
  V start, sum, lost;         // as BoundedLaneSum
  V moment_sum, moment_lost;  // as LaneSum
  RowExp<D> exp;

  // The references begin as the largest of the first few scores.
  HWY_INLINE void begin(const Pack<D, kPack>& x, const Scale<float>& scale, PanelRows& rows,
                        size_t first_row) {
    first = first_row;
    auto top = x[0];
    for (size_t k = 1; k < kPack; ++k) top = hn::Max(top, x[k]);
    highest = hn::Load(d, rows.top + first);
    const auto lowest = hn::Load(d, rows.reference + first);
    hn::Store(hn::IfThenElse(hn::Gt(top, lowest), top, lowest), d, rows.reference + first);
    constexpr int kBound = ExpRange<float>::kBias + kReferenceSlack + 1;
    start = sum = hn::Set(d, static_cast<float>(std::ldexp(1.0, kBound)));
    lost = moment_sum = moment_lost = hn::Zero(d);
    refer(scale, rows);
  }

  // Adds columns from `at` on. `shared` is the exponential of any rows at this temperature;
  // exponentials go to `kept`, if given.
  template <size_t kSize>
  HWY_INLINE void add(Pack<D, kSize> x, size_t at, RowExp<D>& shared, const Scale<float>& scale,
                      PanelRows& rows, float* kept, ptrdiff_t kept_step) {
    auto top = x[0];
    for (size_t k = 1; k < kSize; ++k) top = hn::Max(top, x[k]);
    highest = hn::Max(highest, top);
    const auto grows = hn::Gt(top, limit);
    if (HWY_UNLIKELY(!hn::AllFalse(d, grows))) raise(top, grows, at, scale, rows);
    shared.turn_to(exp);
    for (size_t k = 0; k < kSize; ++k) x[k] = shared.shifted(x[k]);
    const auto e = shared.exp(x);
    V running = sum, rest = lost;
    for (size_t k = 0; k < kSize; ++k) {
      if constexpr (kMoment) add_moment(hn::Mul(e[k], hn::Sub(x[k], from)));
      if (kept) hn::Store(e[k], d, kept + static_cast<ptrdiff_t>(k) * kept_step);
      const auto next = hn::Add(running, e[k]);
      rest = hn::Add(rest, hn::Sub(e[k], hn::Sub(next, running)));
      running = next;
    }
    sum = running;
    lost = rest;
  }

  // Moves what the lanes have summed to their rows; of the lanes of `which` alone, as when a row is
  // rounded must not depend on the others.
  HWY_INLINE void deliver(PanelRows& rows, hn::Mask<D> which) {
    hn::Store(highest, d, rows.top + first);
    const auto move = [&](V v, double* to)
                          HWY_ATTR { add_to_doubles(d, hn::IfThenElseZero(which, v), to + first); };
    move(hn::Sub(sum, start), rows.sum);
    move(lost, rows.sum);
    sum = hn::IfThenElse(which, start, sum);
    lost = hn::IfThenZeroElse(which, lost);
    if constexpr (kMoment) {
      move(moment_sum, rows.moment);
      move(moment_lost, rows.moment);
      moment_sum = hn::IfThenZeroElse(which, moment_sum);
      moment_lost = hn::IfThenZeroElse(which, moment_lost);
    }
  }
  HWY_INLINE void deliver(PanelRows& rows) { deliver(rows, hn::Eq(start, start)); }

 private:
  HWY_INLINE void add_moment(V v) {
    V error;
    two_sum(moment_sum, v, moment_sum, error);
    moment_lost = hn::Add(moment_lost, error);
  }
  HWY_INLINE void refer(const Scale<float>& scale, const PanelRows& rows) {
    const auto reference = hn::Load(d, rows.reference + first);
    const auto slack = static_cast<float>(kReferenceSlack * 0.6931 * scale.temperature);
    exp = RowExp<D>(d, scale, reference);
    limit = hn::Add(reference, hn::Set(d, slack));
    from = hn::Sub(reference, exp.shift);
  }
  HWY_NOINLINE void raise(V top, hn::Mask<D> grows, size_t col, const Scale<float>& scale,
                          PanelRows& rows) {
    deliver(rows, grows);
    rows.kept_from[first / hn::Lanes(d)] = col;
    HWY_ALIGN float tops[hn::MaxLanes(D())];
    hn::Store(top, d, tops);
    uint8_t bits[8] = {};
    hn::StoreMaskBits(d, grows, bits);
    for (size_t k = 0; k < hn::Lanes(d); ++k) {
      if ((bits[k / 8] >> (k % 8)) & 1) rows.raise(first + k, tops[k], scale.temperature);
    }
    refer(scale, rows);
  }
};

// kSize columns of a vector of rows, of which `rows` exist.
template <size_t kSize, class D>
HWY_INLINE Pack<D, kSize> load_columns(D d, const float* x, ptrdiff_t step, size_t rows) {
  Pack<D, kSize> columns;
  for (size_t k = 0; k < kSize; ++k) {
    columns[k] = load_some(d, x + static_cast<ptrdiff_t>(k) * step, rows, 0.0f);
  }
  return columns;
}

// Adds kSize columns of a panel, from `at` on.
template <size_t kSize, bool kMoment>
HWY_INLINE void sum_columns(const Panel& panel, size_t at, PanelSums<kMoment, PanelTag>* sums,
                            PanelRows& rows, PanelBeside& beside) {
  const PanelTag d;
  const auto& batch = panel.batch;
  const float* x = panel.column(at);
  RowExp<PanelTag> shared = sums[0].exp;
  for (size_t i = 0; i < panel.count; i += hn::Lanes(d), ++sums) {
    const auto columns = load_columns<kSize>(d, x + i, batch.scores_stride, panel.count - i);
    for (size_t k = 0; k < kSize / kPack; ++k) beside.step();
    sums->template add<kSize>(columns, at, shared, *batch.scales, rows, panel.kept_at(i, at),
                              panel.kept_step);
  }
}

// `trail` is of as many rows as the panel, and lies where this one will.
template <bool kMoment>
HWY_INLINE void sum_panel(const Panel& panel, PanelRows& rows, const PanelTrail& trail) {
  const PanelTag d;
  const size_t lanes = hn::Lanes(d);
  const auto& batch = panel.batch;
  const auto cols = static_cast<size_t>(batch.cols);
  PanelSums<kMoment, PanelTag> sums[kPanelVectors];
  const auto each_vector = [&](const auto& body) HWY_ATTR {
    for (size_t i = 0; i < panel.count; i += lanes) body(i);
  };
  each_vector([&](size_t i) HWY_ATTR {
    const auto x =
        load_columns<kPack>(d, panel.column(0) + i, batch.scores_stride, panel.count - i);
    sums[i / lanes].begin(x, *batch.scales, rows, i);
  });
  PanelBeside beside(panel, trail, kColumnsAhead);
  size_t j = 0;
  for (; j + kPanelPack <= cols; j += kPanelPack) {
    sum_columns<kPanelPack>(panel, j, sums, rows, beside);
    if ((j + kPanelPack) % kColumnsInLanes != 0) continue;
    each_vector([&](size_t i) HWY_ATTR { sums[i / lanes].deliver(rows); });
  }
  for (; j + kPack <= cols; j += kPack) sum_columns<kPack>(panel, j, sums, rows, beside);
  for (; j < cols; ++j) sum_columns<1>(panel, j, sums, rows, beside);
  each_vector([&](size_t i) HWY_ATTR { sums[i / lanes].deliver(rows); });
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
