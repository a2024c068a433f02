// softmax, log_softmax and log_sum_exp of short rows along memory, in groups, for one SIMD target.

#if defined(GIBBS_KERNELS_GROUPED_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_GROUPED_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_GROUPED_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_GROUPED_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/row_group-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// RowExp of one row at a time, from that of all rows of a group.
template <class D>
struct RowExps {
  using V = hn::Vec<D>;
  RowExp<D> row;
  V max;
  PerRow<D> maxima, shift, clamp, fraction, magic, top, top_low;

  HWY_INLINE RowExps(const RowExp<D>& lanes, V maximum)
      : row(lanes),
        max(maximum),
        maxima(maximum),
        shift(lanes.shift),
        clamp(lanes.clamp),
        fraction(lanes.fraction),
        magic(lanes.magic),
        top(lanes.top),
        top_low(lanes.top_low) {}
  HWY_INLINE void go_to(size_t k) {
    row.shift = shift.of(k);
    row.clamp = clamp.of(k);
    row.fraction = fraction.of(k);
    row.magic = magic.of(k);
    row.top = top.of(k);
    row.top_low = top_low.of(k);
    max = maxima.of(k);
  }
};

// kSize vectors of a row from `i` on; of a last, single one only `count` lanes exist.
template <bool kMoment, bool kStore, size_t kSize, class D, class W = hn::TFromD<D>>
HWY_INLINE void exp_row_step(const RowExps<D>& of, const W* x, const W* next, size_t count, W* kept,
                             BoundedLaneSum<D>& sum, LaneSum<D>& moment) {
  const D d = of.row.d;
  const size_t lanes = hn::Lanes(d);
  constexpr W kLowest = -std::numeric_limits<W>::infinity();
  Pack<D, kSize> shifted;
  each<kSize>([&](size_t k) HWY_ATTR {
    prefetch(next + k * lanes);
    shifted[k] = of.row.shifted(load_some(d, x + k * lanes, count, kLowest));
  });
  const auto e = of.row.exp(shifted);
  each<kSize>([&](size_t k) HWY_ATTR {
    if constexpr (kStore)
      hn::StoreU(e[k], d, kept + k * lanes);  // the next row overwrites the rest
    if constexpr (kMoment) {
      moment.add(hn::Mul(e[k], hn::Sub(shifted[k], hn::Sub(of.max, of.row.shift))));
    }
    sum.add(e[k]);
  });
}

// The sums of the rows of a group as they grow.
template <bool kMoment, class D>
struct GrowingSums {
  BoundedLaneSum<D> none;
  RowSums<D> sums, moments;
  HWY_INLINE GrowingSums(D d, hn::TFromD<D> bound, size_t count) : none(d, bound) {
    for (size_t k = 0; k < count; ++k) {
      sums.set(k, none.sum, none.lost);
      if constexpr (kMoment) moments.set(k, none.lost, none.lost);
    }
  }
};

// Of every row the vectors between lanes `from` and `to`, kSize at a time, the rest one by one.
template <bool kMoment, bool kStore, size_t kSize, class D, class W = hn::TFromD<D>>
HWY_INLINE void exp_rows(const SoftmaxGroup<RowGroup<D>>& group, RowExps<D>& of, size_t from,
                         size_t to, GrowingSums<kMoment, D>& grown) {
  const D d = group.x.d;
  const auto& x = group.x;
  const size_t lanes = hn::Lanes(d);
  for (size_t k = 0; k < x.count; ++k) {
    of.go_to(k);
    const W* row = x.row(k);
    const W* next = group.next + (row - x.x);
    W* kept = x.kept_row(k);
    BoundedLaneSum<D> sum = grown.none;
    LaneSum<D> moment(d);
    grown.sums.get(k, sum.sum, sum.lost);
    if constexpr (kMoment) grown.moments.get(k, moment.sum, moment.lost);
    size_t i = from;
    for (; i + kSize * lanes <= to; i += kSize * lanes) {
      x.drain->template step<kSize>(d);
      exp_row_step<kMoment, kStore, kSize>(of, row + i, next + i, lanes, kept + i, sum, moment);
    }
    for (; kSize < kPack && i < to; i += lanes) {
      x.drain->template step<1>(d);
      exp_row_step<kMoment, kStore, 1>(of, row + i, next + i, x.cols - i, kept + i, sum, moment);
    }
    grown.sums.set(k, sum.sum, sum.lost);
    if constexpr (kMoment) grown.moments.set(k, moment.sum, moment.lost);
  }
}

