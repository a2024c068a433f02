// Blocks in and out of contiguous lanes, for one SIMD target.

#if defined(GIBBS_KERNELS_MOVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_MOVE_INL_H_
#undef GIBBS_KERNELS_MOVE_INL_H_
#else
#define GIBBS_KERNELS_MOVE_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "kernels/convert-inl.h"
#include "kernels/move.hpp"
#include "kernels/strips-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class T, class W>
HWY_INLINE void read_any(const Block<const T>& from, W* to, ptrdiff_t to_stride) {
  if (from.col_stride == 1) {
    for (int64_t i = 0; i < from.rows; ++i) {
      widen(from.data + i * from.row_stride, from.cols, to + i * to_stride);
    }
    return;
  }
  if (from.row_stride == 1) return read_across(from, to, to_stride);
  for (int64_t j = 0; j < from.cols; ++j) {
    for (int64_t i = 0; i < from.rows; ++i) {
      to[i * to_stride + j] = static_cast<W>(from.data[i * from.row_stride + j * from.col_stride]);
    }
  }
}

template <class T, class W>
HWY_INLINE void write_any(const W* from, ptrdiff_t from_stride, const Block<T>& to, bool stream) {
  if (to.col_stride == 1) {
    for (int64_t i = 0; i < to.rows; ++i) {
      narrow(from + i * from_stride, to.cols, to.data + i * to.row_stride);
    }
    return;
  }
  if (to.row_stride == 1) return write_across(from, from_stride, to, stream);
  for (int64_t j = 0; j < to.cols; ++j) {
    for (int64_t i = 0; i < to.rows; ++i) {
      to.data[i * to.row_stride + j * to.col_stride] = static_cast<T>(from[i * from_stride + j]);
    }
  }
}

void read_double(const Block<const double>& from, double* to, ptrdiff_t to_stride) {
  read_any(from, to, to_stride);
}
void read_float(const Block<const float>& from, float* to, ptrdiff_t to_stride) {
  read_any(from, to, to_stride);
}
void read_bfloat16(const Block<const bfloat16>& from, float* to, ptrdiff_t to_stride) {
  read_any(from, to, to_stride);
}
void read_float16(const Block<const float16>& from, float* to, ptrdiff_t to_stride) {
  read_any(from, to, to_stride);
}
void write_double(const double* from, ptrdiff_t from_stride, const Block<double>& to, bool stream) {
  write_any(from, from_stride, to, stream);
}
void write_float(const float* from, ptrdiff_t from_stride, const Block<float>& to, bool stream) {
  write_any(from, from_stride, to, stream);
}
void write_bfloat16(const float* from, ptrdiff_t from_stride, const Block<bfloat16>& to,
                    bool stream) {
  write_any(from, from_stride, to, stream);
}
void write_float16(const float* from, ptrdiff_t from_stride, const Block<float16>& to,
                   bool stream) {
  write_any(from, from_stride, to, stream);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
