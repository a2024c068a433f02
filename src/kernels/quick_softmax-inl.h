// log_sum_exp of rows along memory, and what follows from it, for one SIMD target: nothing is
// written but a number or two per row.

#if defined(GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_QUICK_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/exp_pass-inl.h"
#include "kernels/pieces-inl.h"
#include "kernels/row_group-inl.h"
#include "kernels/rows_ahead-inl.h"
#include "kernels/softmax.hpp"
#include "kernels/softmax_group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Columns of a piece at most: it and the one whose maximum is taken beside it stay in the first
// level of the caches.
inline constexpr int64_t kQuickPiece = 4096;

// Up to this many columns a maximum is taken before, not beside: rows of 4 KiB, a page, took a
// tenth longer so out of cache, though a twentieth less in cache.
inline constexpr int64_t kLongestQuickRowBefore = 1024;

// Pieces of a row of nearly the same length.
template <class D>
HWY_INLINE int64_t quick_piece(D d, int64_t cols) {
  if (cols <= kQuickPiece) return cols;
  const auto packs = static_cast<int64_t>(kLongPack * hn::Lanes(d));
  const int64_t pieces = (cols + kQuickPiece - 1) / kQuickPiece;
  return (cols + pieces * packs - 1) / (pieces * packs) * packs;
}

// sum exp((x - max) / T) 2^kBias of a row, piece by piece.
template <class D, class W = hn::TFromD<D>>
class QuickSum {
 public:
  HWY_INLINE QuickSum(D d, const Scale<W>& scale) : d_(d), scale_(scale), sum_(quick_lanes(d)) {}

  // Of the piece in turn. What its window has beside it is part of the piece before, and does not
  // raise the maximum.
  HWY_INLINE void add(const W* x, size_t n, Pieces<D>& pieces) {
    const W max = pieces.max();
    if (max > max_ || first_) raise(max);
    const W top = std::max(max_, std::numeric_limits<W>::lowest());  // -inf - -inf would be NaN
    auto beside = pieces.beside();
    const PassInput<W> in{x, nullptr, n, pieces.next()};
    quick_pass(QuickExp<D>(d_, scale_, hn::Set(d_, top)), in, sum_, beside);
    pieces.passed(beside, n);
    pieces.advance();
  }

  HWY_INLINE W max() const { return max_; }
  // As lanes, and what they lost.
  HWY_INLINE void lanes(hn::Vec<D>& sum, hn::Vec<D>& lost) const {
    sum = hn::Sub(sum_.sum, sum_.start);
    lost = sum_.lost;
    if (before_ == 0) return;
    const W high = static_cast<W>(before_);
    const auto one = hn::FirstN(d_, 1);
    const auto low =
        hn::IfThenElseZero(one, hn::Set(d_, static_cast<W>(before_ - static_cast<double>(high))));
    hn::Vec<D> error;
    two_sum(sum, hn::IfThenElseZero(one, hn::Set(d_, high)), sum, error);
    lost = hn::Add(lost, hn::Add(error, low));
  }
  HWY_INLINE double total() const {
    double high = before_, low = 0;
    sum_.add_total(high, low);
    return high + low;
  }
  // The sum of the pieces since the last such call, relative to max().
  HWY_INLINE double take() {
    const double sum = total();
    before_ = 0;
    sum_.clear();
    return sum;
  }

 private:
  // What has been summed, relative to a larger maximum.
  HWY_INLINE void raise(W max) {
    if (!first_) {
      const double rise = static_cast<double>(max) - static_cast<double>(max_);
      before_ = take() * std::exp(-rise / scale_.temperature);
    }
    max_ = max;
    first_ = false;
  }

  D d_;
  const Scale<W>& scale_;
  BoundedLaneSum<D> sum_;
  double before_ = 0;  // of the pieces before the maximum last rose
  W max_ = 0;
  bool first_ = true;
};

