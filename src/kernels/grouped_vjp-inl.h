// Derivatives of short rows along memory, in groups that are reduced together, for one SIMD target.

#if defined(GIBBS_KERNELS_GROUPED_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_GROUPED_VJP_INL_H_
#undef GIBBS_KERNELS_GROUPED_VJP_INL_H_
#else
#define GIBBS_KERNELS_GROUPED_VJP_INL_H_
#endif

#include <algorithm>

#include "kernels/row_group-inl.h"
#include "kernels/vjp_law-inl.h"
#include "kernels/vjp_row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sums of the law's terms over each of `count` rows, the first of which is the batch's row
// `first`; what the next group reads is asked for.
template <class Law, class D, class W = hn::TFromD<D>>
HWY_INLINE void sum_vjp_rows(D d, const Law& law, const VjpBatch<W>& batch, int64_t first,
                             size_t count, RowSums<D> (&sums)[Law::kTerms]) {
  constexpr auto kLanes = static_cast<ptrdiff_t>(hn::MaxLanes(D()));
  for (size_t k = 0; k < count; ++k) {
    const auto row = vjp_row(batch, first + static_cast<int64_t>(k));
    const W* next_given = row.given + kLanes * batch.given_stride;
    const W* next_upstream = row.upstream + kLanes * batch.upstream_stride;
    TermSums<D, Law::kTerms> of_row;
    for (size_t i = 0; i < row.n; i += kLanes) {
      prefetch(next_given + i);
      prefetch(next_upstream + i);
      of_row.add(terms_at(d, law, row, i));
    }
    const auto lanes = of_row.lanes();
    each<Law::kTerms>([&](size_t t) HWY_ATTR { sums[t].set(k, lanes[2 * t], lanes[2 * t + 1]); });
  }
}

// The law is a copy: what is written could be the caller's.
template <class Law, class W>
HWY_NOINLINE void grouped_vjp(Law law, const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  const D d;
  constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(D()));
  for (int64_t first = 0; first < batch.rows; first += kLanes) {
    const auto count = static_cast<size_t>(std::min(kLanes, batch.rows - first));
    RowSums<D> sums[Law::kTerms];
    sum_vjp_rows(d, law, batch, first, count, sums);
    Pack<D, 2 * Law::kTerms> totals;
    each<Law::kTerms>([&](size_t t) HWY_ATTR {
      const auto total = sums[t].totals(d, count);
      totals[2 * t] = total[0];
      totals[2 * t + 1] = total[1];
    });
    const auto told = law.of_sums(totals);
    const PerRow<D> high(told[0]), low(told[1]);
    for (size_t k = 0; k < count; ++k) {
      const auto row = vjp_row(batch, first + static_cast<int64_t>(k));
      write_vjp(d, law, row, Pack<D, 2>{high.of(k), low.of(k)});
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
