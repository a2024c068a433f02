// Contiguous numbers from one type to another, for one SIMD target.

#if defined(GIBBS_KERNELS_CONVERT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CONVERT_INL_H_
#undef GIBBS_KERNELS_CONVERT_INL_H_
#else
#define GIBBS_KERNELS_CONVERT_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "gibbs/types.hpp"
#include "hwy/highway.h"
#include "kernels/write-inl.h"

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
  const hn::ScalableTag<W> d;
  write_mapped(d, from, static_cast<size_t>(n), false, to, [](auto v, size_t) { return v; });
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
  widen(from, n, to);
}

// The same around the caches, where nothing is converted.
HWY_INLINE void narrow(const float* from, int64_t n, bfloat16* to, bool /*stream*/) {
  narrow(from, n, to);
}
HWY_INLINE void narrow(const float* from, int64_t n, float16* to, bool /*stream*/) {
  narrow(from, n, to);
}
template <class W>
HWY_INLINE void narrow(const W* from, int64_t n, W* to, bool stream) {
  const hn::ScalableTag<W> d;
  write_mapped(d, from, static_cast<size_t>(n), stream, to, [](auto v, size_t) { return v; });
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
