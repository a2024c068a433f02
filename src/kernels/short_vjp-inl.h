// Derivatives of short rows, turned over so that a row is a lane, for one SIMD target.

#if defined(GIBBS_KERNELS_SHORT_VJP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_SHORT_VJP_INL_H_
#undef GIBBS_KERNELS_SHORT_VJP_INL_H_
#else
#define GIBBS_KERNELS_SHORT_VJP_INL_H_
#endif

#include <algorithm>

#include "hwy/cache_control.h"
#include "kernels/across-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/vjp.hpp"
#include "kernels/vjp_law-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// In place of given.
template <class Law, class D>
HWY_INLINE void turned_vjp_group(const Law& law, const SideBySide<D>& given,
                                 const SideBySide<D>& upstream) {
  const D d = given.d;
  auto sums = sums_of(d, Pack<D, Law::kTerms>{hn::Zero(d)});
  for (size_t j = 0; j < given.cols; ++j) {
    const auto terms = sums_of(d, law.terms(given.load(j), upstream.load(j)));
    sums = TwofoldSum<D>()(sums, terms);
  }
  const auto told = law.of_sums(sums);
  for (size_t j = 0; j < given.cols; ++j) {
    given.store(law.grad(given.load(j), upstream.load(j), told[0], told[1]), j);
  }
}

template <class Law, class W>
HWY_INLINE void turned_vjp(const Law& law, const VjpBatch<W>& batch) {
  using D = hn::ScalableTag<W>;
  constexpr auto kLanes = static_cast<int64_t>(SideBySide<D>::kLanes);
  ShortRows<D> given(batch.cols), upstream(batch.cols);
  const auto ahead = [&](const W* rows, ptrdiff_t stride) HWY_ATTR {
    const W* next = rows + kLanes * stride;  // wasted where rows are far apart
    for (int64_t j = 0; j < batch.cols * kLanes; j += 64 / int64_t{sizeof(W)}) prefetch(next + j);
  };
  for (int64_t i = 0; i < batch.rows; i += kLanes) {
    const int64_t count = std::min(kLanes, batch.rows - i);
    const W* given_rows = batch.given + i * batch.given_stride;
    const W* upstream_rows = batch.upstream + i * batch.upstream_stride;
    ahead(given_rows, batch.given_stride);
    ahead(upstream_rows, batch.upstream_stride);
    given.read(given_rows, batch.given_stride, count);
    upstream.read(upstream_rows, batch.upstream_stride, count);
    turned_vjp_group(law, given.view(), upstream.view());
    given.write(batch.out + i * batch.out_stride, batch.out_stride, count, batch.stream);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
