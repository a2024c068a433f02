// softmax, log_softmax and log_sum_exp of short rows, side by side, for one SIMD target.

#if defined(GIBBS_KERNELS_SHORT_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SHORT_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_SHORT_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_SHORT_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "hwy/cache_control.h"
#include "kernels/limit_row.hpp"
#include "kernels/side_by_side-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// One group of rows, a row to a lane.
template <class D>
struct SoftmaxGroup {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  SideBySide<D>& x;
  const Scale<W>& scale;
  const W* next;  // where the next group will be read
  V max, sum, sum_low, moment;
};

// exp((x - max) / T) 2^kBias in place of x, and the sums over columns.
template <bool kMoment, bool kStore, class D>
HWY_INLINE void exp_columns(SoftmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const RowExp<D> row(d, group.scale, group.max);
  const auto top = hn::Sub(group.max, row.shift);
  BoundedLaneSum<D> sum(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 1)));
  LaneSum<D> moment(d);
  for (size_t j = 0; j < group.x.cols; ++j) {
    prefetch(group.next + j * SideBySide<D>::kLanes);
    const auto shifted = row.shifted(group.x.load(j));
    const auto e = row.exp(shifted);
    if constexpr (kStore) group.x.store(e, j);
    if constexpr (kMoment) moment.add(hn::Mul(e, hn::Sub(shifted, top)));
    sum.add(e);
  }
  sum.lane_totals(group.sum, group.sum_low);
  group.moment = hn::Add(moment.sum, moment.lost);
}

// The sums alone, for their logarithms.
template <class D>
HWY_INLINE void quick_columns(SoftmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const QuickExp<D> exp(d, group.scale, group.max);
  BoundedLaneSum<D> sum(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 2)));
  size_t j = 0;
  for (; j + 2 <= group.x.cols; j += 2) {
    prefetch(group.next + j * SideBySide<D>::kLanes);
    prefetch(group.next + (j + 1) * SideBySide<D>::kLanes);
    sum.add(hn::Add(exp(group.x.load(j)), exp(group.x.load(j + 1))));
  }
  if (j < group.x.cols) sum.add(exp(group.x.load(j)));
  sum.lane_totals(group.sum, group.sum_low);
}

template <class D>
HWY_INLINE void scale_columns(SoftmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const auto one = hn::Set(d, W{1});
  const auto high = hn::Div(one, group.sum);
  const auto missing =
      hn::Sub(hn::NegMulAdd(group.sum, high, one), hn::Mul(group.sum_low, high));
  const auto low = hn::Mul(missing, high);
  for (size_t j = 0; j < group.x.cols; ++j) {
    const auto e = group.x.load(j);
    group.x.store(hn::MulAdd(e, high, hn::Mul(e, low)), j);
  }
}

// log sum exp((x - max) / T) of every lane, in double.
template <class D>
HWY_INLINE void log_sums(const SoftmaxGroup<D>& group, double* out) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const hn::RepartitionToWide<D> wide;
  using Wide = std::remove_const_t<decltype(wide)>;
  const LogExp<Wide> math(wide);
  const size_t half = hn::Lanes(wide);
  for_each_half(d, group.sum, [&](size_t k, auto v) HWY_ATTR { hn::Store(v, wide, out + k * half); });
  const auto unit = hn::Set(wide, std::ldexp(1.0, -ExpRange<W>::kBias));
  for_each_half(d, group.sum_low, [&](size_t k, auto v) HWY_ATTR {
    const auto sum = hn::Mul(hn::Add(hn::Load(wide, out + k * half), v), unit);
    hn::Store(math.log(sum, hn::Zero(wide)), wide, out + k * half);
  });
}

// log p of every column: as log_row.
template <class D>
HWY_INLINE void log_columns(SoftmaxGroup<D>& group, const double* log_sum) {
  using W = hn::TFromD<D>;
  constexpr size_t kLanes = SideBySide<D>::kLanes;
  const D d = group.x.d;
  HWY_ALIGN W high[kLanes], low[kLanes];
  for (size_t k = 0; k < kLanes; ++k) {
    high[k] = static_cast<W>(log_sum[k]);
    low[k] = static_cast<W>(log_sum[k] - static_cast<double>(high[k]));
  }
  const auto inverse = hn::Set(d, group.scale.inverse);
  const auto inverse_low = hn::Set(d, group.scale.inverse_low);
  const auto lowest = hn::Set(d, std::numeric_limits<W>::lowest());
  const auto sum_high = hn::Load(d, high), sum_low = hn::Load(d, low);
  for (size_t j = 0; j < group.x.cols; ++j) {
    const auto from_max = hn::Sub(group.x.load(j), group.max);
    const auto small = hn::MulSub(max_keep_nan(d, lowest, from_max), inverse_low, sum_low);
    group.x.store(hn::Add(hn::MulSub(from_max, inverse, sum_high), small), j);
  }
}

