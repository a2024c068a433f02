#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/mixture.cpp"
#include "kernels/mixture.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/gram-inl.h"
#include "kernels/mixture-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(mixture_of_block);
HWY_EXPORT(gram_of_rows);
HWY_EXPORT(weights_of_row);

MixtureSum mixture_block(const MixtureBlock& block) {
  return HWY_DYNAMIC_DISPATCH(mixture_of_block)(block);
}
void add_gram(const GramRows& rows, double* gram, std::int64_t stride) {
  HWY_DYNAMIC_DISPATCH(gram_of_rows)(rows, gram, stride);
}
void weigh_row(const WeighedRow& row, double* to) { HWY_DYNAMIC_DISPATCH(weights_of_row)(row, to); }

}  // namespace gibbs::kernels
#endif
