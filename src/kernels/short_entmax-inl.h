// entmax of short rows, side by side, 0 < alpha <= 2, for one SIMD target.

#if defined(GIBBS_KERNELS_SHORT_ENTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SHORT_ENTMAX_INL_H_
#undef GIBBS_KERNELS_SHORT_ENTMAX_INL_H_
#else
#define GIBBS_KERNELS_SHORT_ENTMAX_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/column_tile-inl.h"
#include "kernels/entmax.hpp"
#include "kernels/entmax_tsallis-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/short_entmax_solvers-inl.h"
#include "kernels/side_by_side-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A group of a batch and its labels (null: there are none).
template <class D>
struct EntmaxJob {
  using W = hn::TFromD<D>;
  const EntmaxBatch<W>& batch;
  LabelLanes<D>* labels;
  int64_t first, count;
  const W* next;  // where the next group will be read
  Origin<W> origin;
  // Of rows along memory: others have none.
  RowLabel<W> label(int64_t k) const {
    return {batch.loss, first + k, origin.data + k * origin.row_step};
  }
};

// Those without a closed form are summed once more, from their scores.
template <class D>
HWY_INLINE void summarize(const EntmaxGroup<D>& group, const EntmaxJob<D>& job) {
  using W = hn::TFromD<D>;
  constexpr size_t kLanes = SideBySide<D>::kLanes;
  const D d = group.x.d;
  HWY_ALIGN W max[kLanes], delta[kLanes], sum_pv[kLanes];
  hn::Store(group.max, d, max);
  hn::Store(group.delta, d, delta);
  hn::Store(group.sum_pv, d, sum_pv);
  HWY_ALIGN W row[kLongestShortRow];
  for (int64_t k = 0; k < job.count; ++k) {
    const double of_row = static_cast<double>(delta[k]);
    if (!group.closed()) job.origin.copy_row(k, group.x.cols, row);
    const auto summary =
        group.closed() ? entmax_summary(static_cast<double>(max[k]), group.temperature, group.alpha,
                                        of_row, {1, 0, static_cast<double>(sum_pv[k])})
                       : tsallis_summary(Candidates<W>{max[k], row, group.x.cols},
                                         group.temperature, group.alpha, of_row);
    if (job.batch.summaries) job.batch.summaries[job.first + k] = summary;
    job.label(k).add(summary.max, summary.excess, group.temperature);
  }
}

// The losses alone, in closed form: excess = delta + (b / alpha) sum p v.
template <class D>
HWY_INLINE void closed_losses(const EntmaxGroup<D>& group, const EntmaxJob<D>& job) {
  const D d = group.x.d;
  const hn::ScalableTag<double> wide;
  const size_t lanes = hn::Lanes(wide);
  HWY_ALIGN double excess[SideBySide<D>::kLanes];
  for_each_half(d, group.delta,
                [&](size_t half, auto v) HWY_ATTR { hn::Store(v, wide, excess + half * lanes); });
  const auto share = hn::Set(wide, group.b() / group.alpha);
  for_each_half(d, group.sum_pv, [&](size_t half, auto v) HWY_ATTR {
    double* const at = excess + half * lanes;
    hn::Store(hn::MulAdd(share, v, hn::Load(wide, at)), wide, at);
  });
  const auto gap = hn::Sub(group.max, hn::Load(d, job.labels->scores));
  write_label_losses(d, gap, excess, group.temperature, job.count,
                     job.batch.loss->losses + job.first);
}

// The gradients of labels, from their factor p.
template <class D>
HWY_INLINE void subtract_factor(const EntmaxGroup<D>& group, const EntmaxJob<D>& job) {
  using W = hn::TFromD<D>;
  const D d = group.x.d;
  LabelLanes<D>& labels = *job.labels;
  if (!group.closed()) labels.take_values(group.x.kept_at());
  const auto own = group.closed() ? group.own : hn::Load(d, labels.values);
  const auto none = hn::Set(d, -std::numeric_limits<W>::infinity());
  const auto present = hn::Not(hn::Eq(hn::Load(d, labels.scores), none));
  hn::Store(hn::Sub(own, hn::IfThenElseZero(present, group.factor)), d, labels.values);
}

