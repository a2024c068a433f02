#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/portable.cpp"
#include "kernels/portable.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/portable-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(weights_float);
HWY_EXPORT(weights_double);
HWY_EXPORT(log_double);
HWY_EXPORT(highest_float);
HWY_EXPORT(highest_double);

void portable_weights(const float* x, std::int64_t n, double max, double temperature, double* out) {
  HWY_DYNAMIC_DISPATCH(weights_float)(x, n, max, temperature, out);
}
void portable_weights(const double* x, std::int64_t n, double max, double temperature,
                      double* out) {
  HWY_DYNAMIC_DISPATCH(weights_double)(x, n, max, temperature, out);
}
void portable_log(const double* x, std::int64_t n, double* out) {
  HWY_DYNAMIC_DISPATCH(log_double)(x, n, out);
}
float highest_score(const float* x, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(highest_float)(x, n);
}
double highest_score(const double* x, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(highest_double)(x, n);
}

}  // namespace gibbs::kernels
#endif