// Of the columns of a row that is read in pieces.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE QuickSum<D> quick_row(D d, const Scale<W>& scale, const W* x, size_t n,
                                 Pieces<D>& pieces) {
  QuickSum<D> sum(d, scale);
  for (size_t i = 0; i < n; i += pieces.size()) {
    sum.add(x + i, std::min(pieces.size(), n - i), pieces);
  }
  return sum;
}

// The rows of a view as a group, from their maxima and their sums.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE SoftmaxGroup<RowGroup<D>> group_of(const RowGroup<D>& view, const GroupJob<W>& job,
                                              hn::Vec<D> max, RowSums<D>& sums) {
  const D d = view.d;
  const auto total = sums.totals(d, view.count);
  const auto bad = not_finite(d, hn::Add(max, total[0]), job.count);  // a maximum may lose a NaN
  return {view, job.scale, job.next, bad, max, total[0], total[1], hn::Zero(d)};
}

// Of short rows.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE SoftmaxGroup<RowGroup<D>> quick_short_rows(const RowGroup<D>& view,
                                                      const GroupJob<W>& job, RowsAhead<D>& rows) {
  const D d = view.d;
  HWY_ALIGN W maxima[RowGroup<D>::kLanes] = {};
  RowSums<D> sums;
  for (size_t k = 0; k < view.count; ++k) {
    const int64_t i = job.first + static_cast<int64_t>(k);
    maxima[k] = rows.max(i);
    BoundedLaneSum<D> sum = quick_lanes(d);
    const PassInput<W> in{rows.row(i), nullptr, view.cols, rows.next(i)};
    quick_pass(QuickExp<D>(d, job.scale, hn::Set(d, maxima[k])), in, sum, NothingBeside());
    sums.set(k, hn::Sub(sum.sum, sum.start), sum.lost);
  }
  return group_of(view, job, hn::Load(d, maxima), sums);
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE SoftmaxGroup<RowGroup<D>> quick_rows(const RowGroup<D>& view, const GroupJob<W>& job,
                                                Pieces<D>& pieces) {
  const D d = view.d;
  HWY_ALIGN W maxima[RowGroup<D>::kLanes] = {};
  RowSums<D> sums;
  for (size_t k = 0; k < view.count; ++k) {
    const auto row = quick_row(d, job.scale, view.row(k), view.cols, pieces);
    maxima[k] = row.max();
    hn::Vec<D> sum, lost;
    row.lanes(sum, lost);
    sums.set(k, sum, lost);
  }
  return group_of(view, job, hn::Load(d, maxima), sums);
}

// What is done once per row is done for as many rows as a vector has lanes.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void quick_batch(D d, const SoftmaxBatch<W>& batch) {
  constexpr auto kLanes = static_cast<int64_t>(RowGroup<D>::kLanes);
  LabelLanes<D> label_lanes;
  auto* const labels = batch.loss ? &label_lanes : nullptr;
  const bool short_rows = batch.cols <= kLongestQuickRowBefore;
  const SoftmaxBatch<W> none;
  RowsAhead<D> rows(d, short_rows ? batch : none);
  Pieces<D> pieces(d, short_rows ? none : batch, quick_piece(d, batch.cols), MaximumTaken::kBeside);
  // Rows of different temperatures do not share a group.
  const int64_t step = batch.scales_stride == 0 ? kLanes : 1;
  for (int64_t i = 0; i < batch.rows; i += step) {
    const int64_t count = std::min(step, batch.rows - i);
    const W* x = batch.scores + i * batch.scores_stride;
    const RowGroup<D> view{d,
                           static_cast<size_t>(batch.cols),
                           x,
                           batch.scores_stride,
                           static_cast<size_t>(count),
                           nullptr,
                           nullptr,
                           0,
                           nullptr};
    const GroupJob<W> job{batch,
                          batch.scales[i * batch.scales_stride],
                          {x, batch.scores_stride, 1},
                          i + count < batch.rows || batch.more ? view.row(view.count) : x,
                          batch.scratch,
                          labels,
                          i,
                          count};
    const auto group =
        short_rows ? quick_short_rows(view, job, rows) : quick_rows(view, job, pieces);
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
