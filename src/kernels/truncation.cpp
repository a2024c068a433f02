#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/truncation.cpp"
#include "kernels/truncation.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/truncation-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(extent_float);
HWY_EXPORT(extent_double);
HWY_EXPORT(weigh_float);
HWY_EXPORT(weigh_double);
HWY_EXPORT(sum_float);
HWY_EXPORT(sum_double);
HWY_EXPORT(cut_float);
HWY_EXPORT(cut_double);
HWY_EXPORT(spread_float);
HWY_EXPORT(spread_double);

Extent<float> extent_of(const float* x, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(extent_float)(x, n);
}
Extent<double> extent_of(const double* x, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(extent_double)(x, n);
}

WeightSums weigh(const float* x, std::int64_t n, Weighing<float> of, Sums sums, float* w,
                 double* blocks) {
  return HWY_DYNAMIC_DISPATCH(weigh_float)(x, n, of, sums, w, blocks);
}
WeightSums weigh(const double* x, std::int64_t n, Weighing<double> of, Sums sums, double* w,
                 double* blocks) {
  return HWY_DYNAMIC_DISPATCH(weigh_double)(x, n, of, sums, w, blocks);
}

double sum_weights(const float* w, std::int64_t n, double* blocks) {
  return HWY_DYNAMIC_DISPATCH(sum_float)(w, n, blocks);
}
double sum_weights(const double* w, std::int64_t n, double* blocks) {
  return HWY_DYNAMIC_DISPATCH(sum_double)(w, n, blocks);
}

CutResult cut_states(const Cut<float>& cut) { return HWY_DYNAMIC_DISPATCH(cut_float)(cut); }
CutResult cut_states(const Cut<double>& cut) { return HWY_DYNAMIC_DISPATCH(cut_double)(cut); }

Spread spread_of(const float* x, std::int64_t n, double pivot, double unit) {
  return HWY_DYNAMIC_DISPATCH(spread_float)(x, n, pivot, unit);
}
Spread spread_of(const double* x, std::int64_t n, double pivot, double unit) {
  return HWY_DYNAMIC_DISPATCH(spread_double)(x, n, pivot, unit);
}

}  // namespace gibbs::kernels
#endif
