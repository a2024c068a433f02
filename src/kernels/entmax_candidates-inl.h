// The scores of a row that may have probability, for one SIMD target.
//
// At g = 1 no state further than T / (alpha - 1) below the maximum has probability.

#if defined(GIBBS_KERNELS_ENTMAX_CANDIDATES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ENTMAX_CANDIDATES_INL_H_
#undef GIBBS_KERNELS_ENTMAX_CANDIDATES_INL_H_
#else
#define GIBBS_KERNELS_ENTMAX_CANDIDATES_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/reduce-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A lane just below max - width, whatever the rounding.
template <class W>
HWY_INLINE W below(W max, double width) {
  const double bound = static_cast<double>(max) - width * (1 + 1e-6);
  return std::nextafter(static_cast<W>(bound), -std::numeric_limits<W>::infinity());
}

// Copies the scores above `bound`, and NaN, as keep_where. beside(i) is called for every vector.
template <class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE size_t keep_above(D d, const W* x, size_t n, W bound, W* to, const W* next,
                             const Beside& beside) {
  const auto limit = hn::Set(d, bound);
  return keep_where(d, x, n, to, [&](hn::Vec<D> scores, size_t i) HWY_ATTR {
    prefetch(next + i);
    beside(i);
    return hn::Not(hn::Le(scores, limit));
  });
}

// The maximum of a row and the scores within `width` of it, in one read of memory.
template <class W>
struct Candidates {
  W max = -std::numeric_limits<W>::infinity();
  W* scores = nullptr;
  size_t count = 0;
};

template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Candidates<W> find_candidates(D d, const W* x, size_t n, double width, W* buffer,
                                           const W* next_row) {
  constexpr size_t kBlock = 4096;  // its second read hits the L1 cache
  Candidates<W> found;
  found.scores = buffer;
  bool stale = false;
  for (size_t i = 0; i < n; i += kBlock) {
    const size_t count = std::min(kBlock, n - i);
    const W top = max_of(d, x + i, count);
    if (!(top <= found.max)) {
      stale = found.count > 0;
      found.max = top;
    }
    if (!std::isfinite(found.max)) {
      if (found.max != -std::numeric_limits<W>::infinity()) return found;  // +inf or NaN
    }
    found.count += keep_above(d, x + i, count, below(found.max, width), buffer + found.count,
                              i + kBlock < n ? x + i + kBlock : next_row, [](size_t) HWY_ATTR {});
  }
  if (stale) {
    found.count = keep_above(d, buffer, found.count, below(found.max, width), buffer, buffer,
                             [](size_t) HWY_ATTR {});
  }
  return found;
}

template <class W>
struct Extent {
  W lowest, highest;
};

// The same as max_of, of both ends.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE Extent<W> extent_of(D d, const W* x, size_t n) {
  constexpr W kInfinity = std::numeric_limits<W>::infinity();
  auto low0 = hn::Set(d, kInfinity), low1 = low0;
  auto high0 = hn::Neg(low0), high1 = high0;
  size_t i = 0;
  for (const size_t lanes = hn::Lanes(d); i + 2 * lanes <= n; i += 2 * lanes) {
    const auto x0 = hn::LoadU(d, x + i), x1 = hn::LoadU(d, x + i + lanes);
    low0 = hn::Min(low0, x0);
    high0 = hn::Max(high0, x0);
    low1 = hn::Min(low1, x1);
    high1 = hn::Max(high1, x1);
  }
  for_each_vector(d, x + i, n - i, n == 0 ? W{0} : x[0], [&](size_t, hn::Vec<D> v) HWY_ATTR {
    low0 = hn::Min(low0, v);
    high0 = hn::Max(high0, v);
  });
  return {hn::GetLane(hn::MinOfLanes(d, hn::Min(low0, low1))),
          hn::GetLane(hn::MaxOfLanes(d, hn::Max(high0, high1)))};
}

// The candidates of a wide window, which often holds the whole row: then they are where they lie.
// A row is read twice and not in blocks, so it should fit in the second cache. b < 0: all.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Candidates<W> find_most(D d, const W* x, size_t n, double width, W* buffer,
                                     const W* next_row) {
  const Extent<W> extent = extent_of(d, x, n);
  Candidates<W> found{extent.highest, const_cast<W*>(x), n};
  if (!std::isfinite(found.max) || width < 0) return found;
  const W bound = below(found.max, width);
  if (extent.lowest > bound) return found;
  found.scores = buffer;
  found.count = keep_above(d, x, n, bound, buffer, next_row, [](size_t) HWY_ATTR {});
  return found;
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
