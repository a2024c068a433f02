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
#include "kernels/exp_pass-inl.h"
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
  const SideBySide<D>& x;
  const Scale<W>& scale;
  const W* next;  // where the next group will be read
  V max, sum, sum_low, moment;
};

// exp((x - max) / T) 2^kBias of kSize columns in place of x.
template <bool kMoment, bool kStore, size_t kSize, class D>
HWY_INLINE void exp_columns_at(const SoftmaxGroup<D>& group, const RowExp<D>& row, size_t j,
                               BoundedLaneSum<D>& sum, LaneSum<D>& moment) {
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

// The same for all columns, and the sums over them.
template <bool kMoment, bool kStore, class D>
HWY_INLINE void exp_columns(SoftmaxGroup<D>& group) {
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
}

// The sums alone, for their logarithms.
template <class D>
HWY_INLINE void quick_columns(SoftmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const QuickExp<D> exp(d, group.scale, group.max);
  BoundedLaneSum<D> sum(d, static_cast<W>(std::ldexp(1.0, ExpRange<W>::kBias + 3)));
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
HWY_INLINE void scale_columns(SoftmaxGroup<D>& group) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const auto one = hn::Set(d, W{1});
  const auto high = hn::Div(one, group.sum);
  const auto missing = hn::Sub(hn::NegMulAdd(group.sum, high, one), hn::Mul(group.sum_low, high));
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
  for_each_half(d, group.sum,
                [&](size_t k, auto v) HWY_ATTR { hn::Store(v, wide, out + k * half); });
  const auto unit = hn::Set(wide, std::ldexp(1.0, -ExpRange<W>::kBias));
  for_each_half(d, group.sum_low, [&](size_t k, auto v) HWY_ATTR {
    const auto sum = hn::Mul(hn::Add(hn::Load(wide, out + k * half), v), unit);
    // The logarithm takes a NaN from its second argument alone.
    hn::Store(math.log(sum, hn::Mul(sum, hn::Zero(wide))), wide, out + k * half);
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
    summaries[k].entropy =
        log_sum[k] - static_cast<double>(moment[k]) / (static_cast<double>(sum[k]) * temperature);
    if (std::isnan(sum[k])) summaries[k] = RowSummary::nan();
  }
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void write_log_partitions(const SoftmaxGroup<D>& group, const double* log_sum,
                                     int64_t count, W* to) {
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(wide));
  const auto temperature = hn::Set(wide, group.scale.temperature);
  for_each_half(group.x.d, group.max, [&](size_t half, auto top) HWY_ATTR {
    const int64_t first = static_cast<int64_t>(half) * lanes;
    if (count <= first) return;
    const auto log_z = hn::Add(hn::Div(top, temperature), hn::Load(wide, log_sum + first));
    const auto v = hn::DemoteTo(narrow, log_z);
    if (count - first >= lanes) return hn::StoreU(v, narrow, to + first);
    store_first(v, narrow, to + first, static_cast<size_t>(count - first));
  });
}

// What a group is part of: `first` is its first row in the batch, origin its scores, `spare` has
// room for a row.
template <class W>
struct GroupJob {
  const SoftmaxBatch<W>& batch;
  const Scale<W>& scale;
  Origin<W> origin;
  const W* next;
  W* spare;
  int64_t first, count;
};

// The rows in a limit once more, alone, from their scores.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void map_limit_rows(const SideBySide<D>& x, const GroupJob<W>& job, uint64_t rows) {
  const auto& batch = job.batch;
  for_each_bit(rows, [&](int64_t k) {
    job.origin.copy_row(k, x.cols, job.spare);
    const auto limit = limit_row<W>(job.spare, static_cast<const W*>(nullptr), x.cols, LimitLaw{},
                                    batch.output == Output::kLogProbabilities, job.spare);
    x.put_row(k, job.spare);
    if (batch.summaries) batch.summaries[job.first + k] = limit;
    if (batch.log_partitions) {
      batch.log_partitions[job.first + k] = static_cast<W>(limit.log_partition);
    }
  });
}

// Maps x in place and writes what is wanted beside.
template <bool kMoment, class D, class W = hn::TFromD<D>>
HWY_INLINE void softmax_group(const SideBySide<D>& x, const GroupJob<W>& job) {
  const auto& batch = job.batch;
  const auto zero = hn::Zero(x.d);
  SoftmaxGroup<D> group{x, job.scale, job.next, x.max(), zero, zero, zero};
  const uint64_t bad = not_finite(x.d, group.max, job.count);
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
  if (batch.summaries || log_p || batch.log_partitions) log_sums(group, log_sum);
  if (batch.log_partitions) {
    write_log_partitions(group, log_sum, job.count, batch.log_partitions + job.first);
  }
  if (batch.summaries) summarize(group, log_sum, job.count, batch.summaries + job.first);
  if (log_p) log_columns(group, log_sum);
  if (bad != 0) map_limit_rows(x, job, bad);
}

template <bool kMoment, class W>
HWY_NOINLINE void short_softmax_groups(const SoftmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  ShortRows<D> rows(batch.cols);
  HWY_ALIGN W spare[kLongestShortRow];
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  // Rows of different temperatures do not share vectors.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    const int64_t count = std::min(step, batch.rows - i);
    const W* x = batch.scores + i * batch.scores_stride;
    // Contiguous groups follow one another; of others the prefetch is wasted.
    const W* next = i + count < batch.rows ? x + count * batch.scores_stride : x;
    rows.read(x, batch.scores_stride, count);
    softmax_group<kMoment>(rows.view(), GroupJob<W>{batch,
                                                    batch.scales[i * batch.scales_stride],
                                                    {x, batch.scores_stride, 1},
                                                    next,
                                                    spare,
                                                    i,
                                                    count});
    if (batch.out) {
      rows.write(batch.out + i * batch.out_stride, batch.out_stride, count, batch.stream);
    }
  }
  if (batch.stream) hwy::FlushStream();
}

