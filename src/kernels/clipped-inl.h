// Rows with bounds and a budget, for one SIMD target: a guess from a sample of the row, then
// Newton's method on the whole of it.

#if defined(GIBBS_KERNELS_CLIPPED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_INL_H_
#undef GIBBS_KERNELS_CLIPPED_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/clipped.hpp"
#include "kernels/exp_pass-inl.h"
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

// Loads of all or the first `count` lanes.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> load_some(D d, const W* from, size_t count, W fill) {
  return count >= hn::Lanes(d) ? hn::LoadU(d, from) : load_first(d, from, count, fill);
}

// The smaller of bound and v; a NaN in v stays.
template <class D>
HWY_INLINE hn::Vec<D> min_keep_nan(D d, hn::Vec<D> bound, hn::Vec<D> v) {
  return hn::Neg(max_keep_nan(d, hn::Neg(bound), hn::Neg(v)));
}

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
  HWY_INLINE void total(double& high, double& low) const {
    high = low = 0;
    add_lanes(d, sum, high, low);
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
  double high = 0, low = 0;
  sums.total(total.high, total.low);
  other.total(high, low);
  add_to(high, total.high, total.low);
  total.low += low;
  add_lanes(d, hn::Add(slope0, slope1), total.slope, low);
  return total;
}

template <class Map, class D, class W = hn::TFromD<D>>
HWY_INLINE void write_clipped(D d, const Map& map, const Clipped<W>& part, W* out) {
  const size_t lanes = hn::Lanes(d);
  hn::Vec<D> inside;
  size_t i = 0;
  for (; i + lanes <= part.n; i += lanes) hn::StoreU(map(part, i, lanes, inside), d, out + i);
  if (i < part.n) store_first(map(part, i, part.n - i, inside), d, out + i, part.n - i);
}

// Stretches of a long row, evenly spaced, and their bounds; a short row is its own sample.
template <class W>
HWY_INLINE Clipped<W> sample_of(const Clipped<W>& row, W* room) {
  constexpr size_t kLanes = static_cast<size_t>(kSampleLanes), kStretch = 16;
  if (row.n < 4 * kLanes) return row;
  const size_t step = row.n / (kLanes / kStretch);
  const auto copy = [&](const W* from, W* to) {
    for (size_t k = 0; k < kLanes / kStretch; ++k) {
      std::copy_n(from + k * step, kStretch, to + k * kStretch);
    }
    return to;
  };
  return {copy(row.x, room), row.lower ? copy(row.lower, room + kLanes) : nullptr,
          row.upper ? copy(row.upper, room + 2 * kLanes) : nullptr, kLanes};
}

// A first guess of the root needs no more than this.
constexpr double kGuess = 0.02;

// The states that are at one bound at one end of the bracket and not at the other, in scratch; what
// the others take is added to base.
template <class D, class W = hn::TFromD<D>>
HWY_NOINLINE Clipped<W> keep_open(D d, const ClippedRow<W>& row, double origin,
                                  const Bracket<double>& in, const Clipped<W>& all,
                                  ClippedSums* base) {
  const double slack = 1e-6 * (1 + std::abs(in.low) + std::abs(in.high));
  const ProjectionMap<D> at_low(d, row, origin, in.low - slack),
      at_high(d, row, origin, in.high + slack);
  const size_t lanes = hn::Lanes(d), room = all.n + static_cast<size_t>(kSampleLanes);
  W* const x = row.scratch;
  W* const lower = all.lower ? x + room : nullptr;
  W* const upper = all.upper ? x + 2 * room : nullptr;
  LaneSum<D> taken(d);
  size_t count = 0;
  for (size_t i = 0; i < all.n; i += lanes) {
    const size_t left = std::min(all.n - i, lanes);
    hn::Vec<D> inside;
    const auto least = at_high(all, i, left, inside), most = at_low(all, i, left, inside);
    const auto open = hn::And(hn::Ne(least, most), hn::FirstN(d, left));
    taken.add(hn::IfThenZeroElse(hn::Or(open, hn::Not(hn::FirstN(d, left))), least));
    const auto put = [&](const W* from, W* to, W fill) HWY_ATTR {
      if (to) hn::StoreU(hn::Compress(load_some(d, from + i, left, fill), open), d, to + count);
    };
    put(all.x, x, -std::numeric_limits<W>::infinity());
    put(all.lower, lower, W{0});
    put(all.upper, upper, W{0});
    count += hn::CountTrue(d, open);
  }
  taken.total(base->high, base->low);
  return {x, lower, upper, count};
}

