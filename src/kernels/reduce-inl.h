// The maximum of a row, for one SIMD target.

#if defined(GIBBS_KERNELS_REDUCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_REDUCE_INL_H_
#undef GIBBS_KERNELS_REDUCE_INL_H_
#else
#define GIBBS_KERNELS_REDUCE_INL_H_
#endif

#include <limits>

#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Maximum of n >= 0 scores; -inf for none. A NaN may be lost here: the sum will find it.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE W max_of(D d, const W* x, size_t n) {
  const size_t lanes = hn::Lanes(d);
  const W lowest = -std::numeric_limits<W>::infinity();
  auto m0 = hn::Set(d, lowest), m1 = m0, m2 = m0, m3 = m0;
  size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    m0 = hn::Max(m0, hn::LoadU(d, x + i));
    m1 = hn::Max(m1, hn::LoadU(d, x + i + lanes));
    m2 = hn::Max(m2, hn::LoadU(d, x + i + 2 * lanes));
    m3 = hn::Max(m3, hn::LoadU(d, x + i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) m0 = hn::Max(m0, hn::LoadU(d, x + i));
  if (i < n) m1 = hn::Max(m1, load_first(d, x + i, n - i, lowest));
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(hn::Max(m0, m1), hn::Max(m2, m3))));
}

// The maximum of another row, taken while a pass waits for its own steps.
template <class D>
class MaxBeside {
 public:
  using W = hn::TFromD<D>;

  HWY_INLINE explicit MaxBeside(const W* x)
      : x_(x), top_(hn::Set(D(), -std::numeric_limits<W>::infinity())) {}
  HWY_INLINE void add(D d, size_t i, size_t count) {
    top_ = hn::Max(top_, load_some(d, x_ + i, count, -std::numeric_limits<W>::infinity()));
  }
  HWY_INLINE W max() const { return hn::GetLane(hn::MaxOfLanes(D(), top_)); }

 private:
  const W* x_;
  hn::Vec<D> top_;
};

struct NothingBeside {
  template <class D>
  HWY_INLINE void add(D /*d*/, size_t /*i*/, size_t /*count*/) {}
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
