#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/level_sums.cpp"
#include "kernels/level_sums.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/level_sums-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(level_sums_double);

void level_sums(const LevelBlock& block, std::span<const ThermalScale> scales, double* scratch,
                LevelSums* sums) {
  HWY_DYNAMIC_DISPATCH(level_sums_double)(block, scales, scratch, sums);
}

}  // namespace gibbs::kernels
#endif
