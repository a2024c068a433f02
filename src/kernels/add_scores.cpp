#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/add_scores.cpp"
#include "kernels/add_scores.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/add_scores-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(add_scores_float);
HWY_EXPORT(add_scores_double);
HWY_EXPORT(winner_float);
HWY_EXPORT(winner_double);

void add_scores(const NoisyRow<float>& row) { HWY_DYNAMIC_DISPATCH(add_scores_float)(row); }
void add_scores(const NoisyRow<double>& row) { HWY_DYNAMIC_DISPATCH(add_scores_double)(row); }
std::int64_t winner_of(const float* z, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(winner_float)(z, n);
}
std::int64_t winner_of(const double* z, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(winner_double)(z, n);
}

}  // namespace gibbs::kernels
#endif