// Rows that lie across memory, element by element beside those of the next row, are side by side
// already: 256 bytes of each column are copied in, group by group, mapped, and copied out whole.
template <bool kMoment, class W>
HWY_NOINLINE void column_softmax_groups(const SoftmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const D d;
  constexpr size_t kLanes = SideBySide<D>::kLanes;
  const auto cols = static_cast<size_t>(batch.cols);
  W* tile = batch.scratch;
  W* spare = tile + cols * kTileRows;
  for (int64_t i = 0; i < batch.rows; i += kTileRows) {
    const int64_t count = std::min(kTileRows, batch.rows - i);
    const W* x = batch.scores + i;
    for (size_t j = 0; j < cols; ++j) {
      const W* column = x + static_cast<ptrdiff_t>(j) * batch.scores_stride;
      for (size_t k = 0; k < kTileRows; k += kLanes) {
        prefetch(column + 8 * batch.scores_stride + k);
        const auto left = static_cast<size_t>(count) - std::min(k, static_cast<size_t>(count));
        hn::Store(left >= kLanes ? hn::LoadU(d, column + k) : load_first(d, column + k, left, W{0}),
                  d, tile + k * cols + j * kLanes);
      }
    }
    for (int64_t k = 0; k < count; k += int64_t{kLanes}) {
      const SideBySide<D> view{d, cols, tile + static_cast<size_t>(k) * cols, kLanes};
      softmax_group<kMoment>(view, GroupJob<W>{batch,
                                               *batch.scales,
                                               {x + k, 1, batch.scores_stride},
                                               x + k,
                                               spare,
                                               i + k,
                                               std::min(int64_t{kLanes}, count - k)});
    }
    for (size_t j = 0; batch.out && j < cols; ++j) {
      W* column = batch.out + i + static_cast<ptrdiff_t>(j) * batch.out_stride;
      const bool stream = batch.stream && reinterpret_cast<uintptr_t>(column) % HWY_MAX_BYTES == 0;
      for (size_t k = 0; k < static_cast<size_t>(count); k += kLanes) {
        const auto v = hn::Load(d, tile + k * cols + j * kLanes);
        const size_t left = static_cast<size_t>(count) - k;
        if (left < kLanes) {
          store_first(v, d, column + k, left);
        } else if (stream) {
          hn::Stream(v, d, column + k);
        } else {
          hn::StoreU(v, d, column + k);
        }
      }
    }
  }
  if (batch.stream) hwy::FlushStream();
}

void softmax_columns_float(const SoftmaxBatch<float>& batch) {
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
