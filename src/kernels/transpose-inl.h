// A matrix turned over in small squares, for one SIMD target.

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

// A 4 x 4 block of floats (2 x 2 of doubles) turned over: columns from `from` become rows of `to`.
template <class W, class Store>
HWY_INLINE void transpose_square(const W* from, ptrdiff_t from_step, Store store) {
  constexpr size_t kSide = 16 / sizeof(W);
  const hn::FixedTag<W, kSide> d;
  const auto line = [&](ptrdiff_t k) HWY_ATTR { return hn::LoadU(d, from + k * from_step); };
  if constexpr (kSide == 2) {
    const auto a = line(0), b = line(1);
    store(0, hn::InterleaveLower(d, a, b));
    store(1, hn::InterleaveUpper(d, a, b));
  } else {
    const auto a = line(0), b = line(1), c = line(2), e = line(3);
    const auto ab_low = hn::InterleaveLower(d, a, b), ab_high = hn::InterleaveUpper(d, a, b);
    const auto ce_low = hn::InterleaveLower(d, c, e), ce_high = hn::InterleaveUpper(d, c, e);
    store(0, hn::ConcatLowerLower(d, ce_low, ab_low));
    store(1, hn::ConcatUpperUpper(d, ce_low, ab_low));
    store(2, hn::ConcatLowerLower(d, ce_high, ab_high));
    store(3, hn::ConcatUpperUpper(d, ce_high, ab_high));
  }
}

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

// Which side of a transpose is far apart in memory: its lines (64 bytes) are gone through whole
// before the next are touched.
enum class Far { kFrom, kTo };

// to[i * to_step + j] = from[j * from_step + i] for i < rows, j < cols. `stream` writes around the
// caches.
template <class W>
HWY_INLINE void transpose(const W* from, ptrdiff_t from_step, int64_t rows, int64_t cols, W* to,
                          ptrdiff_t to_step, Far far, bool stream) {
  constexpr int64_t kSide = 16 / sizeof(W), kLine = 64 / sizeof(W);
  const hn::FixedTag<W, kSide> d;
  const bool aligned =
      (reinterpret_cast<uintptr_t>(to) | static_cast<size_t>(to_step) * sizeof(W)) % 16 == 0;
  const bool around = stream && aligned;
  const int64_t whole_rows = rows / kSide * kSide, whole_cols = cols / kSide * kSide;
  const auto square = [&](int64_t i, int64_t j) HWY_ATTR {
    W* corner = to + i * to_step + j;
    transpose_square(from + j * from_step + i, from_step, [&](ptrdiff_t k, auto v) HWY_ATTR {
      if (around) {
        hn::Stream(v, d, corner + k * to_step);
      } else {
        hn::StoreU(v, d, corner + k * to_step);
      }
    });
  };
  if (far == Far::kFrom) {
    for (int64_t j = 0; j < whole_cols; j += kSide) {
      for (int64_t i = 0; i < whole_rows; i += kSide) {
        if (i % kLine == 0) {
          for (int64_t k = 0; k < kSide; ++k) prefetch(from + (j + 2 * kSide + k) * from_step + i);
        }
        square(i, j);
      }
    }
  } else {
    for (int64_t i = 0; i < whole_rows; i += kSide) {
      for (int64_t j = 0; j < whole_cols; j += kSide) square(i, j);
    }
  }
  const auto copy = [&](int64_t i, int64_t j) { to[i * to_step + j] = from[j * from_step + i]; };
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = i < whole_rows ? whole_cols : 0; j < cols; ++j) copy(i, j);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
