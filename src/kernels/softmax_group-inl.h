// softmax, log_softmax and log_sum_exp of a group of short rows, whichever way they lie, for one
// SIMD target. A view brings max(), put_row() and its own exp_group, quick_group, scale_group,
// log_group.

#if defined(GIBBS_KERNELS_SOFTMAX_GROUP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SOFTMAX_GROUP_INL_H_
#undef GIBBS_KERNELS_SOFTMAX_GROUP_INL_H_
#else
#define GIBBS_KERNELS_SOFTMAX_GROUP_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/exp_pass-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/side_by_side-inl.h"
#include "kernels/softmax.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A group of rows, one to a lane of max and of the sums. The view says where their scores are.
template <class View>
struct SoftmaxGroup {
  using D = typename View::Tag;
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  const View& x;
  const Scale<W>& scale;
  const W* next;  // where the next group will be read
  uint64_t bad;   // rows that are not to be written, a bit each
  V max, sum, sum_low, moment;
  LabelLanes<D>* labels = nullptr;  // with their scores; their exponentials where those are kept
  double factor = 1;                // of what is written
};

// log sum exp((x - max) / T) of every lane, in double. The logarithm of the mantissa, below 0.35,
// is good enough in float: its error is below half an ulp of 1.
template <class View>
HWY_INLINE void log_sums(const SoftmaxGroup<View>& group, double* out) {
  using D = typename View::Tag;
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  const hn::RepartitionToWide<D> wide;
  const size_t half = hn::Lanes(wide);
  const LogExp<D> math(d);
  Pack<D, 1> exponent;
  const auto log_f = math.log_split(Pack<D, 1>{group.sum}, Pack<D, 1>{group.sum_low}, exponent);
  for_each_half(d, log_f[0],
                [&](size_t k, auto v) HWY_ATTR { hn::Store(v, wide, out + k * half); });
  const auto bias = hn::Set(wide, double{ExpRange<W>::kBias});
  const auto ln2 = hn::Set(wide, LogExp<D>::kLn2);
  for_each_half(d, exponent[0], [&](size_t k, auto v) HWY_ATTR {
    const auto log = hn::MulAdd(hn::Sub(v, bias), ln2, hn::Load(wide, out + k * half));
    hn::Store(log, wide, out + k * half);
  });
}

template <class View>
HWY_INLINE void summarize(const SoftmaxGroup<View>& group, const double* log_sum, int64_t count,
                          RowSummary* summaries) {
  using D = typename View::Tag;
  using W = hn::TFromD<D>;
  constexpr size_t kLanes = View::kLanes;
  const D d = group.x.d;
  HWY_ALIGN W max[kLanes], sum[kLanes], moment[kLanes];
  hn::Store(group.max, d, max);
  hn::Store(group.sum, d, sum);
  hn::Store(group.moment, d, moment);
  const double temperature = group.scale.temperature;
  for (int64_t k = 0; k < count; ++k) {
    summaries[k] = RowSummary{};
    summaries[k].log_partition = static_cast<double>(max[k]) / temperature + log_sum[k];
    summaries[k].max = static_cast<double>(max[k]);
    summaries[k].excess = log_sum[k];
    summaries[k].entropy =
        log_sum[k] - static_cast<double>(moment[k]) / (static_cast<double>(sum[k]) * temperature);
    if (std::isnan(sum[k])) summaries[k] = RowSummary::nan();
  }
}

template <class View, class W>
HWY_INLINE void write_log_partitions(const SoftmaxGroup<View>& group, const double* log_sum,
                                     int64_t count, W* to) {
  using D = typename View::Tag;
  const hn::RepartitionToWide<D> wide;
  const hn::Half<D> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(wide));
  const auto inverse = hn::Set(wide, 1 / group.scale.temperature);
  for_each_half(group.x.d, group.max, [&](size_t half, auto top) HWY_ATTR {
    const int64_t first = static_cast<int64_t>(half) * lanes;
    if (count <= first) return;
    const auto log_z = hn::MulAdd(top, inverse, hn::Load(wide, log_sum + first));
    const auto v = hn::DemoteTo(narrow, log_z);
    if (count - first >= lanes) return hn::StoreU(v, narrow, to + first);
    store_first(v, narrow, to + first, static_cast<size_t>(count - first));
  });
}