// How far p can go, in units of T: what a guess of tau is measured with.
template <class W>
HWY_INLINE double widest(const ClippedRow<W>& row, const Clipped<W>& sample) {
  double width = static_cast<double>(row.most);
  if (sample.upper)
    width = static_cast<double>(*std::max_element(sample.upper, sample.upper + sample.n));
  return std::clamp(width, 1e-6, 1.0);
}

// The root of a projection: t = (tau - origin) / T.
template <class W>
class Projection {
 public:
  using D = hn::ScalableTag<W>;

  HWY_INLINE explicit Projection(const ClippedRow<W>& row)
      : row_(row), all_{row.x, row.lower, row.upper, static_cast<size_t>(row.n)} {
    search_.power = 1;
    search_.least_scale = 1;
  }

  HWY_INLINE ClippedRoot solve() {
    guess();
    Root<double> root = exact(near());
    // Far from the origin t has too few digits.
    for (int i = 0; i < 3 && root.converged && std::abs(root.t) > 2; ++i) {
      search_.start = root.t - move_origin(root.t);
      root = root_in<LaneSum<D>>(all_);
    }
    const double tau = origin_ + root.t * row_.scale.temperature;
    if (!root.converged || !std::isfinite(tau)) return {};
    write_clipped(D(), ProjectionMap<D>(D(), row_, origin_, root.t), all_, row_.out);
    return {tau, true};
  }

 private:
  template <class Sum>
  HWY_INLINE Root<double> root_in(const Clipped<W>& part, const ClippedSums& base = {}) const {
    return find_root<double>(search_, [&](double t) HWY_ATTR {
      const auto sums = sums_of<Sum>(D(), ProjectionMap<D>(D(), row_, origin_, t), part);
      auto beyond = sums.beyond(search_.room, base);
      // That of an infinite score without a bound: no root.
      if (std::isinf(beyond.excess)) beyond.excess = std::numeric_limits<double>::quiet_NaN();
      return beyond;
    });
  }

  HWY_INLINE void guess() {
    const double share = row_.budget / static_cast<double>(all_.n);
    Clipped<W> sample = sample_of(all_, row_.scratch);
    const double width = widest(row_, sample);
    // A small budget is taken by few states: a sample would not see them.
    if (share * static_cast<double>(sample.n) < 2 * width) sample = all_;
    const W top = max_of(D(), sample.x, sample.n);
    origin_ = std::isfinite(top) ? static_cast<double>(top) : 0.0;
    if (sample.n == all_.n) return;
    search_.room = share * static_cast<double>(sample.n);
    search_.tolerance = kGuess * width;
    search_.longest = 8;
    search_.start = root_in<PlainSum<D>>(sample).t;
    search_.reach = 0.125;
  }

  HWY_INLINE Root<double> near() {
    search_.room = row_.budget;
    search_.tolerance = 1e-4;
    search_.longest = 4;
    return root_in<PlainSum<D>>(all_);
  }

  // Puts the origin where t is, and returns how far it moved.
  HWY_INLINE double move_origin(double t) {
    const double from = origin_, temperature = row_.scale.temperature;
    origin_ = static_cast<double>(static_cast<W>(origin_ + t * temperature));
    if (!std::isfinite(origin_)) origin_ = from;
    return (origin_ - from) / temperature;
  }

