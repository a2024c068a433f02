// The states beyond a key, or between two, for one SIMD target.

#if defined(GIBBS_KERNELS_CUT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CUT_INL_H_
#undef GIBBS_KERNELS_CUT_INL_H_
#else
#define GIBBS_KERNELS_CUT_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "kernels/fixed_sum-inl.h"
#include "kernels/truncation.hpp"
#include "kernels/weigher-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What a cut does: it copies what is kept, without and with weights, or only sums these; or it
// copies what is between two keys, and sums what is above.
enum class Task { kCopy, kCopyWithWeights, kSum, kCountAbove, kMassAbove, kMomentAbove };

template <bool kByDistance, Task kTask, class W>
struct CutPass {
  using D = SumTag<W>;
  using Column = ColumnOf<W>;
  const D d;
  const hn::RebindToSigned<D> di;
  const Weigher<D> weigher;
  const hn::Vec<D> low, high, center;
  const hn::Vec<hn::RebindToSigned<D>> low_column, lane_numbers;  // Iota goes through memory
  const W *const x, *const w;
  const Column* const columns;
  W *to_x, *to_w;
  Column* to_column;
  double* blocks;
  size_t in_block = 0;  // of those that are summed
  Leading above;
  FixedSum<D> mass, moment;

  HWY_INLINE explicit CutPass(const Cut<W>& cut)
      : weigher(d, cut.of),
        low(hn::Set(d, cut.low)),
        high(hn::Set(d, cut.high)),
        center(hn::Set(d, cut.order.center)),
        low_column(hn::Set(di, cut.low_column)),
        lane_numbers(hn::Iota(di, Column{0})),
        x(cut.from.x),
        w(cut.w),
        columns(cut.from.columns),
        to_x(cut.x),
        to_w(cut.to_w),
        to_column(cut.columns),
        blocks(cut.blocks),
        mass(d),
        moment(d) {}

  HWY_INLINE hn::Vec<D> key_of(hn::Vec<D> v) const {
    if constexpr (!kByDistance) return v;
    const auto none = hn::Set(d, -std::numeric_limits<W>::infinity());
    const auto least = hn::Set(d, std::numeric_limits<W>::lowest());
    const auto key = hn::Max(hn::Neg(hn::Abs(hn::Sub(v, center))), least);
    return hn::IfThenElse(hn::Gt(v, none), key, none);
  }

  template <size_t kSize>
  HWY_INLINE void pack(size_t lane, size_t i, size_t count) {
    const size_t lanes = hn::Lanes(d);
    Pack<D, kSize> v, key;
    for (size_t k = 0; k < kSize; ++k) {
      const W* from = x + i + k * lanes;
      const W none = -std::numeric_limits<W>::infinity();
      v[k] = count < lanes ? load_first(d, from, count, none) : hn::LoadU(d, from);
      key[k] = key_of(v[k]);
    }
    auto any = hn::Ge(key[0], low);
    for (size_t k = 1; k < kSize; ++k) any = hn::Or(any, hn::Ge(key[k], low));
    if (hn::AllFalse(d, any)) return;
    for (size_t k = 0; k < kSize; ++k) {
      const size_t j = i + k * lanes;
      const auto column = columns_at(j, count);
      auto within = hn::Ge(key[k], low);
      if constexpr (kTask >= Task::kCountAbove) {
        const auto beyond = hn::Gt(key[k], high);
        sum(lane + k, j, count, v[k], beyond);
        within = hn::AndNot(beyond, within);
      } else {
        const auto late = hn::RebindMask(d, hn::Gt(column, low_column));
        within = hn::AndNot(hn::And(hn::Eq(key[k], low), late), within);
      }
      if constexpr (kTask == Task::kSum) {
        sum(lane + k, j, count, v[k], within);
      } else {
        append(j, count, v[k], column, within);
      }
    }
  }

  template <class V, class M>
  HWY_INLINE void sum(size_t lane, size_t i, size_t count, V v, M summed) {
    in_block += hn::CountTrue(d, summed);
    if constexpr (kTask == Task::kCountAbove) return;
    const auto heavy = hn::IfThenElseZero(summed, weights_at(i, count));
    mass.add(lane, heavy);
    if constexpr (kTask == Task::kMomentAbove) {
      moment.add(lane, weigher.moment(heavy, weigher.power(v)));
    }
  }

  HWY_INLINE auto columns_at(size_t i, size_t count) const {
    if (columns == nullptr) return hn::Add(lane_numbers, hn::Set(di, static_cast<Column>(i)));
    return count < hn::Lanes(di) ? load_first(di, columns + i, count, Column{0})
                                 : hn::LoadU(di, columns + i);
  }
  HWY_INLINE hn::Vec<D> weights_at(size_t i, size_t count) const {
    return count < hn::Lanes(d) ? load_first(d, w + i, count, W{0}) : hn::LoadU(d, w + i);
  }

  template <class V, class C, class M>
  HWY_INLINE void append(size_t i, size_t count, V v, C column, M within) {
    hn::StoreU(to_front(d, v, within), d, to_x);
    hn::StoreU(to_front(di, column, hn::RebindMask(di, within)), di, to_column);
    const size_t found = hn::CountTrue(d, within);
    if constexpr (kTask == Task::kCopyWithWeights) {
      hn::StoreU(to_front(d, weights_at(i, count), within), d, to_w);
      to_w += found;
    }
    to_x += found;
    to_column += found;
  }

  HWY_INLINE void end_block() {
    if constexpr (kTask < Task::kSum) return;
    const double of_block = kTask == Task::kCountAbove || in_block == 0 ? 0 : mass.take(d);
    if constexpr (kTask == Task::kSum) *blocks++ = of_block;
    if constexpr (kTask == Task::kMomentAbove) above.moment += in_block == 0 ? 0 : moment.take(d);
    above.mass += of_block;
    above.count += static_cast<std::int64_t>(in_block);
    in_block = 0;
  }
};

template <bool kByDistance, Task kTask, class W>
HWY_INLINE CutResult cut_all(const Cut<W>& cut) {
  CutPass<kByDistance, kTask, W> pass(cut);
  for_each_block(pass.d, static_cast<size_t>(cut.from.n), pass);
  return {pass.above, pass.to_x - cut.x};
}

template <bool kByDistance, class W>
HWY_INLINE CutResult cut_by(const Cut<W>& cut) {
  if (cut.high == std::numeric_limits<W>::infinity()) {
    if (cut.blocks != nullptr) return cut_all<kByDistance, Task::kSum>(cut);
    return cut.to_w == nullptr ? cut_all<kByDistance, Task::kCopy>(cut)
                               : cut_all<kByDistance, Task::kCopyWithWeights>(cut);
  }
  if (cut.w == nullptr) return cut_all<kByDistance, Task::kCountAbove>(cut);
  return cut.moments ? cut_all<kByDistance, Task::kMomentAbove>(cut)
                     : cut_all<kByDistance, Task::kMassAbove>(cut);
}

template <class W>
HWY_INLINE CutResult cut_row(const Cut<W>& cut) {
  return cut.order.by_distance ? cut_by<true>(cut) : cut_by<false>(cut);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