// factor / sum of every lane as high + low.
template <class View>
HWY_INLINE Pack<typename View::Tag, 2> reciprocals(const SoftmaxGroup<View>& group) {
  using D = typename View::Tag;
  const D d = group.x.d;
  using W = hn::TFromD<D>;
  const W top = static_cast<W>(group.factor);
  const auto factor = hn::Set(d, top),
             factor_low = hn::Set(d, static_cast<W>(group.factor - static_cast<double>(top)));
  const auto inverse = hn::Div(hn::Set(d, W{1}), group.sum), high = hn::Mul(inverse, factor);
  const auto missing =
      hn::Sub(hn::NegMulAdd(group.sum, high, factor), hn::MulSub(group.sum_low, high, factor_low));
  return {high, hn::Mul(missing, inverse)};
}

// A double of every lane as high + low.
template <class D>
HWY_INLINE Pack<D, 2> split(D d, const double* values) {
  using W = hn::TFromD<D>;
  constexpr size_t kLanes = hn::MaxLanes(D());
  HWY_ALIGN W high[kLanes], low[kLanes];
  for (size_t k = 0; k < kLanes; ++k) {
    high[k] = static_cast<W>(values[k]);
    low[k] = static_cast<W>(values[k] - static_cast<double>(high[k]));
  }
  return {hn::Load(d, high), hn::Load(d, low)};
}

// log p = (x - max) / T - log_sum of vectors of one maximum and sum, or one to a lane: as log_row.
template <class D>
struct LogMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  V max, sum_high, sum_low, inverse, inverse_low, lowest;
  HWY_INLINE LogMap(D tag, const Scale<W>& scale, V top, V high, V low)
      : d(tag),
        max(top),
        sum_high(high),
        sum_low(low),
        inverse(hn::Set(d, scale.inverse)),
        inverse_low(hn::Set(d, scale.inverse_low)),
        lowest(hn::Set(d, std::numeric_limits<W>::lowest())) {}
  HWY_INLINE V operator()(V x) const {
    const auto from_max = hn::Sub(x, max);
    // -inf * inverse_low would be NaN where inverse_low is 0, and +inf where it is negative.
    const auto small = hn::Min(hn::MulSub(max_keep_nan(d, lowest, from_max), inverse_low, sum_low),
                               hn::Neg(lowest));
    return hn::Add(hn::MulSub(from_max, inverse, sum_high), small);
  }
};

// What a group is part of: `first` is its first row in the batch, origin its scores, `spare` has
// room for a row.
template <class W>
struct GroupJob {
  const SoftmaxBatch<W>& batch;
  const Scale<W>& scale;
  Origin<W> origin;
  const W* next;
  W* spare;
  LabelLanes<hn::ScalableTag<W>>* labels;  // null without a loss
  int64_t first, count;
};

// The rows in a limit once more, alone, from their scores.
template <class View, class W>
HWY_NOINLINE void map_limit_rows(const View& x, const GroupJob<W>& job, uint64_t rows) {
  const auto& batch = job.batch;
  for_each_bit(rows, [&](int64_t k) {
    job.origin.copy_row(k, x.cols, job.spare);
    const RowLabel<W> label(batch.loss, job.first + k, job.spare);
    const auto limit = limit_row<W>(job.spare, static_cast<const W*>(nullptr), x.cols, LimitLaw{},
                                    batch.output == Output::kLogProbabilities, job.spare);
    label.of_limit(limit, job.scale.temperature, x.cols, batch.out ? job.spare : nullptr);
    if (job.labels) job.labels->values[k] = job.spare[label.label];
    x.put_row(k, job.spare);
    if (batch.summaries) batch.summaries[job.first + k] = limit;
    if (batch.log_partitions) {
      batch.log_partitions[job.first + k] = static_cast<W>(limit.log_partition);
    }
  });
}

// factor (p - 1) of the labels, from their e; 0 of one that is no state.
template <class View>
HWY_INLINE void subtract_sums(const SoftmaxGroup<View>& group,
                              const Pack<typename View::Tag, 2>& by,
                              LabelLanes<typename View::Tag>& labels) {
  const auto d = group.x.d;
  using W = hn::TFromD<decltype(d)>;
  const auto absent =
      hn::Eq(hn::Load(d, labels.scores), hn::Set(d, -std::numeric_limits<W>::infinity()));
  const auto e = hn::Load(d, labels.values);
  const auto less = hn::Sub(hn::Sub(e, group.sum), group.sum_low);
  const auto taken = hn::IfThenElse(absent, e, less);  // of a row of NaN not 0
  hn::Store(hn::MulAdd(taken, by[0], hn::Mul(taken, by[1])), d, labels.values);
}

