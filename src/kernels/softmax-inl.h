// softmax, log_softmax and log_sum_exp of contiguous rows, for one SIMD target.

#if defined(GIBBS_KERNELS_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "hwy/cache_control.h"
#include "kernels/exp_pass-inl.h"
#include "kernels/grouped_softmax-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/pieces-inl.h"
#include "kernels/quick_softmax-inl.h"
#include "kernels/rows_ahead-inl.h"
#include "kernels/side_by_side_softmax-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/vector_math-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// e - sum in place of e at the label: what scales e to factor p makes it factor (p - 1).
template <class W>
HWY_INLINE void subtract_sum(const RowLabel<W>& label, const PassTotals<W>& totals, W* exps) {
  if (!label.takes()) return;
  W& e = exps[label.label];
  e = static_cast<W>((static_cast<double>(e) - totals.sum) - totals.sum_low);
}

// What is asked of one row beside its probabilities.
template <class W>
struct RowWishes {
  W* out;
  RowSummary* summary;
  W* log_partition;
  RowLabel<W> label;
  RowWishes(const SoftmaxBatch<W>& batch, int64_t i)
      : out(batch.out ? batch.out + i * batch.out_stride : nullptr),
        summary(batch.summaries ? batch.summaries + i : nullptr),
        log_partition(batch.log_partitions ? batch.log_partitions + i : nullptr),
        label(batch.loss, i, batch.scores + i * batch.scores_stride) {}
};

// A row whose maximum is NaN or infinite, or whose sum is NaN: whether a maximum loses a NaN
// depends on where it is, and on which row it was taken beside.
template <class W>
HWY_INLINE void limit_softmax_row(const SoftmaxBatch<W>& batch, const Scale<W>& scale, const W* x,
                                  const RowWishes<W>& row) {
  const auto n = static_cast<size_t>(batch.cols);
  const auto limit = limit_row<W>(x, static_cast<const W*>(nullptr), n, LimitLaw{},
                                  batch.output == Output::kLogProbabilities, row.out);
  if (row.summary) *row.summary = limit;
  if (row.log_partition) *row.log_partition = static_cast<W>(limit.log_partition);
  row.label.of_limit(limit, scale.temperature, n, row.out);
}

template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_INLINE void softmax_row(D d, const SoftmaxBatch<W>& batch, const Scale<W>& scale,
                            const PassInput<W>& in, W max, const RowWishes<W>& row,
                            MaxBeside<D>& beside) {
  const auto [x, low, n, next] = in;
  const auto [out, summary, log_partition, label] = row;
  const auto totals =
      exp_pass<kFlags>(RowExp<D>(d, scale, hn::Set(d, max)), max, in, batch.scratch, beside);
  if (std::isnan(totals.sum)) return limit_softmax_row(batch, scale, x, row);
  if (log_partition) {
    *log_partition =
        static_cast<W>(summary_of_row(max, log_of_sum(totals), 0, scale.temperature).log_partition);
  }
  if (label.loss) label.add(max, static_cast<double>(log_of_sum(totals)), scale.temperature);
  if (summary || batch.output == Output::kLogProbabilities) {
    const Wider<W> log_sum = log_of_sum(totals);
    if (summary) {
      *summary = summary_of_row(max, log_sum, totals.moment / (totals.sum * scale.temperature),
                                scale.temperature);
    }
    if (batch.output == Output::kLogProbabilities) {
      log_row<kFlags.low>(d, scale, x, low, n, max, static_cast<double>(log_sum), out);
    }
  }
  if constexpr (kFlags.store) {
    subtract_sum(label, totals, batch.scratch);
    const Reciprocal<W> by(totals.sum, totals.sum_low, label.factor());
    scale_row(d, batch.scratch, n, by, batch.stream, out);
  }
}

template <PassFlags kFlags, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void softmax_batch(D d, const SoftmaxBatch<W>& batch) {
  Pieces<D> rows(d, batch, batch.cols, MaximumTaken::kBeside);
  for (int64_t i = 0; i < batch.rows; ++i, rows.advance()) {
    const W* x = batch.scores + i * batch.scores_stride;
    const auto& scale = batch.scales[i * batch.scales_stride];
    const RowWishes<W> row(batch, i);
    const W max = rows.max();
    if (!std::isfinite(max)) {
      limit_softmax_row(batch, scale, x, row);
      rows.look_ahead();
      continue;
    }
    const PassInput<W> in{x, kFlags.low ? batch.low + i * batch.scores_stride : nullptr,
                          rows.size(), rows.next()};
    auto beside = rows.beside();
    softmax_row<kFlags>(d, batch, scale, in, max, row, beside);
    rows.passed(beside, in.n);
  }
  if (batch.stream) hwy::FlushStream();
}

