#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/clipped.cpp"
#include "kernels/clipped.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/clipped-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(clip_float);
HWY_EXPORT(clip_double);

ClippedRoot clip_row(const ClippedRow<float>& row) { return HWY_DYNAMIC_DISPATCH(clip_float)(row); }
ClippedRoot clip_row(const ClippedRow<double>& row) {
  return HWY_DYNAMIC_DISPATCH(clip_double)(row);
}

void flush_clipped_rows() { hwy::FlushStream(); }

}  // namespace gibbs::kernels
#endif
