// Small squares turned over, for one SIMD target.

#if defined(GIBBS_KERNELS_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_TRANSPOSE_INL_H_
#undef GIBBS_KERNELS_TRANSPOSE_INL_H_
#else
#define GIBBS_KERNELS_TRANSPOSE_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Each square block turned over, one to 128 bits of all v: 4 x 4 floats, 2 x 2 doubles.
template <class D, size_t kSide>
HWY_INLINE void turn_blocks(D d, hn::Vec<D> (&v)[kSide]) {
  if constexpr (kSide == 2) {
    const auto low = hn::InterleaveLower(d, v[0], v[1]);
    v[1] = hn::InterleaveUpper(d, v[0], v[1]);
    v[0] = low;
  } else {
    const hn::RepartitionToWide<D> wide;
    const auto pair = [&](auto a) HWY_ATTR { return hn::BitCast(wide, a); };
    const auto low01 = pair(hn::InterleaveLower(d, v[0], v[1]));
    const auto high01 = pair(hn::InterleaveUpper(d, v[0], v[1]));
    const auto low23 = pair(hn::InterleaveLower(d, v[2], v[3]));
    const auto high23 = pair(hn::InterleaveUpper(d, v[2], v[3]));
    v[0] = hn::BitCast(d, hn::InterleaveLower(wide, low01, low23));
    v[1] = hn::BitCast(d, hn::InterleaveUpper(wide, low01, low23));
    v[2] = hn::BitCast(d, hn::InterleaveLower(wide, high01, high23));
    v[3] = hn::BitCast(d, hn::InterleaveUpper(wide, high01, high23));
  }
}

// A vector of 128-bit blocks, block(k) the address of the k-th.
template <class D, class Block>
HWY_INLINE hn::Vec<D> load_blocks(D d, const Block& block, size_t first = 0) {
  constexpr size_t kBlocks = hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) / 16;
  if constexpr (kBlocks == 1) {
    return hn::LoadU(d, block(first));
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, load_blocks(half, block, first + kBlocks / 2),
                       load_blocks(half, block, first));
  }
}

template <class D, class Block>
HWY_INLINE void store_blocks(D d, hn::Vec<D> v, const Block& block, size_t first = 0) {
  constexpr size_t kBlocks = hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) / 16;
  if constexpr (kBlocks == 1) {
    hn::StoreU(v, d, block(first));
  } else {
    const hn::Half<D> half;
    store_blocks(half, hn::LowerHalf(half, v), block, first);
    store_blocks(half, hn::UpperHalf(half, v), block, first + kBlocks / 2);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