// Probabilities of a batch larger than the caches: each row is written while the next computes.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void streamed_softmax_batch(D d, const SoftmaxBatch<W>& batch) {
  constexpr PassFlags kFirst{true, false, false, false}, kTrailing{true, false, false, true};
  const auto n = static_cast<size_t>(batch.cols);
  W* stored = batch.scratch;
  W* other = batch.scratch + batch.cols + kScratchPad;
  Trail<D> trail;
  RowsAhead<D> rows(d, batch);
  for (int64_t i = 0; i < batch.rows; ++i) {
    const W* x = rows.row(i);
    const auto& scale = batch.scales[i * batch.scales_stride];
    const RowWishes<W> wishes(batch, i);
    const auto& label = wishes.label;
    const W max = rows.max(i);
    if (!std::isfinite(max)) {
      trail.finish(d);
      limit_softmax_row(batch, scale, x, wishes);
      continue;
    }
    const RowExp<D> row(d, scale, hn::Set(d, max));
    const PassInput<W> in{x, nullptr, n, rows.next(i)};
    const auto totals = trail.waits()
                            ? exp_pass<kTrailing>(row, max, in, stored, NothingBeside(), trail)
                            : exp_pass<kFirst>(row, max, in, stored, NothingBeside());
    if (std::isnan(totals.sum)) {
      trail = Trail<D>();
      limit_softmax_row(batch, scale, x, wishes);
      continue;
    }
    if (label.loss) label.add(max, static_cast<double>(log_of_sum(totals)), scale.temperature);
    subtract_sum(label, totals, stored);
    const Reciprocal<W> by(totals.sum, totals.sum_low, label.factor());
    trail = Trail<D>(d, stored, n, by, wishes.out);
    std::swap(stored, other);
  }
  trail.finish(d);
  hwy::FlushStream();
}

// A row of few columns wastes lanes of a wide vector; narrower vectors also reduce in fewer steps.
template <PassFlags kFlags, class W>
HWY_INLINE void softmax_by_width(const SoftmaxBatch<W>& batch) {
  if (batch.cols <= 4) return softmax_batch<kFlags>(hn::CappedTag<W, 4>(), batch);
  if (batch.cols <= 8) return softmax_batch<kFlags>(hn::CappedTag<W, 8>(), batch);
  softmax_batch<kFlags>(hn::ScalableTag<W>(), batch);
}

template <class W>
HWY_INLINE void softmax_by_flags(const SoftmaxBatch<W>& batch) {
  const bool grouped = (sizeof(W) == 4 || batch.output == Output::kProbabilities) && !batch.low;
  if (grouped && batch.cols <= kLongestTurnedRow) return short_softmax_batch(batch);
  if constexpr (sizeof(W) == 4) {
    if (batch.output == Output::kNothing && !batch.entropy && !batch.low) {
      return quick_batch(hn::ScalableTag<W>(), batch);
    }
  }
  if (grouped && batch.cols <= kLongestGroupedRow) return grouped_softmax(batch);
  const bool store = batch.output == Output::kProbabilities;
  if (batch.low) {
    if (store) return softmax_by_width<PassFlags{true, true, true}>(batch);
    return softmax_by_width<PassFlags{false, true, true}>(batch);
  }
  if (store) {
    if (batch.stream && !batch.summaries && !batch.log_partitions) {
      return streamed_softmax_batch(hn::ScalableTag<W>(), batch);
    }
    if (batch.entropy) return softmax_by_width<PassFlags{true, true, false}>(batch);
    return softmax_by_width<PassFlags{true, false, false}>(batch);
  }
  if (batch.entropy) return softmax_by_width<PassFlags{false, true, false}>(batch);
  softmax_by_width<PassFlags{false, false, false}>(batch);
}

void softmax_float(const SoftmaxBatch<float>& batch) { softmax_by_flags(batch); }
void softmax_double(const SoftmaxBatch<double>& batch) { softmax_by_flags(batch); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
