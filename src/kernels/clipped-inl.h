// The choice between the maps of a row with bounds, for one SIMD target.

#if defined(GIBBS_KERNELS_CLIPPED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_INL_H_
#undef GIBBS_KERNELS_CLIPPED_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_INL_H_
#endif

#include "kernels/clipped_fermi-inl.h"
#include "kernels/clipped_projection-inl.h"
#include "kernels/clipped_softmax-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

template <class W>
HWY_INLINE ClippedRoot clip(const ClippedRow<W>& row) {
  if (row.clip == Clip::kProjection) return Projection<W>(row).solve();
  if (row.clip == Clip::kExponential) return CappedSoftmax<W>(row).solve();
  return clip_fermi(row);
}

ClippedRoot clip_float(const ClippedRow<float>& row) { return clip(row); }
ClippedRoot clip_double(const ClippedRow<double>& row) { return clip(row); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
