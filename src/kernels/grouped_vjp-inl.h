// Derivatives of short rows along memory, in groups that are reduced together, for one SIMD target.

#if defined(GIBBS_KERNELS_GROUPED_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_GROUPED_VJP_INL_H_
#undef GIBBS_KERNELS_GROUPED_VJP_INL_H_
#else
#define GIBBS_KERNELS_GROUPED_VJP_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/curvature-inl.h"
#include "kernels/row_group-inl.h"
#include "kernels/sums-inl.h"
#include "kernels/vjp_law-inl.h"
#include "kernels/vjp_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sums of s and of s v over each of `count` rows, the first of which is the batch's row
// `first`; what the next group reads is asked for.
template <int kAlpha, class D, class W = hn::TFromD<D>>
HWY_INLINE void sum_vjp_rows(const Curvature<kAlpha, D>& curvature, const VjpBatch<W>& batch,
                             int64_t first, size_t count, RowSums<D>& of_s, RowSums<D>& of_sv) {
  const D d;
  const auto zero = hn::Zero(d);
  constexpr auto kLanes = static_cast<ptrdiff_t>(hn::MaxLanes(D()));
  for (size_t k = 0; k < count; ++k) {
    const auto row = vjp_row(batch, first + static_cast<int64_t>(k));
    const W* next_given = row.given + kLanes * batch.given_stride;
    const W* next_upstream = row.upstream + kLanes * batch.upstream_stride;
    LaneSum<D> sum_s(d), sum_sv(d);
    for_each_step(d, row.n, row.out, false, [&](size_t i, size_t left) HWY_ATTR {
      prefetch(next_given + i);
      prefetch(next_upstream + i);
      const auto p = load_step(d, row.given + i, left, W{0});
      const auto s = curvature(p);
      const auto v = load_step(d, row.upstream + i, left, W{0});
      sum_s.add(s);
      sum_sv.add(hn::IfThenZeroElse(hn::Eq(p, zero), hn::Mul(s, v)));
    });
    of_s.set(k, sum_s.sum, sum_s.lost);
    of_sv.set(k, sum_sv.sum, sum_sv.lost);
  }
}

// grad = s (v - vbar) / T
template <int kAlpha, class D, class W = hn::TFromD<D>>
HWY_NOINLINE void grouped_entmax_vjp(const Curvature<kAlpha, D>& curvature,
                                     const VjpBatch<W>& batch) {
  const D d;
  constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(D()));
  for (int64_t first = 0; first < batch.rows; first += kLanes) {
    const auto count = static_cast<size_t>(std::min(kLanes, batch.rows - first));
    RowSums<D> of_s, of_sv;
    sum_vjp_rows(curvature, batch, first, count, of_s, of_sv);
    const auto sv = of_sv.totals(d, count), s = of_s.totals(d, count);
    const auto mean = quotient(d, sv[0], sv[1], s[0], s[1]);
    const PerRow<D> high(mean[0]), low(mean[1]);
    for (size_t k = 0; k < count; ++k) {
      const auto row = vjp_row(batch, first + static_cast<int64_t>(k));
      if (std::isnan(high.lanes[k])) {
        fill_vjp(d, row, std::numeric_limits<W>::quiet_NaN());
      } else {
        write_entmax_vjp(curvature, row, high.of(k), low.of(k));
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
