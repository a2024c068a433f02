// softmax, log_softmax and log_sum_exp of rows side by side, for one SIMD target: the shortest, and
// those that lie across memory.

#if defined(GIBBS_KERNELS_SIDE_BY_SIDE_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SIDE_BY_SIDE_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_SIDE_BY_SIDE_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_SIDE_BY_SIDE_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "hwy/cache_control.h"
#include "kernels/column_tile-inl.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/panel_phases-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"
#include "kernels/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// exp((x - max) / T) 2^kBias of kSize columns in place of x.
template <bool kMoment, bool kStore, size_t kSize, class D>
HWY_INLINE void exp_columns_at(const SoftmaxGroup<SideBySide<D>>& group, const RowExp<D>& row,
                               size_t j, BoundedLaneSum<D>& sum, LaneSum<D>& moment) {
  Pack<D, kSize> shifted;
  each<kSize>([&](size_t k) HWY_ATTR {
    prefetch(group.next + (j + k) * SideBySide<D>::kLanes);
    shifted[k] = row.shifted(group.x.load(j + k));
  });
  const auto e = row.exp(shifted);
  const auto top = hn::Sub(group.max, row.shift);
  each<kSize>([&](size_t k) HWY_ATTR {
    if constexpr (kStore) group.x.store(e[k], j + k);
    if constexpr (kMoment) moment.add(hn::Mul(e[k], hn::Sub(shifted[k], top)));
    sum.add(e[k]);
  });
}

// The exponentials of the labels once more, from their scores: a gather of kept ones takes longer.
template <class D>
HWY_INLINE void exp_labels(const RowExp<D>& row, LabelLanes<D>* labels) {
  if (!labels) return;
  const auto shifted = row.shifted(hn::Load(row.d, labels->scores));
  hn::Store(row.exp(Pack<D, 1>{shifted})[0], row.d, labels->values);
}

// The same for all columns, and the sums over them.
template <bool kMoment, bool kStore, class D>
HWY_INLINE void exp_group(SoftmaxGroup<SideBySide<D>>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const RowExp<D> row(d, group.scale, group.max);
  BoundedLaneSum<D> sum(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 1)));
  LaneSum<D> moment(d);
  size_t j = 0;
  for (; j + kPack <= group.x.cols; j += kPack) {
    exp_columns_at<kMoment, kStore, kPack>(group, row, j, sum, moment);
  }
  for (; j < group.x.cols; ++j) exp_columns_at<kMoment, kStore, 1>(group, row, j, sum, moment);
  sum.lane_totals(group.sum, group.sum_low);
  group.moment = hn::Add(moment.sum, moment.lost);
  if constexpr (kStore) exp_labels(row, group.labels);
}

// The sums alone, for their logarithms.
template <class D>
HWY_INLINE void quick_group(SoftmaxGroup<SideBySide<D>>& group) {
  const D d = group.x.d;
  const QuickExp<D> exp(d, group.scale, group.max);
  BoundedLaneSum<D> sum = quick_lanes(d);
  size_t j = 0;
  for (; j + kPack <= group.x.cols; j += kPack) {
    Pack<D, kPack> x;
    each<kPack>([&](size_t k) HWY_ATTR {
      prefetch(group.next + (j + k) * SideBySide<D>::kLanes);
      x[k] = group.x.load(j + k);
    });
    sum.add(sum_of(d, exp(x)));
  }
  for (; j < group.x.cols; ++j) sum.add(exp(Pack<D, 1>{group.x.load(j)})[0]);
  sum.lane_totals(group.sum, group.sum_low);
}

template <class D>
HWY_INLINE void scale_group(const SoftmaxGroup<SideBySide<D>>& group, const Pack<D, 2>& by) {
  for (size_t j = 0; j < group.x.cols; ++j) {
    const auto e = group.x.load(j);
    group.x.store(hn::MulAdd(e, by[0], hn::Mul(e, by[1])), j);
  }
}

template <class D>
HWY_INLINE void log_group(const SoftmaxGroup<SideBySide<D>>& group, const double* log_sum) {
  const auto sum = split(group.x.d, log_sum);
  const LogMap<D> map(group.x.d, group.scale, group.max, sum[0], sum[1]);
  for (size_t j = 0; j < group.x.cols; ++j) group.x.store(map(group.x.load(j)), j);
}

// The shortest rows, turned over on the way in and out.
template <bool kMoment, class W>
HWY_NOINLINE void short_softmax_groups(const SoftmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  ShortRows<D> rows(batch.cols);
  HWY_ALIGN W spare[kLongestShortRow];
  LabelLanes<D> label_lanes;
  auto* const labels = batch.loss ? &label_lanes : nullptr;
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  // Rows of different temperatures do not share vectors.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    const int64_t count = std::min(step, batch.rows - i);
    const W* x = batch.scores + i * batch.scores_stride;
    // Contiguous groups follow one another; of others the prefetch is wasted.
    const W* next = i + count < batch.rows || batch.more ? x + count * batch.scores_stride : x;
    rows.read(x, batch.scores_stride, count);
    softmax_group<kMoment>(rows.view(), GroupJob<W>{batch,
                                                    batch.scales[i * batch.scales_stride],
                                                    {x, batch.scores_stride, 1},
                                                    next,
                                                    spare,
                                                    labels,
                                                    i,
                                                    count});
    if (batch.out) {
      rows.write(batch.out + i * batch.out_stride, batch.out_stride, count, batch.stream, labels);
    }
  }
  if (batch.stream) hwy::FlushStream();
}

template <bool kMoment, class W>
HWY_NOINLINE void column_softmax_groups(const SoftmaxBatch<W>& batch) {
  const hn::ScalableTag<W> d;
  W* spare = batch.scratch + static_cast<size_t>(batch.cols * kTileRows);
  for_each_column_group(
      d, batch, [&](const auto& view, int64_t first, int64_t count, const W* x) HWY_ATTR {
        const Origin<W> origin{x, 1, batch.scores_stride};
        softmax_group<kMoment>(
            view, GroupJob<W>{batch, *batch.scales, origin, x, spare, nullptr, first, count});
      });
}

void softmax_columns_float(const SoftmaxBatch<float>& batch) {
  if (batch.cols > kLongestTiledColumn) {
    return batch.entropy ? across_softmax<true>(batch) : across_softmax<false>(batch);
  }
  if (batch.entropy) return column_softmax_groups<true>(batch);
  column_softmax_groups<false>(batch);
}
void softmax_columns_double(const SoftmaxBatch<double>& batch) {
  if (batch.entropy) return column_softmax_groups<true>(batch);
  column_softmax_groups<false>(batch);
}

template <class W>
HWY_INLINE void short_softmax_batch(const SoftmaxBatch<W>& batch) {
  if (batch.entropy) return short_softmax_groups<true>(batch);
  short_softmax_groups<false>(batch);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