// exp((x - max) / T) 2^kBias of every row, kept, and the sums. The ends of all rows come first: a
// vector that is kept there reaches into the next row. (One loop over both kinds of steps would
// move every constant between registers twice per row.)
template <bool kMoment, bool kStore, class D, class W = hn::TFromD<D>>
HWY_INLINE void exp_group(SoftmaxGroup<RowGroup<D>>& group) {
  const D d = group.x.d;
  const size_t count = group.x.count, cols = group.x.cols;
  const size_t packs = cols - cols % (kPack * hn::Lanes(d));
  RowExps<D> of(RowExp<D>(d, group.scale, group.max), group.max);
  const W bound = static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 1));
  GrowingSums<kMoment, D> grown(d, bound, count);
  if (packs < cols) exp_rows<kMoment, kStore, kPack / 2>(group, of, packs, cols, grown);
  if (packs > 0) exp_rows<kMoment, kStore, kPack>(group, of, 0, packs, grown);
  for (size_t k = 0; k < count; ++k) {
    hn::Vec<D> sum, lost;
    grown.sums.get(k, sum, lost);
    grown.sums.set(k, hn::Sub(sum, grown.none.start), lost);
  }
  const auto total = grown.sums.totals(d, count);
  group.sum = total[0];
  group.sum_low = total[1];
  if constexpr (kMoment) group.moment = grown.moments.totals(d, count)[0];
  if (kStore && group.labels) group.labels->take_values(group.x.kept_at());
}

// Calls map_row(k) for the rows that are to be written.
template <class D, class MapRow>
HWY_INLINE void for_each_good_row(const SoftmaxGroup<RowGroup<D>>& group, const MapRow& map_row) {
  for (size_t k = 0; k < group.x.count; ++k) {
    if (((group.bad >> k) & 1) == 0) map_row(k);
  }
}

// to = map(from) over n lanes.
template <class D, class Map, class W = hn::TFromD<D>>
HWY_INLINE void map_lanes(D d, const W* from, size_t n, W* to, const Map& map) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(map(hn::LoadU(d, from + i)), d, to + i);
  if (i < n) store_first(map(load_first(d, from + i, n - i, W{0})), d, to + i, n - i);
}

template <class D>
HWY_INLINE void scale_group(const SoftmaxGroup<RowGroup<D>>& group, const Pack<D, 2>& by) {
  const auto& x = group.x;
  const PerRow<D> high(by[0]), low(by[1]);
  for_each_good_row(group, [&](size_t k) HWY_ATTR {
    const auto by_high = high.of(k), by_low = low.of(k);
    map_lanes(x.d, x.kept_row(k), x.cols, x.to_row(k),
              [&](hn::Vec<D> e) HWY_ATTR { return hn::MulAdd(e, by_high, hn::Mul(e, by_low)); });
  });
}

template <class D>
HWY_INLINE void log_group(const SoftmaxGroup<RowGroup<D>>& group, const double* log_sum) {
  const auto& x = group.x;
  const auto sum = split(x.d, log_sum);
  const PerRow<D> max(group.max), high(sum[0]), low(sum[1]);
  for_each_good_row(group, [&](size_t k) HWY_ATTR {
    const LogMap<D> map(x.d, group.scale, max.of(k), high.of(k), low.of(k));
    map_lanes(x.d, x.row(k), x.cols, x.to_row(k), map);
  });
}

template <bool kMoment, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void grouped_softmax_batch(D d, const SoftmaxBatch<W>& batch) {
  constexpr auto kLanes = static_cast<int64_t>(RowGroup<D>::kLanes);
  constexpr size_t kRoom = static_cast<size_t>(kLongestGroupedRow * kLanes) + 2 * kLanes;
  HWY_ALIGN W kept[2][kRoom];
  HWY_ALIGN W spare[kLongestGroupedRow];
  LabelLanes<D> label_lanes;
  auto* const labels = batch.loss ? &label_lanes : nullptr;
  Drain<D> drain;
  // Groups that do not begin with a line share one: too dear where they are few lines.
  const bool lines = batch.cols > 64 || reinterpret_cast<uintptr_t>(batch.out) % HWY_MAX_BYTES == 0;
  const bool drains = batch.stream && batch.out_stride == batch.cols && lines;
  // Rows of different temperatures do not share a group.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    const int64_t count = std::min(step, batch.rows - i);
    const W* x = batch.scores + i * batch.scores_stride;
    W* out = batch.out ? batch.out + i * batch.out_stride : nullptr;
    W* own = kept[(i / step) % 2];
    const RowGroup<D> view{d,
                           static_cast<size_t>(batch.cols),
                           x,
                           batch.scores_stride,
                           static_cast<size_t>(count),
                           own,
                           drains ? own : out,
                           drains ? batch.cols : batch.out_stride,
                           &drain};
    const W* next = i + count < batch.rows || batch.more ? x + count * batch.scores_stride : x;
    softmax_group<kMoment>(view, GroupJob<W>{batch,
                                             batch.scales[i * batch.scales_stride],
                                             {x, batch.scores_stride, 1},
                                             next,
                                             spare,
                                             labels,
                                             i,
                                             count});
    if (labels && view.to) labels->put(view.to, view.to_stride);
    if (drains) {
      drain.finish(d);
      drain.start(d, own, static_cast<size_t>(count * batch.cols), out);
    }
  }
  drain.finish(d);
  if (batch.stream) hwy::FlushStream();
}

template <class W>
HWY_INLINE void grouped_softmax(const SoftmaxBatch<W>& batch) {
  if (batch.entropy) return grouped_softmax_batch<true>(hn::ScalableTag<W>(), batch);
  grouped_softmax_batch<false>(hn::ScalableTag<W>(), batch);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
