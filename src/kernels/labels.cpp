#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/labels.cpp"
#include "kernels/labels.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/labels-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(are_columns_32);
HWY_EXPORT(are_columns_64);
HWY_EXPORT(add_losses_to);

bool are_columns(std::span<const std::int32_t> labels, std::int64_t cols) {
  return HWY_DYNAMIC_DISPATCH(are_columns_32)(labels.data(), labels.size(), cols);
}
bool are_columns(std::span<const std::int64_t> labels, std::int64_t cols) {
  return HWY_DYNAMIC_DISPATCH(are_columns_64)(labels.data(), labels.size(), cols);
}
void add_losses(std::span<const double> losses, double scale, PartialSums& sums) {
  HWY_DYNAMIC_DISPATCH(add_losses_to)(losses.data(), losses.size(), scale, sums.data());
}

}  // namespace gibbs::kernels
#endif
