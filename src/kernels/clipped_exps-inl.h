// The exponentials of a row with bounds, block by block, for one SIMD target.

#if defined(GIBBS_KERNELS_CLIPPED_EXPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_EXPS_INL_H_
#undef GIBBS_KERNELS_CLIPPED_EXPS_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_EXPS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/ahead.hpp"
#include "kernels/clipped_maps-inl.h"
#include "kernels/softmax.hpp"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// How many T above c the exponentials end.
template <class W>
inline constexpr double kFarAbove = sizeof(W) == 4 ? 40 : 300;

// exp((x - c) / T) 2^kBias for c near what matters: what is far above is as good as infinite. How
// far is told from x as it is shifted: a small T is lost in c. next: what is asked for meanwhile.
template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE void exps_near(const ClippedRow<W>& row, const W* scores, size_t n, W c, W* to,
                          const W* next) {
  const D d;
  const RowExp<D> exp(d, row.scale, hn::Set(d, c));
  const double from = static_cast<double>(c) - static_cast<double>(hn::GetLane(exp.shift));
  const auto limit = hn::Set(d, static_cast<W>(from + kFarAbove<W> * row.scale.temperature));
  for_each_pack<kLongPack>(d, scores, n, -std::numeric_limits<W>::infinity(),
                           [&](size_t i, const auto& v) HWY_ATTR {
                             constexpr size_t kSize = std::decay_t<decltype(v)>::kCount;
                             Pack<D, kSize> shifted;
                             each<kSize>([&](size_t k) HWY_ATTR {
                               prefetch(next + i + k * hn::Lanes(d));
                               shifted[k] = min_keep_nan(d, limit, exp.shifted(v[k]));
                             });
                             const auto e = exp.exp(shifted);
                             each<kSize>([&](size_t k) HWY_ATTR {
                               hn::StoreU(e[k], d, to + i + k * hn::Lanes(d));  // scratch is padded
                             });
                           });
}

// Exponentials of a row relative to c. Like softmax, a row keeps them where the second cache holds
// them; those of a longer one are made again in every pass.
template <class W>
class ExpBlocks {
 public:
  HWY_INLINE ExpBlocks(const ClippedRow<W>& row, W c, W* room)
      : row_(row),
        asked_(row.next == row.x ? row.x + kLanesAhead<W> : row.next),
        c_(c),
        room_(room) {}

  HWY_INLINE void move_to(W c) {
    c_ = c;
    kept_ = false;
  }

  // Calls body(first, exponentials, count) for the blocks of the row. Lanes after the last are 0.
  template <class Body>
  HWY_INLINE void for_each(const Body& body) {
    const bool keep = row_.n <= kLongestKeptRow;
    for (int64_t i = 0; i < row_.n; i += kKeptBlock) {
      const auto count = static_cast<size_t>(std::min(kKeptBlock, row_.n - i));
      W* const exps = keep ? room_ + i : room_;
      if (!kept_) exps_near(row_, row_.x + i, count, c_, exps, asked_ + i);
      body(static_cast<size_t>(i), exps, count);
    }
    kept_ = keep;
  }

 private:
  const ClippedRow<W>& row_;
  const W* asked_;  // in the next row; where none follows, further on in this one
  W c_;
  W* room_;
  bool kept_ = false;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
