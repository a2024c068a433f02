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

// Asks for the lines that a short row is written to after a search in cache. Out of cache its
// stores would wait for the memory: a tenth of the time at 1024 columns, against 4 % lost in cache.
// Longer rows gain nothing.
template <class W>
HWY_INLINE void fetch_out(const ClippedRow<W>& row) {
  constexpr int64_t kLine = 64 / sizeof(W), kLongest = 2048;
  if (row.out == row.x || row.n > kLongest) return;
  for (int64_t i = 0; i < row.n; i += kLine) prefetch(row.out + i);
}

// Each a function of its own: what one keeps in registers is nothing to the others.
template <class W>
HWY_NOINLINE ClippedRoot clip_projection(const ClippedRow<W>& row) {
  return Projection<W>(row).solve();
}
template <class W>
HWY_NOINLINE ClippedRoot clip_exponential(const ClippedRow<W>& row) {
  return CappedSoftmax<W>(row).solve();
}

template <class W>
HWY_INLINE ClippedRoot clip(const ClippedRow<W>& row) {
  if (!row.stream) fetch_out(row);
  if (row.clip == Clip::kProjection) return clip_projection(row);
  if (row.clip == Clip::kExponential) return clip_exponential(row);
  return clip_fermi(row);
}

ClippedRoot clip_float(const ClippedRow<float>& row) { return clip(row); }
ClippedRoot clip_double(const ClippedRow<double>& row) { return clip(row); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