// The rows in a limit once more, alone, from their scores, which are not overwritten yet.
template <class D>
HWY_NOINLINE void map_limit_rows(const SideBySide<D>& x, const EntmaxJob<D>& job, uint64_t rows) {
  using W = hn::TFromD<D>;
  const auto& batch = job.batch;
  for_each_bit(rows, [&](int64_t k) {
    HWY_ALIGN W row[kLongestShortRow];
    job.origin.copy_row(k, x.cols, row);
    const RowLabel<W> label = job.label(k);
    const auto limit =
        limit_row<W>(row, static_cast<const W*>(nullptr), x.cols,
                     LimitLaw{Limit::kRegular, batch.alpha, batch.temperature}, false, row);
    label.of_limit(limit, batch.temperature, x.cols, row);
    x.put_row(k, row);
    if (job.labels) job.labels->values[k] = row[label.label];
    if (batch.summaries) batch.summaries[job.first + k] = limit;
  });
}

// Maps x, the lanes of a group, in place.
template <class D>
HWY_INLINE void entmax_group(const SideBySide<D>& x, const EntmaxJob<D>& job) {
  using W = hn::TFromD<D>;
  const auto& batch = job.batch;
  const bool tells = batch.summaries || batch.loss;
  const auto max = x.max(), zero = hn::Zero(x.d);
  const auto factor = hn::Set(x.d, static_cast<W>(batch.loss ? batch.loss->factor : 1));
  if (job.labels) {
    job.labels->go_to(batch.loss->labels + job.first, job.count);
    job.labels->take_scores(job.origin);
  }
  EntmaxGroup<D> group{x,    batch.alpha, batch.temperature, tells, job.labels, max, factor, zero,
                       zero, zero};
  const auto nan = shift_columns(group, job.next);
  const auto kNan = hn::Set(x.d, std::numeric_limits<W>::quiet_NaN());
  const uint64_t bad = not_finite(x.d, hn::IfThenElse(nan, kNan, max), job.count);
  if (batch.alpha == 2) {
    short_sparsemax(group);
  } else if (batch.alpha == 1.5) {
    short_entmax15(group);
  } else {
    short_tsallis(group);
  }
  if (job.labels) subtract_factor(group, job);
  if (job.labels && group.closed()) {
    closed_losses(group, job);
  } else if (tells) {
    summarize(group, job);
  }
  if (bad != 0) map_limit_rows(x, job, bad);
}

template <class W>
HWY_NOINLINE void short_entmax_batch(const EntmaxBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  ShortRows<D> rows(batch.cols);
  LabelLanes<D> label_lanes;
  auto* const labels = batch.loss ? &label_lanes : nullptr;
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  for (int64_t i = 0; i < batch.rows; i += kLanes) {
    const int64_t count = std::min(kLanes, batch.rows - i);
    const W* x = batch.scores + i * batch.scores_stride;
    const W* next = i + count < batch.rows || batch.more ? x + count * batch.scores_stride : x;
    rows.read(x, batch.scores_stride, count);
    const Origin<W> origin{x, batch.scores_stride, 1};
    entmax_group(rows.view(), EntmaxJob<D>{batch, labels, i, count, next, origin});
    if (batch.out) {
      rows.write(batch.out + i * batch.out_stride, batch.out_stride, count, batch.stream, labels);
    }
  }
  if (batch.stream) hwy::FlushStream();
}

void entmax_columns_float(const EntmaxBatch<float>& batch) {
  using D = hn::ScalableTag<float>;
  for_each_column_group(
      D(), batch, [&](const auto& view, int64_t first, int64_t count, const float* x) HWY_ATTR {
        const Origin<float> origin{x, 1, batch.scores_stride};
        entmax_group(view, EntmaxJob<D>{batch, nullptr, first, count, x, origin});
      });
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
