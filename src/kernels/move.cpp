#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/move.cpp"
#include "kernels/move.hpp"

#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "kernels/move-inl.h"

#if HWY_ONCE
namespace gibbs::kernels {

HWY_EXPORT(read_double);
HWY_EXPORT(read_float);
HWY_EXPORT(read_bfloat16);
HWY_EXPORT(read_float16);
HWY_EXPORT(write_double);
HWY_EXPORT(write_float);
HWY_EXPORT(write_bfloat16);
HWY_EXPORT(write_float16);

void read_block(const Block<const double>& from, double* to, std::ptrdiff_t to_stride) {
  HWY_DYNAMIC_DISPATCH(read_double)(from, to, to_stride);
}
void read_block(const Block<const float>& from, float* to, std::ptrdiff_t to_stride) {
  HWY_DYNAMIC_DISPATCH(read_float)(from, to, to_stride);
}
void read_block(const Block<const bfloat16>& from, float* to, std::ptrdiff_t to_stride) {
  HWY_DYNAMIC_DISPATCH(read_bfloat16)(from, to, to_stride);
}
void read_block(const Block<const float16>& from, float* to, std::ptrdiff_t to_stride) {
  HWY_DYNAMIC_DISPATCH(read_float16)(from, to, to_stride);
}

void write_block(const double* from, std::ptrdiff_t from_stride, const Block<double>& to,
                 bool stream) {
  HWY_DYNAMIC_DISPATCH(write_double)(from, from_stride, to, stream);
}
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<float>& to,
                 bool stream) {
  HWY_DYNAMIC_DISPATCH(write_float)(from, from_stride, to, stream);
}
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<bfloat16>& to,
                 bool stream) {
  HWY_DYNAMIC_DISPATCH(write_bfloat16)(from, from_stride, to, stream);
}
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<float16>& to,
                 bool stream) {
  HWY_DYNAMIC_DISPATCH(write_float16)(from, from_stride, to, stream);
}

}  // namespace gibbs::kernels
#endif