// As label_loss, from log sums of a finite maximum and T.
template <class View, class W>
HWY_INLINE void write_losses(const SoftmaxGroup<View>& group, const GroupJob<W>& job,
                             const double* log_sum) {
  using D = typename View::Tag;
  const D d = group.x.d;
  const auto gap = hn::Sub(group.max, hn::Load(d, job.labels->scores));
  const auto nan = hn::Set(d, std::numeric_limits<W>::quiet_NaN());
  const auto known = hn::Eq(group.sum, group.sum);
  write_label_losses(d, hn::IfThenElse(known, gap, nan), log_sum, job.scale.temperature, job.count,
                     job.batch.loss->losses + job.first);
}

// Of double lanes: log Z needs more than they hold, and so is computed row by row.
template <class View, class W>
HWY_INLINE void summarize_doubles(const SoftmaxGroup<View>& group, const GroupJob<W>& job) {
  using D = typename View::Tag;
  const D d = group.x.d;
  HWY_ALIGN double max[View::kLanes], sum[View::kLanes], low[View::kLanes], moment[View::kLanes];
  double log_sum[View::kLanes] = {};
  hn::Store(group.max, d, max);
  hn::Store(group.sum, d, sum);
  hn::Store(group.sum_low, d, low);
  hn::Store(group.moment, d, moment);
  for (int64_t k = 0; k < job.count; ++k) {
    const PassTotals<double> totals{sum[k], low[k], moment[k]};
    const auto summary = std::isnan(sum[k])
                             ? RowSummary::nan()
                             : summary_of_row(max[k], log_of_sum(totals),
                                              totals.moment / (totals.sum * job.scale.temperature),
                                              job.scale.temperature);
    if (job.batch.summaries) job.batch.summaries[job.first + k] = summary;
    if (job.batch.log_partitions) job.batch.log_partitions[job.first + k] = summary.log_partition;
    log_sum[k] = summary.excess;
  }
  if (job.batch.loss) write_losses(group, job, log_sum);
}

template <bool kMoment, class View, class W>
HWY_INLINE void summarize_floats(const SoftmaxGroup<View>& group, const GroupJob<W>& job) {
  const auto& batch = job.batch;
  const bool log_p = batch.output == Output::kLogProbabilities;
  HWY_ALIGN double log_sum[View::kLanes];
  if (batch.summaries || log_p || batch.log_partitions || batch.loss) log_sums(group, log_sum);
  if (batch.loss) write_losses(group, job, log_sum);
  if (batch.log_partitions) {
    write_log_partitions(group, log_sum, job.count, batch.log_partitions + job.first);
  }
  if (batch.summaries) summarize(group, log_sum, job.count, batch.summaries + job.first);
  if (log_p) log_group(group, log_sum);
}

// Sums that are not to be written. Longer rows whose sums alone are wanted: quick_softmax-inl.h.
template <bool kMoment, class View>
HWY_INLINE void sum_group(SoftmaxGroup<View>& group, Output output) {
  if constexpr (View::kSideBySide && !kMoment) {
    if (output == Output::kNothing) return quick_group(group);
  }
  exp_group<kMoment, false>(group);
}

// Maps a group and writes what is wanted beside. double: probabilities only.
template <bool kMoment, class View, class W>
HWY_INLINE void softmax_group(const View& x, const GroupJob<W>& job) {
  const auto& batch = job.batch;
  const auto zero = hn::Zero(x.d);
  const auto max = x.max();
  const uint64_t bad = not_finite(x.d, max, job.count);
  SoftmaxGroup<View> group{x, job.scale, job.next, bad, max, zero, zero, zero, job.labels};
  if (job.labels) {
    job.labels->go_to(batch.loss->labels + job.first, job.count);
    job.labels->take_scores(job.origin);
  }
  if (sizeof(W) == 8 || batch.output == Output::kProbabilities) {
    exp_group<kMoment, true>(group);
    if (batch.loss) group.factor = batch.loss->factor;
    const auto by = reciprocals(group);
    if (job.labels) subtract_sums(group, by, *job.labels);
    scale_group(group, by);
  } else if constexpr (sizeof(W) == 4) {
    sum_group<kMoment>(group, batch.output);
  }
  if constexpr (sizeof(W) == 4) {
    summarize_floats<kMoment>(group, job);
  } else if (batch.summaries || batch.log_partitions || batch.loss) {
    summarize_doubles(group, job);
  }
  if (bad != 0) map_limit_rows(x, job, bad);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
