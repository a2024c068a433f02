#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/vjp.cpp"
#include "kernels/vjp.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/vjp-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(vjp_float);
HWY_EXPORT(vjp_double);

void vjp_rows(const VjpBatch<float>& batch) { HWY_DYNAMIC_DISPATCH(vjp_float)(batch); }
void vjp_rows(const VjpBatch<double>& batch) { HWY_DYNAMIC_DISPATCH(vjp_double)(batch); }

}  // namespace gibbs::kernels
#endif
