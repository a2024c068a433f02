// A row that is written while the next is computed, for one SIMD target.

#if defined(GIBBS_KERNELS_TRAIL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_TRAIL_INL_H_
#undef GIBBS_KERNELS_TRAIL_INL_H_
#else
#define GIBBS_KERNELS_TRAIL_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/cache_control.h"
#include "kernels/vector_math-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The exponentials of the row before, waiting to be scaled and streamed while this one computes:
// alone, a burst of such stores would wait for the memory.
template <class D>
class Trail {
 public:
  using W = hn::TFromD<D>;

  Trail() = default;  // nothing waits
  // to = from * by over n lanes. Those before and after the aligned vectors are written at once.
  HWY_INLINE Trail(D d, const W* from, size_t n, const Reciprocal<W>& by, W* to)
      : high_(hn::Set(d, by.high)), low_(hn::Set(d, by.low)) {
    const size_t lanes = hn::Lanes(d);
    const size_t head = std::min(n, (-reinterpret_cast<uintptr_t>(to) / sizeof(W)) % lanes);
    count_ = (n - head) / lanes * lanes;
    from_ = from + head;
    to_ = to + head;
    const auto end = [&](const W* e, size_t left, W* out) HWY_ATTR {
      if (left > 0) store_first(scaled(load_first(d, e, left, W{0})), d, out, left);
    };
    end(from, head, to);
    end(from_ + count_, n - head - count_, to_ + count_);
  }

  HWY_INLINE bool waits() const { return count_ > 0; }
  // Of each multiple of a vector's lanes below n.
  HWY_INLINE void step(D d, size_t i) const {
    if (i < count_) hn::Stream(scaled(hn::LoadU(d, from_ + i)), d, to_ + i);
  }
  HWY_INLINE void finish(D d) {
    for (size_t i = 0; i < count_; i += hn::Lanes(d)) step(d, i);
    count_ = 0;
  }

 private:
  HWY_INLINE hn::Vec<D> scaled(hn::Vec<D> e) const {
    return hn::MulAdd(e, high_, hn::Mul(e, low_));
  }

  const W* from_ = nullptr;
  W* to_ = nullptr;  // aligned to a vector
  size_t count_ = 0;
  hn::Vec<D> high_, low_;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
