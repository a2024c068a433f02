// Vector-Jacobian products of contiguous rows, for one SIMD target.

#if defined(GIBBS_KERNELS_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_VJP_INL_H_
#undef GIBBS_KERNELS_VJP_INL_H_
#else
#define GIBBS_KERNELS_VJP_INL_H_
#endif

#include <cmath>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/ahead.hpp"
#include "kernels/curvature-inl.h"
#include "kernels/grouped_vjp-inl.h"
#include "kernels/packed_vjp-inl.h"
#include "kernels/power-inl.h"
#include "kernels/short_vjp-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vjp.hpp"
#include "kernels/vjp_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What is asked for while a row is summed: what lies further on in it, or a row that comes later,
// of two arrays half as far away as of one. (4096 columns take a quarter less time for it.)
template <class W>
HWY_INLINE const W* asked_beside(const W* row, int64_t cols, ptrdiff_t stride) {
  return row + (cols > kLanesAhead<W> ? kLanesAhead<W> : rows_ahead<W>(2 * cols) * stride);
}

template <class Law, class D, class W = hn::TFromD<D>>
HWY_INLINE void vjp_by_row(D d, const Law& law, const VjpBatch<W>& batch, int64_t i) {
  const auto row = vjp_row(batch, i);
  const W* given = asked_beside(row.given, batch.cols, batch.given_stride);
  const W* upstream = asked_beside(row.upstream, batch.cols, batch.upstream_stride);
  TermSums<D, Law::kTerms> sums;
  for (size_t j = 0; j < row.n; j += hn::Lanes(d)) {
    prefetch(given + j);
    prefetch(upstream + j);
    sums.add(terms_at(d, law, row, j));
  }
  const auto lanes = sums.lanes();
  Total totals[Law::kTerms];
  each<Law::kTerms>([&](size_t t) HWY_ATTR {
    add_lanes(d, lanes[2 * t], totals[t].high, totals[t].low);
    add_lanes(d, lanes[2 * t + 1], totals[t].high, totals[t].low);
  });
  write_vjp(d, law, row, law.of_totals(totals));
}

// Turning over three arrays costs more than reducing along the row from fewer columns on than for
// softmax; of double rows, of which a vector holds few, none are turned over.
constexpr int64_t kLongestTurnedVjp = 24;
// Of longer rows what is done once per row is small: at 256 columns the groups lose a sixth.
constexpr int64_t kLongestGroupedVjp = 128;

// How many rows of so many columns share a vector; 0: one does not hold a row. Where a load of a
// part of a vector is a loop, only rows that fill their part do.
HWY_INLINE int64_t rows_per_vector(int64_t cols) {
  constexpr int64_t kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  for (const int64_t rows : {4, 2, 1}) {
    const int64_t segment = kLanes / rows;
    if (segment < 4) continue;  // 128 bits
    if (cols == segment || (cols < segment && !HWY_MEM_OPS_MIGHT_FAULT)) return rows;
  }
  return 0;
}

// Whether these rows are so short that no step goes along them, and if so their derivatives.
template <class Law>
HWY_INLINE bool short_vjp(const Law& law, const VjpBatch<float>& batch) {
  constexpr int64_t kLanes = hn::MaxLanes(hn::ScalableTag<float>());
  const int64_t rows = rows_per_vector(batch.cols);
  if constexpr (kLanes >= 16) {
    if (rows == 4) packed_vjp<4>(law, batch);
  }
  if constexpr (kLanes >= 8) {
    if (rows == 2) packed_vjp<2>(law, batch);
  }
  if (rows == 1) packed_vjp<1>(law, batch);
  const bool turned = rows == 0 && batch.cols <= kLongestTurnedVjp;
  if (turned) turned_vjp(law, batch);
  return turned || rows > 0;
}

template <class Law, class W>
HWY_INLINE void vjp_by_law(const Law& law, const VjpBatch<W>& batch) {
  if constexpr (sizeof(W) == 4) {
    if (short_vjp(law, batch)) return;
    if (batch.cols <= kLongestGroupedVjp) return grouped_vjp(law, batch);
  }
  for (int64_t i = 0; i < batch.rows; ++i) vjp_by_row(hn::ScalableTag<W>(), law, batch, i);
}

template <int kAlpha, class W>
HWY_INLINE void entmax_vjp_rows(const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const Curvature<kAlpha, D> curvature(D(), batch.alpha);
  vjp_by_law(EntmaxVjp<kAlpha, D>(curvature, batch.temperature), batch);
}

template <class W>
HWY_INLINE void log_softmax_vjp_rows(const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const LogExp<D> math{D()};
  vjp_by_law(LogSoftmaxVjp<D>(math, batch.temperature), batch);
}

template <class W>
HWY_INLINE void vjp_batch(const VjpBatch<W>& batch) {
  if (batch.of == VjpOf::kLogSoftmax) {
    log_softmax_vjp_rows(batch);
  } else if (batch.alpha == 1) {
    entmax_vjp_rows<1>(batch);
  } else if (batch.alpha == 2) {
    entmax_vjp_rows<2>(batch);
  } else if (batch.alpha == 1.5) {
    entmax_vjp_rows<kOneAndAHalf>(batch);
  } else {
    entmax_vjp_rows<kAnyAlpha>(batch);
  }
  if (batch.stream) hwy::FlushStream();
}

void vjp_float(const VjpBatch<float>& batch) { vjp_batch(batch); }
void vjp_double(const VjpBatch<double>& batch) { vjp_batch(batch); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
