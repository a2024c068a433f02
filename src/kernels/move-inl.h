// Blocks in and out of contiguous lanes, for one SIMD target.

#if defined(GIBBS_KERNELS_MOVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_MOVE_INL_H_
#undef GIBBS_KERNELS_MOVE_INL_H_
#else
#define GIBBS_KERNELS_MOVE_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "hwy/highway.h"
#include "kernels/move.hpp"
#include "kernels/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Whether halves are converted by instructions that round as types.hpp does.
#undef GIBBS_HAVE_F16C
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#define GIBBS_HAVE_F16C 1
#else
#define GIBBS_HAVE_F16C 0
#endif

// Contiguous halves to floats.
HWY_INLINE void widen(const bfloat16* from, int64_t n, float* to) {
  const hn::ScalableTag<uint32_t> du32;
  const hn::Rebind<uint16_t, decltype(du32)> du16;
  const auto lanes = static_cast<int64_t>(hn::Lanes(du32));
  const auto* bits = reinterpret_cast<const uint16_t*>(from);
  auto* words = reinterpret_cast<uint32_t*>(to);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::ShiftLeft<16>(hn::PromoteTo(du32, hn::LoadU(du16, bits + i))), du32, words + i);
  }
  for (; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

HWY_INLINE void widen(const float16* from, int64_t n, float* to) {
  int64_t i = 0;
#if GIBBS_HAVE_F16C
  const hn::ScalableTag<float> df;
  const hn::Rebind<hwy::float16_t, decltype(df)> dh;
  const auto lanes = static_cast<int64_t>(hn::Lanes(df));
  const auto* bits = reinterpret_cast<const hwy::float16_t*>(from);
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::PromoteTo(df, hn::LoadU(dh, bits + i)), df, to + i);
  }
#endif
  for (; i < n; ++i) to[i] = static_cast<float>(from[i]);
}

template <class W>
HWY_INLINE void widen(const W* from, int64_t n, W* to) {
  if (n > 0) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(W));  // null where there is none
}

// Contiguous floats to halves, to nearest even.
HWY_INLINE void narrow(const float* from, int64_t n, bfloat16* to) {
  const hn::ScalableTag<uint32_t> d;
  const hn::ScalableTag<float> df;
  const hn::Rebind<uint16_t, decltype(d)> du16;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto* bits = reinterpret_cast<uint16_t*>(to);
  const auto half = hn::Set(d, 0x7FFFu), one = hn::Set(d, 1u), quiet = hn::Set(d, 0x400000u);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto value = hn::LoadU(df, from + i);
    const auto word = hn::BitCast(d, value);
    const auto even = hn::And(hn::ShiftRight<16>(word), one);
    const auto rounded = hn::Add(word, hn::Add(half, even));
    const auto is_nan = hn::RebindMask(d, hn::IsNaN(value));
    const auto kept = hn::IfThenElse(is_nan, hn::Or(word, quiet), rounded);
    hn::StoreU(hn::TruncateTo(du16, hn::ShiftRight<16>(kept)), du16, bits + i);
  }
  for (; i < n; ++i) to[i] = bfloat16(from[i]);
}

HWY_INLINE void narrow(const float* from, int64_t n, float16* to) {
  int64_t i = 0;
#if GIBBS_HAVE_F16C
  const hn::ScalableTag<float> df;
  const hn::Rebind<hwy::float16_t, decltype(df)> dh;
  const auto lanes = static_cast<int64_t>(hn::Lanes(df));
  auto* bits = reinterpret_cast<hwy::float16_t*>(to);
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::DemoteTo(dh, hn::LoadU(df, from + i)), dh, bits + i);
  }
#endif
  for (; i < n; ++i) to[i] = float16(from[i]);
}

template <class W>
HWY_INLINE void narrow(const W* from, int64_t n, W* to) {
  if (n > 0) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(W));  // null where there is none
}

template <class T, class W>
HWY_INLINE void read_any(const Block<const T>& from, W* to, ptrdiff_t to_stride) {
  if (from.col_stride == 1) {
    for (int64_t i = 0; i < from.rows; ++i) {
      widen(from.data + i * from.row_stride, from.cols, to + i * to_stride);
    }
    return;
  }
  if constexpr (sizeof(T) == sizeof(W)) {
    if (from.row_stride == 1) {
      return transpose(from.data, from.col_stride, from.rows, from.cols, to, to_stride, Far::kFrom,
                       false);
    }
  }
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
  if constexpr (sizeof(T) == sizeof(W)) {
    if (to.row_stride == 1) {
      return transpose(from, from_stride, to.cols, to.rows, to.data, to.col_stride, Far::kTo,
                       stream);
    }
  }
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
