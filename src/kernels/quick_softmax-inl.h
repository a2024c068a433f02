// log_sum_exp of rows along memory, and what follows from it, for one SIMD target: nothing is
// written but a number or two per row.

#if defined(GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "kernels/exp_pass-inl.h"
#include "kernels/row_group-inl.h"
#include "kernels/rows_ahead-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The maxima and the sums of the rows of a view, a lane to each.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE SoftmaxGroup<RowGroup<D>> quick_rows(const RowGroup<D>& view, const GroupJob<W>& job,
                                                RowsAhead<D>& rows) {
  const D d = view.d;
  HWY_ALIGN W maxima[RowGroup<D>::kLanes] = {};
  RowSums<D> sums;
  for (size_t k = 0; k < view.count; ++k) {
    const int64_t i = job.first + static_cast<int64_t>(k);
    maxima[k] = rows.max(i);
    const QuickExp<D> exp(d, job.scale, hn::Set(d, maxima[k]));
    const PassInput<W> in{rows.row(i), nullptr, view.cols, rows.next(i)};
    const auto sum = quick_sum(exp, in);
    sums.set(k, hn::Sub(sum.sum, sum.start), sum.lost);
  }
  const auto max = hn::Load(d, maxima), zero = hn::Zero(d);
  const auto total = sums.totals(d, view.count);
  return {view, job.scale, job.next, not_finite(d, max, job.count), max, total[0], total[1], zero};
}

// What is done once per row is done for as many rows as a vector has lanes.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void quick_batch(D d, const SoftmaxBatch<W>& batch) {
  constexpr auto kLanes = static_cast<int64_t>(RowGroup<D>::kLanes);
  LabelLanes<D> label_lanes;
  auto* const labels = batch.loss ? &label_lanes : nullptr;
  RowsAhead<D> rows(d, batch);
  // Rows of different temperatures do not share a group.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    const int64_t count = std::min(step, batch.rows - i);
    const RowGroup<D> view{d,
                           static_cast<size_t>(batch.cols),
                           rows.row(i),
                           batch.scores_stride,
                           static_cast<size_t>(count),
                           nullptr,
                           nullptr,
                           0,
                           nullptr};
    const GroupJob<W> job{batch,
                          batch.scales[i * batch.scales_stride],
                          {rows.row(i), batch.scores_stride, 1},
                          nullptr,
                          batch.scratch,
                          labels,
                          i,
                          count};
    const auto group = quick_rows(view, job, rows);
    if (labels) {
      labels->go_to(batch.loss->labels + i, count);
      labels->take_scores(job.origin);
    }
    summarize_floats<false>(group, job);
    if (group.bad != 0) map_limit_rows(view, job, group.bad);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
