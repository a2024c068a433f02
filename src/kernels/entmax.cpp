#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/entmax.cpp"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/entmax-inl.h"
#include "kernels/entmax.hpp"
#include "kernels/entmax_weighted-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(entmax_float);
HWY_EXPORT(entmax_double);
HWY_EXPORT(weighted_row);

void entmax_rows(const EntmaxBatch<float>& batch) { HWY_DYNAMIC_DISPATCH(entmax_float)(batch); }
void entmax_rows(const EntmaxBatch<double>& batch) { HWY_DYNAMIC_DISPATCH(entmax_double)(batch); }
RowSummary entmax_weighted_row(const double* y, const double* log_weights, std::int64_t n,
                               double alpha, double offset, double* scratch, double* out) {
  return HWY_DYNAMIC_DISPATCH(weighted_row)(y, log_weights, n, alpha, offset, scratch, out);
}

}  // namespace gibbs::kernels
#endif