  // What the states far from the root take does not move with it.
  HWY_INLINE Root<double> exact(const Root<double>& near) {
    const double moved = move_origin(near.t);
    search_.start = near.t - moved;
    search_.tolerance = sizeof(W) == 4 ? 6e-8 : 4e-16;  // the rounding of a p
    search_.longest = 100;
    if (near.in.closed() || near.converged) {
      Bracket<double> in = near.in;
      in.low = in.closed() ? in.low - moved : search_.start - 0.01;
      in.high = near.in.closed() ? in.high - moved : search_.start + 0.01;
      ClippedSums base;
      const Clipped<W> open = keep_open(D(), row_, origin_, in, all_, &base);
      const Root<double> root = root_in<LaneSum<D>>(open, base);
      if (root.converged && root.t >= in.low && root.t <= in.high) return root;
    }
    return root_in<LaneSum<D>>(all_);
  }

  const ClippedRow<W>& row_;
  Clipped<W> all_;
  double origin_ = 0;
  RootSearch<double> search_;
};

// The exponentials relative to `top`, and their sum, without the kernels' bias.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE double keep_exps(D d, const ClippedRow<W>& row, W top) {
  const RowExp<D> exp(d, row.scale, hn::Set(d, top));
  const PassInput<W> in{row.x, nullptr, static_cast<size_t>(row.n), row.x};
  const auto totals = exp_pass<PassFlags{true, false, false}>(exp, top, in, row.scratch);
  return std::ldexp(totals.sum, -ExpRange<W>::kBias);
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE ClippedRoot clip_exponential(const ClippedRow<W>& row) {
  const D d;
  const W top = max_of(d, row.x, static_cast<size_t>(row.n));
  if (!std::isfinite(top)) return {};
  const Clipped<W> kept{row.scratch, nullptr, row.upper, static_cast<size_t>(row.n)};
  const double sum = keep_exps(d, row, top);
  // Newton's method on sum min(upper, factor e), which is concave: from the left it never
  // overshoots, and ends when no more states reach their bound.
  double factor = std::ldexp(row.budget / sum, -ExpRange<W>::kBias), last = 0;
  const double largest = std::ldexp(1.0, sizeof(W) == 4 ? 40 : 400);
  for (int i = 0; i < 200 && factor < largest; ++i) {
    const auto sums = sums_of<LaneSum<D>>(d, ExponentialMap<D>(d, row, factor), kept);
    const Falling<double> at = sums.beyond(row.budget, {});
    const double next = factor * (1 - at.excess / at.slope);
    if (!(next > factor * (1 + (sizeof(W) == 4 ? 1e-9 : 1e-16))) || next == last) {
      if (!std::isfinite(next)) return {};
      write_clipped(d, ExponentialMap<D>(d, row, next), kept, row.out);
      const double log_factor = std::log(next) + ExpRange<W>::kBias * 0.693147180559945309;
      return {static_cast<double>(top) - row.scale.temperature * (log_factor + 1), true};
    }
    last = factor;
    factor = next;
  }
  return {};
}

