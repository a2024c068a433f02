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

// Copies the scores above `bound`, and NaN, to `to`; returns how many. to may be over-written by a
// vector beyond them, and may be x. beside(i) is called for every vector.
template <class D, class Beside, class W = hn::TFromD<D>>
HWY_INLINE size_t keep_above(D d, const W* x, size_t n, W bound, W* to, const W* next,
                             const Beside& beside) {
  const auto limit = hn::Set(d, bound);
  size_t count = 0;
  for_each_vector(d, x, n, -std::numeric_limits<W>::infinity(),
                  [&](size_t i, hn::Vec<D> scores) HWY_ATTR {
                    prefetch(next + i);
                    beside(i);
                    const auto keep = hn::Not(hn::Le(scores, limit));
                    hn::StoreU(hn::Compress(scores, keep), d, to + count);
                    count += hn::CountTrue(d, keep);
                  });
  return count;
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

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
