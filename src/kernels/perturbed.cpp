#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/perturbed.cpp"
#include "kernels/perturbed.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/perturbed-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(highest_perturbed_float);
HWY_EXPORT(highest_perturbed_double);

std::int64_t highest_perturbed(const PerturbedRow<float>& row, std::int64_t k, Perturbed* out) {
  return HWY_DYNAMIC_DISPATCH(highest_perturbed_float)(row, k, out);
}
std::int64_t highest_perturbed(const PerturbedRow<double>& row, std::int64_t k, Perturbed* out) {
  return HWY_DYNAMIC_DISPATCH(highest_perturbed_double)(row, k, out);
}

}  // namespace gibbs::kernels
#endif
