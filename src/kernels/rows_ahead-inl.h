// The rows of a batch in turn, with their maxima, for one SIMD target.

#if defined(GIBBS_KERNELS_ROWS_AHEAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_ROWS_AHEAD_INL_H_
#undef GIBBS_KERNELS_ROWS_AHEAD_INL_H_
#else
#define GIBBS_KERNELS_ROWS_AHEAD_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/ahead.hpp"
#include "kernels/reduce-inl.h"
#include "kernels/softmax.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The rows of a batch one after the other. The maximum of a row that leaves room in the first level
// of the caches is taken before the row before it is computed, which then does not wait for it.
template <class D, class W = hn::TFromD<D>>
class RowsAhead {
 public:
  RowsAhead(D d, const SoftmaxBatch<W>& batch)
      : d_(d),
        batch_(batch),
        n_(static_cast<size_t>(batch.cols)),
        step_(n_ * sizeof(W) <= kAheadBytes && batch.rows > 1 ? 1 : 0),
        distance_(std::max(1 + step_, rows_ahead<W>(batch.cols))),
        known_(batch.rows > 0 ? max_of(d_, batch.scores, n_) : W{0}) {}

  HWY_INLINE const W* row(int64_t i) const { return batch_.scores + i * batch_.scores_stride; }
  // What to ask the memory for: a row that is far enough away to have come when it is its turn.
  HWY_INLINE const W* next(int64_t i) const {
    return i + distance_ < batch_.rows || batch_.more ? row(i + distance_) : row(i);
  }
  // Of each row in turn.
  HWY_INLINE W max(int64_t i) {
    const W own = step_ == 1 || i == 0 ? known_ : max_of(d_, row(i), n_);
    if (step_ == 1 && i + 1 < batch_.rows) known_ = max_of(d_, row(i + 1), n_);
    return own;
  }

 private:
  static constexpr size_t kAheadBytes = size_t{16} << 10;
  D d_;
  const SoftmaxBatch<W>& batch_;
  size_t n_;
  int64_t step_;      // rows whose maximum is taken before
  int64_t distance_;  // to the row that is asked for
  W known_;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
