// The projection of a row on bounds and a budget, for one SIMD target: a guess from a sample of the
// row, then Newton's method on the whole of it.

#if defined(GIBBS_KERNELS_CLIPPED_PROJECTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_PROJECTION_INL_H_
#undef GIBBS_KERNELS_CLIPPED_PROJECTION_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_PROJECTION_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/clipped_maps-inl.h"
#include "kernels/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