template <class D>
HWY_INLINE void summarize(const SoftmaxGroup<D>& group, const double* log_sum, int64_t count,
                          RowSummary* summaries) {
  using W = hn::TFromD<D>;
  constexpr size_t kLanes = SideBySide<D>::kLanes;
  const D d = group.x.d;
  HWY_ALIGN W max[kLanes], sum[kLanes], moment[kLanes];
  hn::Store(group.max, d, max);
  hn::Store(group.sum, d, sum);
  hn::Store(group.moment, d, moment);
  const double temperature = group.scale.temperature;
  for (int64_t k = 0; k < count; ++k) {
    summaries[k] = RowSummary{};
    summaries[k].log_partition = static_cast<double>(max[k]) / temperature + log_sum[k];
    summaries[k].entropy = log_sum[k] - static_cast<double>(moment[k]) /
                                            (static_cast<double>(sum[k]) * temperature);
    if (std::isnan(sum[k])) summaries[k] = RowSummary::nan();
  }
}

template <bool kMoment, class D, class W = hn::TFromD<D>>
HWY_INLINE void short_softmax_group(SideBySide<D>& x, const SoftmaxBatch<W>& batch,
                                    const Scale<W>& scale, int64_t first, int64_t count) {
  const W* scores = batch.scores + first * batch.scores_stride;
  W* out = batch.out ? batch.out + first * batch.out_stride : nullptr;
  RowSummary* summaries = batch.summaries ? batch.summaries + first : nullptr;
  x.read(scores, batch.scores_stride, count);
  const auto max = x.max(), zero = hn::Zero(x.d);
  // Contiguous groups follow one another; of others the prefetch is wasted.
  const W* next = first + count < batch.rows ? scores + count * batch.scores_stride : scores;
  SoftmaxGroup<D> group{x, scale, next, max, zero, zero, zero};
  // The rows in a limit are mapped alone, from the scores, before these may be overwritten.
  HWY_ALIGN W limit_out[SideBySide<D>::kSize];
  RowSummary limits[SideBySide<D>::kLanes];
  const uint64_t bad = not_finite(x.d, max, count);
  for_each_bit(bad, [&](int64_t k) {
    limits[k] = limit_row<W>(scores + k * batch.scores_stride, static_cast<const W*>(nullptr),
                             x.cols, LimitLaw{}, batch.output == Output::kLogProbabilities,
                             limit_out + static_cast<size_t>(k) * x.cols);
  });
  const bool log_p = batch.output == Output::kLogProbabilities;
  HWY_ALIGN double log_sum[SideBySide<D>::kLanes];
  if (batch.output == Output::kProbabilities) {
    exp_columns<kMoment, true>(group);
    scale_columns(group);
  } else if (log_p || kMoment) {
    exp_columns<kMoment, false>(group);
  } else {
    quick_columns(group);
  }
  if (summaries || log_p || batch.log_partitions) log_sums(group, log_sum);
  if (batch.log_partitions) {
    for_each_half(x.d, max, [&](size_t half, auto top) HWY_ATTR {
      const hn::RepartitionToWide<D> wide;
      const hn::Half<D> narrow;
      double* sums = log_sum + half * hn::Lanes(wide);
      const auto log_z = hn::Add(hn::Div(top, hn::Set(wide, scale.temperature)),
                                 hn::Load(wide, sums));
      const auto first_lane = static_cast<int64_t>(half * hn::Lanes(wide));
      if (count <= first_lane) return;
      const auto left = static_cast<size_t>(count - first_lane);
      W* to = batch.log_partitions + first + first_lane;
      const auto lanes = hn::DemoteTo(narrow, log_z);
      if (left >= hn::Lanes(narrow)) return hn::StoreU(lanes, narrow, to);
      store_first(lanes, narrow, to, left);
    });
  }
  if (summaries) summarize(group, log_sum, count, summaries);
  if (log_p) log_columns(group, log_sum);
  if (out) x.write(out, batch.out_stride, count, batch.stream);
  for_each_bit(bad, [&](int64_t k) {
    const W* limit = limit_out + static_cast<size_t>(k) * x.cols;
    if (summaries) summaries[k] = limits[k];
    if (batch.log_partitions) {
      batch.log_partitions[first + k] = static_cast<W>(limits[k].log_partition);
    }
    if (out) std::copy_n(limit, x.cols, out + k * batch.out_stride);
  });
}

template <bool kMoment, class W>
HWY_NOINLINE void short_softmax_groups(const SoftmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  SideBySide<D> x(D(), batch.cols);
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  // Rows of different temperatures do not share vectors.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    short_softmax_group<kMoment>(x, batch, batch.scales[i * batch.scales_stride], i,
                                 std::min(step, batch.rows - i));
  }
  if (batch.stream) hwy::FlushStream();
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
