// The rows of a batch in turn, whole or in pieces, with their maxima, for one SIMD target.

#if defined(GIBBS_KERNELS_PIECES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_PIECES_INL_H_
#undef GIBBS_KERNELS_PIECES_INL_H_
#else
#define GIBBS_KERNELS_PIECES_INL_H_
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

// When the maximum of a piece is taken.
enum class MaximumTaken {
  kBeside,  // by the pass over a piece before it: memory is read while exponentials are computed
  kInTurn,  // at once, where that pass has no time to spare
};

// What is read of each in turn is a piece of `length` columns,
// the last of a row what is left. Maxima are those of windows, which are as long as the first piece
// everywhere: at the end of a row a window reaches back into the piece before.
template <class D, class W = hn::TFromD<D>>
class Pieces {
 public:
  Pieces(D d, const SoftmaxBatch<W>& batch, int64_t length, MaximumTaken taken)
      : d_(d),
        batch_(batch),
        length_(std::min(length, batch.cols)),
        per_row_(length_ > 0 ? (batch.cols + length_ - 1) / length_ : 1),
        count_(batch.rows * per_row_),
        lead_(lead_of(length_, taken)),
        distance_(std::max(lead_ + 1, rows_ahead<W>(length_))) {
    for (int64_t i = 0; i < std::min(lead_, count_); ++i) {
      known_[i] = max_of(d_, window(i), size());
    }
  }

  HWY_INLINE size_t size() const { return static_cast<size_t>(length_); }
  // Of the window in turn.
  HWY_INLINE W max() const {
    return lead_ == 0 ? max_of(d_, window(turn_), size()) : known_[turn_ & (lead_ - 1)];
  }
  // What to ask the memory for: far enough away to have come when it is its turn.
  HWY_INLINE const W* next() const {
    return window(turn_ + (turn_ + distance_ < count_ || batch_.more ? distance_ : 0));
  }
  // For the pass over the piece in turn; its `n` columns are then told to passed().
  HWY_INLINE MaxBeside<D> beside() const { return MaxBeside<D>(ahead()); }
  HWY_INLINE void passed(const MaxBeside<D>& beside, size_t n) {
    know(n < size() ? std::max(beside.max(), max_of(d_, ahead() + n, size() - n)) : beside.max());
  }
  // In place of such a pass.
  HWY_INLINE void look_ahead() {
    if (lead_ > 0) know(max_of(d_, ahead(), size()));
  }
  HWY_INLINE void advance() { ++turn_; }

 private:
  static constexpr int64_t kShortBytes = 4 << 10;

  // The maximum of a short row has the time of a whole pass to become one number.
  static int64_t lead_of(int64_t length, MaximumTaken taken) {
    if (taken == MaximumTaken::kInTurn) return 0;
    return length * static_cast<int64_t>(sizeof(W)) <= kShortBytes ? 2 : 1;
  }
  HWY_INLINE const W* window(int64_t i) const {
    if (per_row_ == 1) return batch_.scores + i * batch_.scores_stride;
    return batch_.scores + i / per_row_ * batch_.scores_stride +
           std::min(i % per_row_ * length_, batch_.cols - length_);
  }
  HWY_INLINE const W* ahead() const {
    return window(turn_ + lead_ < count_ ? turn_ + lead_ : turn_);
  }
  HWY_INLINE void know(W max) { known_[turn_ & (lead_ - 1)] = max; }

  D d_;
  const SoftmaxBatch<W>& batch_;
  int64_t length_, per_row_, count_;  // of a piece; pieces of a row, of all rows
  int64_t lead_;      // pieces from the one in turn to that whose maximum is taken, 0 to 2
  int64_t distance_;  // to that which is asked for
  int64_t turn_ = 0;
  W known_[2] = {};
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
