#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/prepare.cpp"
#include "kernels/prepare.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/prepare-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(prepare_float);
HWY_EXPORT(prepare_double);

void prepare_row(const float* x, const float* log_weights, std::int64_t n, float max,
                 double temperature, double* high, double* low) {
  HWY_DYNAMIC_DISPATCH(prepare_float)(x, log_weights, n, max, temperature, high, low);
}
void prepare_row(const double* x, const double* log_weights, std::int64_t n, double max,
                 double temperature, double* high, double* low) {
  HWY_DYNAMIC_DISPATCH(prepare_double)(x, log_weights, n, max, temperature, high, low);
}

}  // namespace gibbs::kernels
#endif
