// entmax of one contiguous row, for one SIMD target.
//
// At g = 1 no state further than T / (alpha - 1) below the maximum has probability. So a row is
// read for its maximum and its few candidates, the threshold is solved on those in cache, and the
// row is written. Nothing is sorted.

#if defined(GIBBS_KERNELS_ENTMAX_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_ROW_INL_H_
#undef GIBBS_KERNELS_ENTMAX_ROW_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_ROW_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/ahead.hpp"
#include "kernels/entmax.hpp"
#include "kernels/entmax_candidates-inl.h"
#include "kernels/entmax_edge-inl.h"
#include "kernels/entmax_tsallis-inl.h"
#include "kernels/limit_row.hpp"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class W>
struct RowJob {
  const EntmaxBatch<W>& batch;
  const W* x;
  W* out;
  RowSummary* summary;
  const W* next;  // the row that will be read after this one
  RowLabel<W> label;
  size_t n() const { return static_cast<size_t>(batch.cols); }
  bool tells() const { return summary || label.loss; }
  void tell(const RowSummary& found) const {
    if (summary) *summary = found;
    label.add(found.max, found.excess, batch.temperature);
  }
};

template <class W>
HWY_INLINE RowJob<W> job_of(const EntmaxBatch<W>& batch, int64_t i) {
  const W* x = batch.scores + i * batch.scores_stride;
  const int64_t ahead = rows_ahead<W>(batch.cols);
  return {batch,
          x,
          batch.out ? batch.out + i * batch.out_stride : nullptr,
          batch.summaries ? batch.summaries + i : nullptr,
          i + ahead < batch.rows || batch.more ? x + ahead * batch.scores_stride : x,
          RowLabel<W>(batch.loss, i, x)};
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void fill_nan(D d, const RowJob<W>& job) {
  job.tell(RowSummary::nan());
  if (job.out) fill_row(d, std::numeric_limits<W>::quiet_NaN(), job.n(), job.out);
}

// What is told of a row beside p. False of one of NaN, which is then written.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE bool tell_edge(D d, const RowJob<W>& job, const Candidates<W>& c, const Edge<W>& edge) {
  const double alpha = job.batch.alpha;
  if (std::isnan(edge.at_pivot) || std::isnan(edge.pivot)) {
    fill_nan(d, job);
    return false;
  }
  if (job.summary) *job.summary = edge_summary(c, edge, alpha, job.batch.temperature);
  if (job.label.loss) {
    job.label.add(static_cast<double>(c.max), edge_excess(c, edge, alpha), job.batch.temperature);
  }
  return true;
}

template <int kPower, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void finish_edge(D d, const RowJob<W>& job, const Candidates<W>& c,
                              const Edge<W>& edge) {
  if (!tell_edge(d, job, c, edge) || !job.out) return;
  const EdgeMap<kPower, D> map(d, edge, job.batch.alpha - 1, job.label.factor());
  if (!job.label.takes()) return write_mapped(d, job.x, job.n(), job.batch.stream, job.out, map);
  write_mapped(d, job.x, job.n(), job.batch.stream, job.out,
               LabelMap<EdgeMap<kPower, D>, D>{d, map, job.label.column()});
}

// factor p at delta, from the scores.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void write_tsallis_row(D d, const RowJob<W>& job, W max, double delta) {
  const double b = job.batch.alpha - 1, temperature = job.batch.temperature;
  const TsallisExp<D> map(d, b, max, temperature, delta);
  const W bound = b > 0 ? below(max, temperature / b) : -std::numeric_limits<W>::infinity();
  write_tsallis_lanes(map, job.x, job.n(), bound, job.label.factor(), job.batch.stream, job.out);
}

template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE void finish_tsallis(D d, const RowJob<W>& job, const Candidates<W>& c) {
  const double b = job.batch.alpha - 1, temperature = job.batch.temperature;
  // Where every state is a candidate, the last pass of the solver already has their p.
  const bool all = c.count == job.n() && b < 0.5;
  W* spare = job.batch.scratch + job.batch.cols + 64;
  const Kept<W> kept{spare, spare + job.batch.cols + 64};
  const auto root = all ? solve_tsallis<true>(d, c, b, temperature, kept, job.next)
                        : solve_tsallis<false>(d, c, b, temperature, kept, job.next);
  const double delta = std::max(0.0, root.delta + root.step);
  if (std::isnan(root.step)) return fill_nan(d, job);
  if (job.tells()) job.tell(tsallis_summary(c, temperature, job.batch.alpha, delta));
  if (!job.out) return;
  if (all) {
    write_kept(d, kept, job.n(), b, delta - root.delta, job.label.factor(), job.batch.stream,
               job.out);
  } else {
    write_tsallis_row(d, job, c.max, delta);
  }
  job.label.subtract(job.out);
}

template <class D, class W = hn::TFromD<D>>
HWY_INLINE void entmax_row(D d, const RowJob<W>& job) {
  const auto& batch = job.batch;
  const double b = batch.alpha - 1, temperature = batch.temperature;
  const bool closed = batch.alpha >= 2 || batch.alpha == 1.5;
  const auto find = closed ? &find_candidates<D, W> : &find_most<D, W>;
  const Candidates<W> c = find(d, job.x, job.n(), temperature / b, batch.scratch, job.next);
  if (!std::isfinite(c.max)) {
    const auto limit =
        limit_row<W>(job.x, static_cast<const W*>(nullptr), job.n(),
                     LimitLaw{Limit::kRegular, batch.alpha, temperature}, false, job.out);
    if (job.summary) *job.summary = limit;
    job.label.of_limit(limit, temperature, job.n(), job.out);
  } else if (batch.alpha == 2) {
    finish_edge<1>(d, job, c, solve_sparsemax(c, temperature));
  } else if (batch.alpha == 1.5) {
    finish_edge<2>(d, job, c, solve_entmax15(c, temperature));
  } else if (batch.alpha > 2) {
    W* spare = batch.scratch + batch.cols + 64;
    spare += (-reinterpret_cast<uintptr_t>(spare) % sizeof(double)) / sizeof(W);
    auto* z = reinterpret_cast<double*>(spare);
    finish_edge<0>(d, job, c, solve_steep(c, b, temperature, z));
  } else {
    finish_tsallis(d, job, c);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
