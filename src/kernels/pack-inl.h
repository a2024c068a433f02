// Several vectors computed step by step together, for one SIMD target.
//
// An exponential is some 25 steps, most of which wait 4 cycles for the one before. A processor
// looks ahead over few exponentials, so one after the other they leave its units idle half of the
// time.

#if defined(GIBBS_KERNELS_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PACK_INL_H_
#undef GIBBS_KERNELS_PACK_INL_H_
#else
#define GIBBS_KERNELS_PACK_INL_H_
#endif

#include <cstddef>
#include <utility>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// How many vectors a pass computes together: what the registers hold, 16 on x86 before AVX-512.
inline constexpr size_t kPack = HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3 ? 2 : 4;

// The same of exponentials that nothing interrupts: one seventh faster than by fours (Zen 5).
inline constexpr size_t kLongPack = HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3 ? 6 : kPack;

template <class D, size_t kSize>
struct Pack {
  static constexpr size_t kCount = kSize;
  hn::Vec<D> v[kSize];
  HWY_INLINE hn::Vec<D>& operator[](size_t k) { return v[k]; }
  HWY_INLINE const hn::Vec<D>& operator[](size_t k) const { return v[k]; }
};

template <class Step, size_t... kIndex>
HWY_INLINE void for_indices(const Step& step, std::index_sequence<kIndex...>) {
  (step(kIndex), ...);
}

// step(0), ..., step(kSize - 1), without a loop.
template <size_t kSize, class Step>
HWY_INLINE void each(const Step& step) {
  for_indices(step, std::make_index_sequence<kSize>());
}

// The sum of a pack's terms.
template <class D, size_t kSize>
HWY_INLINE hn::Vec<D> sum_of(D, const Pack<D, kSize>& e) {
  if constexpr (kSize == 6) {
    return hn::Add(hn::Add(e[0], e[1]), hn::Add(hn::Add(e[2], e[3]), hn::Add(e[4], e[5])));
  }
  if constexpr (kSize == 4) return hn::Add(hn::Add(e[0], e[1]), hn::Add(e[2], e[3]));
  if constexpr (kSize == 2) return hn::Add(e[0], e[1]);
  if constexpr (kSize == 1) return e[0];
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
