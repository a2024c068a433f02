// Reductions over the lanes of several vectors at once, for one SIMD target.

#if defined(GIBBS_KERNELS_ACROSS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ACROSS_INL_H_
#undef GIBBS_KERNELS_ACROSS_INL_H_
#else
#define GIBBS_KERNELS_ACROSS_INL_H_
#endif

#include "kernels/pack-inl.h"
#include "kernels/sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// shuffle(a, b) of each part.
template <class D, size_t kParts, class Shuffle>
HWY_INLINE Pack<D, kParts> shuffled(const Pack<D, kParts>& a, const Pack<D, kParts>& b,
                                    const Shuffle& shuffle) {
  Pack<D, kParts> both;
  each<kParts>([&](size_t k) HWY_ATTR { both[k] = shuffle(a[k], b[k]); });
  return both;
}

// Inside 128 bits: the lanes of a and b combined pairwise, those of a and b beside each other.
template <class D, size_t kParts, class Combine>
HWY_INLINE Pack<D, kParts> fold_lanes(D d, const Pack<D, kParts>& a, const Pack<D, kParts>& b,
                                      const Combine& combine) {
  const auto low = [&](auto x, auto y) HWY_ATTR { return hn::InterleaveLower(d, x, y); };
  const auto high = [&](auto x, auto y) HWY_ATTR { return hn::InterleaveUpper(d, x, y); };
  return combine(shuffled(a, b, low), shuffled(a, b, high));
}

// The rows of one 128-bit block of the answer, each combined within every block.
template <class D, class Row, class Combine>
HWY_INLINE auto fold_block(D d, size_t first, const Row& row, const Combine& combine) {
  const auto ab = fold_lanes(d, row(first), row(first + 1), combine);
  if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return ab;
  } else {
    const auto ce = fold_lanes(d, row(first + 2), row(first + 3), combine);
    const hn::RepartitionToWide<D> wide;
    const auto low = [&](auto x, auto y) HWY_ATTR {
      return hn::BitCast(d, hn::InterleaveLower(wide, hn::BitCast(wide, x), hn::BitCast(wide, y)));
    };
    const auto high = [&](auto x, auto y) HWY_ATTR {
      return hn::BitCast(d, hn::InterleaveUpper(wide, hn::BitCast(wide, x), hn::BitCast(wide, y)));
    };
    return combine(shuffled(ab, ce, low), shuffled(ab, ce, high));
  }
}

// Each even block combined with the odd one after it: those of a and b beside each other.
template <class D, size_t kParts, class Combine>
HWY_INLINE Pack<D, kParts> combine_neighbours(D, const Pack<D, kParts>& a, const Pack<D, kParts>& b,
                                              const Combine& combine) {
  const auto even = [&](auto x, auto y)
                        HWY_ATTR { return hn::OddEvenBlocks(hn::SwapAdjacentBlocks(y), x); };
  const auto odd = [&](auto x, auto y)
                       HWY_ATTR { return hn::OddEvenBlocks(y, hn::SwapAdjacentBlocks(x)); };
  return combine(shuffled(a, b, even), shuffled(a, b, odd));
}

// Lane k of the answer: the lanes of row(k), a pack of kParts vectors, combined into one. As many
// rows as lanes; what a row gives depends on no other row.
template <class D, class Row, class Combine>
HWY_INLINE auto combine_lanes(D d, const Row& row, const Combine& combine) {
  constexpr size_t kBlocks = hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) / 16;
  constexpr size_t kRows = 16 / sizeof(hn::TFromD<D>);  // of a block
  if constexpr (kBlocks == 1) {
    return fold_block(d, 0, row, combine);
  } else {
    const auto halves = [&](size_t a, size_t b) HWY_ATTR {
      const auto at_a = fold_block(d, a * kRows, row, combine);
      const auto at_b = fold_block(d, b * kRows, row, combine);
      const auto low = [&](auto x, auto y) HWY_ATTR { return hn::ConcatLowerLower(d, y, x); };
      const auto high = [&](auto x, auto y) HWY_ATTR { return hn::ConcatUpperUpper(d, y, x); };
      return combine(shuffled(at_a, at_b, low), shuffled(at_a, at_b, high));
    };
    if constexpr (kBlocks == 2) {
      return halves(0, 1);
    } else {
      static_assert(kBlocks == 4);
      return combine_neighbours(d, halves(0, 2), halves(1, 3), combine);
    }
  }
}

template <class D>
struct Larger {
  HWY_INLINE Pack<D, 1> operator()(const Pack<D, 1>& a, const Pack<D, 1>& b) const {
    return {hn::Max(a[0], b[0])};
  }
};

// Of sums, each followed by what its roundings lost.
template <class D>
struct TwofoldSum {
  template <size_t kParts>
  HWY_INLINE Pack<D, kParts> operator()(const Pack<D, kParts>& a, const Pack<D, kParts>& b) const {
    Pack<D, kParts> sum;
    each<kParts / 2>([&](size_t i) HWY_ATTR {
      hn::Vec<D> error;
      two_sum(a[2 * i], b[2 * i], sum[2 * i], error);
      sum[2 * i + 1] = hn::Add(hn::Add(a[2 * i + 1], b[2 * i + 1]), error);
    });
    return sum;
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
