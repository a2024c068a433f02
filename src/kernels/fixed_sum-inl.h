// Sums in 64 lanes, whatever the width of a vector: the same bits on every target.

#if defined(GIBBS_KERNELS_FIXED_SUM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_FIXED_SUM_INL_H_
#undef GIBBS_KERNELS_FIXED_SUM_INL_H_
#else
#define GIBBS_KERNELS_FIXED_SUM_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "kernels/truncation.hpp"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors of at most 16 lanes, and how many make the lanes of a sum.
template <class W>
using SumTag = hn::CappedTag<W, 16>;
template <class D>
inline constexpr size_t kSumVectors = static_cast<size_t>(kSumLanes) / hn::MaxLanes(D());

// Lane j of 64 sums the terms j, j + 64, ...; the lanes are added in double, always in one order.
template <class D>
struct FixedSum {
  using W = hn::TFromD<D>;
  Pack<D, kSumVectors<D>> lanes;

  HWY_INLINE explicit FixedSum(D d) {
    each<kSumVectors<D>>([&](size_t k) HWY_ATTR { lanes[k] = hn::Zero(d); });
  }
  HWY_INLINE void add(size_t k, hn::Vec<D> v) { lanes[k] = hn::Add(lanes[k], v); }

  // j + (j + 32), then 16, 8, 4, 2, 1.
  // Leaves the lanes 0.
  HWY_INLINE double take(D d) {
    HWY_ALIGN W terms[kSumLanes];
    each<kSumVectors<D>>([&](size_t k)
                             HWY_ATTR { hn::Store(lanes[k], d, terms + k * hn::Lanes(d)); });
    const hn::CappedTag<double, 8> dd;
    const size_t wide = hn::Lanes(dd);
    HWY_ALIGN double eight[8];
    for (size_t i = 0; i < 8; i += wide) {
      const auto at = [&](size_t from)
                          HWY_ATTR { return load_as_double(dd, terms + from + i, wide); };
      const auto a = hn::Add(hn::Add(at(0), at(32)), hn::Add(at(16), at(48)));
      const auto b = hn::Add(hn::Add(at(8), at(40)), hn::Add(at(24), at(56)));
      hn::Store(hn::Add(a, b), dd, eight + i);
    }
    each<kSumVectors<D>>([&](size_t k) HWY_ATTR { lanes[k] = hn::Zero(d); });
    const double four[4] = {eight[0] + eight[4], eight[1] + eight[5], eight[2] + eight[6],
                            eight[3] + eight[7]};
    return (four[0] + four[2]) + (four[1] + four[3]);
  }
};

// Calls body.template pack<size>(lane, offset, elements there) over all blocks: packs of whole
// vectors, and what is left one by one; then body.end_block(). Not a lambda: g++ 12 calls those of
// this size, with every vector through memory.
template <class D, class Body>
HWY_INLINE void for_each_block(D d, size_t n, Body& body) {
  constexpr size_t kVectors = kSumVectors<D>;
  constexpr size_t kSize = kPack < kVectors ? kPack : kVectors;
  constexpr auto kBlock = static_cast<size_t>(kSumBlock), kGroup = static_cast<size_t>(kSumLanes);
  const size_t lanes = hn::Lanes(d);
  for (size_t first = 0; first < n; first += kBlock) {
    const size_t end = std::min(first + kBlock, n);
    size_t i = first;
    for (; i + kGroup <= end; i += kGroup) {
      for (size_t k = 0; k < kVectors; k += kSize) {
        body.template pack<kSize>(k, i + k * lanes, kSize * lanes);
      }
    }
    for (size_t k = 0; i < end; ++k, i += lanes) {
      body.template pack<1>(k, i, std::min(lanes, end - i));
    }
    body.end_block();
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