// exp((x - c) / T) for c near tau: what is far above is as good as infinite.
template <class D, class W = hn::TFromD<D>>
HWY_INLINE void keep_exps_near(D d, const ClippedRow<W>& row, const Clipped<W>& part, W c, W* to) {
  constexpr double kFar = sizeof(W) == 4 ? 40 : 300;
  const RowExp<D> exp(d, row.scale, hn::Set(d, c));
  const double far = static_cast<double>(c) + kFar * row.scale.temperature;
  const auto limit = hn::Set(d, static_cast<W>(far));
  for_each_pack(d, part.x, part.n, -std::numeric_limits<W>::infinity(),
                [&](size_t i, const auto& x) HWY_ATTR {
                  constexpr size_t kSize = std::decay_t<decltype(x)>::kCount;
                  Pack<D, kSize> shifted;
                  each<kSize>([&](size_t k) HWY_ATTR {
                    const auto near = hn::IfThenElse(hn::Gt(x[k], limit), limit, x[k]);
                    shifted[k] = exp.shifted(near);
                  });
                  const auto e = exp.exp(shifted);
                  each<kSize>([&](size_t k) HWY_ATTR {
                    hn::StoreU(e[k], d, to + i + k * hn::Lanes(d));  // scratch is padded
                  });
                });
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE Root<double> fermi_root(const ClippedRow<W>& row, const Clipped<W>& part, double room,
                                   double tolerance, W c, W* exps) {
  const D d;
  keep_exps_near(d, row, part, c, exps);
  const Clipped<W> kept{exps, nullptr, nullptr, part.n};
  RootSearch<double> search;
  search.room = room;
  search.least_scale = 1;
  search.tolerance = tolerance;
  search.longest = tolerance < kGuess ? 40 : 6;
  return find_root<double>(search, [&](double t) HWY_ATTR {
    const FermiMap<D> map(d, row, std::ldexp(std::exp(t), ExpRange<W>::kBias));
    return sums_of<LaneSum<D>>(d, map, kept).beyond(room, {});
  });
}

// Where about a share `filled` of the sample is above, from some of it.
template <class W>
HWY_INLINE W quantile(const Clipped<W>& part, double filled, W* room) {
  constexpr size_t kFew = 16;
  const size_t few = std::min(part.n, kFew), step = part.n / few;
  for (size_t k = 0; k < few; ++k) room[k] = part.x[k * step];
  const double rank = filled * static_cast<double>(few);
  const size_t at = std::min(few - 1, static_cast<size_t>(rank));
  std::nth_element(room, room + at, room + few, [](W a, W b) { return a > b; });
  return room[at];
}

template <class W, class D = hn::ScalableTag<W>>
HWY_INLINE ClippedRoot clip_fermi(const ClippedRow<W>& row) {
  const D d;
  const Clipped<W> all{row.x, nullptr, nullptr, static_cast<size_t>(row.n)};
  const Clipped<W> sample = sample_of(all, row.scratch);
  const double share = row.budget / static_cast<double>(all.n);
  const double temperature = row.scale.temperature;
  W c = quantile(sample, share, row.scratch + (sample.n < all.n ? kSampleLanes : 0));
  if (!std::isfinite(c)) return {};
  if (sample.n < all.n) {
    const auto guess = fermi_root(row, sample, share * static_cast<double>(sample.n), kGuess, c,
                                  row.scratch + kSampleLanes);
    const double better = static_cast<double>(c) + guess.t * temperature;
    if (std::abs(guess.t) < 30 && std::isfinite(better)) c = static_cast<W>(better);
  }
  const double tolerance = sizeof(W) == 4 ? 1e-4 : 1e-8;  // the next step is its square
  const Root<double> root = fermi_root(row, all, row.budget, tolerance, c, row.scratch);
  if (!root.converged || !(std::abs(root.t) < 20)) return {};
  const FermiMap<D> map(d, row, std::ldexp(std::exp(root.t), ExpRange<W>::kBias));
  write_clipped(d, map, Clipped<W>{row.scratch, nullptr, nullptr, all.n}, row.out);
  return {static_cast<double>(c) + root.t * temperature, true};
}

template <class W>
HWY_INLINE ClippedRoot clip(const ClippedRow<W>& row) {
  if (row.clip == Clip::kProjection) return Projection<W>(row).solve();
  if (row.clip == Clip::kExponential) return clip_exponential(row);
  return clip_fermi(row);
}

ClippedRoot clip_float(const ClippedRow<float>& row) { return clip(row); }
ClippedRoot clip_double(const ClippedRow<double>& row) { return clip(row); }

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
