// p of a row with bounds at a trial tau, its sums, and a sample of the row, for one SIMD target.

#if defined(GIBBS_KERNELS_CLIPPED_MAPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_MAPS_INL_H_
#undef GIBBS_KERNELS_CLIPPED_MAPS_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_MAPS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "hwy/cache_control.h"
#include "kernels/clipped.hpp"
#include "kernels/reduce-inl.h"
#include "kernels/root.hpp"
#include "kernels/sums-inl.h"
#include "kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// n lanes of scores with their bounds; null: as in ClippedRow.
template <class W>
struct Clipped {
  const W* x;
  const W* lower;
  const W* upper;
  size_t n;
};

// (x - tau) / T between the bounds. tau is a lane c and the rest of it: x - c is exact where it
// matters, near tau.
template <class D>
struct ProjectionMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  V c, rest, inverse, most, zero, one, lowest;

  // tau = origin + t T.
  HWY_INLINE ProjectionMap(D tag, const ClippedRow<W>& row, double origin, double t)
      : d(tag),
        inverse(hn::Set(d, row.scale.inverse)),
        most(hn::Set(d, row.most)),
        zero(hn::Zero(d)),
        one(hn::Set(d, W{1})),
        lowest(hn::Set(d, -std::numeric_limits<W>::infinity())) {
    const double shift = t * row.scale.temperature;
    const W lane = static_cast<W>(origin + shift);
    c = hn::Set(d, lane);
    rest = hn::Set(
        d, static_cast<W>(((origin - static_cast<double>(lane)) + shift) / row.scale.temperature));
  }

  // `inside`: 1 where p is between its bounds, or just at one. A NaN stays.
  HWY_INLINE V operator()(const Clipped<W>& part, size_t i, size_t count, V& inside) const {
    const V x = load_some(d, part.x + i, count, -std::numeric_limits<W>::infinity());
    const V upper = part.upper ? load_some(d, part.upper + i, count, W{0}) : most;
    const V v = hn::MulSub(hn::Sub(x, c), inverse, rest);
    V lower = zero;
    if (part.lower) {  // an absent state has p = 0
      lower = load_some(d, part.lower + i, count, W{0});
      lower = hn::IfThenZeroElse(hn::Eq(x, lowest), lower);
    }
    const V p = min_keep_nan(d, upper, max_keep_nan(d, lower, v));
    inside = hn::IfThenElseZero(hn::Eq(p, v), one);
    return p;
  }
};

// min(upper, factor e) of kept exponentials e.
template <class D>
struct ExponentialMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  V factor, rest, most;

  HWY_INLINE ExponentialMap(D tag, const ClippedRow<W>& row, double by)
      : d(tag),
        factor(hn::Set(d, static_cast<W>(by))),
        rest(hn::Set(d, static_cast<W>(by - static_cast<double>(static_cast<W>(by))))),
        most(hn::Set(d, row.most)) {}

  HWY_INLINE V operator()(const Clipped<W>& part, size_t i, size_t count, V& inside) const {
    const V e = load_some(d, part.x + i, count, W{0});
    const V upper = part.upper ? load_some(d, part.upper + i, count, W{0}) : most;
    const V p = hn::MulAdd(e, factor, hn::Mul(e, rest));
    const auto above = hn::Ge(p, upper);
    inside = hn::IfThenZeroElse(above, p);
    return hn::IfThenElse(above, upper, p);
  }
};

// e / (e + level) of kept exponentials e.
template <class D>
struct FermiMap {
  using W = hn::TFromD<D>;
  using V = hn::Vec<D>;
  D d;
  V level, one;

  HWY_INLINE FermiMap(D tag, const ClippedRow<W>&, double at)
      : d(tag), level(hn::Set(d, static_cast<W>(at))), one(hn::Set(d, W{1})) {}

  HWY_INLINE V operator()(const Clipped<W>& part, size_t i, size_t count, V& inside) const {
    const V e = load_some(d, part.x + i, count, W{0});
    const V p = hn::Div(e, hn::Add(e, level));
    inside = hn::NegMulAdd(p, p, p);
    return p;
  }
};

// Lanes summed as they are: enough to come near a root.
template <class D>
struct PlainSum {
  const D d;
  hn::Vec<D> sum;
  HWY_INLINE explicit PlainSum(D tag) : d(tag), sum(hn::Zero(d)) {}
  HWY_INLINE void add(hn::Vec<D> v) { sum = hn::Add(sum, v); }
  HWY_INLINE void add_sums(const PlainSum& other) { sum = hn::Add(sum, other.sum); }
  HWY_INLINE void total(double& high, double& low) const {
    high = plain_sum(d, sum);
    low = 0;
  }
};

// The sum of p as a double-double, and that of what `inside` holds.
struct ClippedSums {
  double high = 0, low = 0, slope = 0;
  // What is beyond `room` with `base` more.
  HWY_INLINE Falling<double> beyond(double room, const ClippedSums& base) const {
    double excess = high, rest = low + base.low;
    add_to(base.high, excess, rest);
    add_to(-room, excess, rest);
    return {excess + rest, slope};
  }
};

