// entmax of contiguous rows, for one SIMD target.

#if defined(GIBBS_KERNELS_ENTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_INL_H_
#undef GIBBS_KERNELS_ENTMAX_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_INL_H_
#endif

#include "hwy/cache_control.h"
#include "kernels/edge_groups-inl.h"
#include "kernels/entmax.hpp"
#include "kernels/entmax_row-inl.h"
#include "kernels/short_entmax-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class W>
HWY_INLINE void entmax_batch(const EntmaxBatch<W>& batch) {
  if constexpr (sizeof(W) == 4) {
    if (batch.cols <= kLongestShortRow && batch.alpha <= 2) return short_entmax_batch(batch);
  }
  if (goes_in_groups(batch)) return edge_groups_batch(batch);
  const hn::ScalableTag<W> d;
  for (int64_t i = 0; i < batch.rows; ++i) entmax_row(d, job_of(batch, i));
  if (batch.stream) hwy::FlushStream();
}

void entmax_float(const EntmaxBatch<float>& batch) { entmax_batch(batch); }
void entmax_double(const EntmaxBatch<double>& batch) { entmax_batch(batch); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