template <class Sum, class Map, class D, class W = hn::TFromD<D>>
HWY_INLINE ClippedSums sums_of(D d, const Map& map, const Clipped<W>& part) {
  const size_t lanes = hn::Lanes(d);
  Sum sums(d), other(d);
  hn::Vec<D> slope0 = hn::Zero(d), slope1 = slope0, inside0, inside1;
  size_t i = 0;
  for (; i + 2 * lanes <= part.n; i += 2 * lanes) {
    const auto p0 = map(part, i, lanes, inside0), p1 = map(part, i + lanes, lanes, inside1);
    sums.add(p0);
    other.add(p1);
    slope0 = hn::Add(slope0, inside0);
    slope1 = hn::Add(slope1, inside1);
  }
  for (; i < part.n; i += lanes) {
    // Lanes beyond the row have p = 0; inside, they would count.
    sums.add(map(part, i, part.n - i, inside0));
    const size_t left = std::min(part.n - i, lanes);
    slope0 = hn::Add(slope0, hn::IfThenElseZero(hn::FirstN(d, left), inside0));
  }
  ClippedSums total;
  sums.add_sums(other);
  sums.total(total.high, total.low);
  total.slope = plain_sum(d, hn::Add(slope0, slope1));
  return total;
}

// p of a part of a row, from its lane `first` on.
template <class Map, class D, class W = hn::TFromD<D>>
HWY_INLINE void write_clipped(D d, const Map& map, const Clipped<W>& part, const ClippedRow<W>& row,
                              size_t first) {
  const size_t lanes = hn::Lanes(d);
  W* const out = row.out + first;
  const bool stream = row.stream && reinterpret_cast<uintptr_t>(out) % (lanes * sizeof(W)) == 0;
  hn::Vec<D> inside;
  size_t i = 0;
  for (; i + lanes <= part.n; i += lanes) {
    const auto p = map(part, i, lanes, inside);
    if (stream) {
      hn::Stream(p, d, out + i);
    } else {
      hn::StoreU(p, d, out + i);
    }
  }
  if (i < part.n) store_first(map(part, i, part.n - i, inside), d, out + i, part.n - i);
}

// Stretches of a long row, evenly spaced, and their bounds; a short row is its own sample.
template <class W>
HWY_INLINE Clipped<W> sample_of(const Clipped<W>& row, W* room) {
  constexpr size_t kStretch = 16;
  const auto count = static_cast<size_t>(sample_lanes(static_cast<int64_t>(row.n)));
  if (row.n < 4 * count) return row;
  const size_t step = row.n / (count / kStretch);
  const auto copy = [&](const W* from, W* to) {
    for (size_t k = 0; k < count / kStretch; ++k) {
      std::copy_n(from + k * step, kStretch, to + k * kStretch);
    }
    return to;
  };
  return {copy(row.x, room), row.lower ? copy(row.lower, room + count) : nullptr,
          row.upper ? copy(row.upper, room + 2 * count) : nullptr, count};
}

// Where about a share `filled` of the sample is above, from some of it. Every one is compared with
// every other: a selection would guess wrong at half of its branches, a seventh of all the time of
// 1024 columns.
template <class W>
HWY_INLINE W quantile(const Clipped<W>& part, double filled) {
  constexpr size_t kFew = 16;
  using D = hn::CappedTag<W, kFew>;
  const D d;
  HWY_ALIGN W few[kFew];
  const size_t count = std::min(part.n, kFew), step = part.n / count;
  for (size_t k = 0; k < kFew; ++k) few[k] = part.x[std::min(k, count - 1) * step];
  const double rank = filled * static_cast<double>(count);
  const auto at = hn::Set(d, static_cast<W>(std::min(count - 1, static_cast<size_t>(rank))));
  auto found = hn::Set(d, -std::numeric_limits<W>::infinity());
  for (size_t i = 0; i < kFew; i += hn::Lanes(d)) {
    const auto own = hn::Load(d, few + i), place = hn::Iota(d, static_cast<W>(i));
    auto before = hn::Zero(d);  // how many are higher, or as high and earlier
    for (size_t k = 0; k < count; ++k) {
      const auto other = hn::Set(d, few[k]);
      const auto tie = hn::And(hn::Eq(other, own), hn::Lt(hn::Set(d, static_cast<W>(k)), place));
      before =
          hn::Add(before, hn::IfThenElseZero(hn::Or(hn::Gt(other, own), tie), hn::Set(d, W{1})));
    }
    found = hn::Max(found, hn::IfThenElse(hn::Eq(before, at), own, found));
  }
  return hn::GetLane(hn::MaxOfLanes(d, found));
}

// How far p can go in a sample: what a guess is measured with.
template <class W>
HWY_INLINE double widest(const ClippedRow<W>& row, const Clipped<W>& sample) {
  double width = static_cast<double>(row.most);
  if (sample.upper) {
    width = static_cast<double>(max_of(hn::ScalableTag<W>(), sample.upper, sample.n));
  }
  return std::clamp(width, 1e-6, 1.0);
}

// How far the sum of a sample of p in [0, width] may be from its share of the row's: three standard
// deviations, were the states drawn at random.
HWY_INLINE double sampling_error(double room, double count, double width) {
  return 3 * std::sqrt(room * std::max(width - room / count, 0.0));
}

// A first guess of the root needs no more than this.
constexpr double kGuess = 0.02;

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
