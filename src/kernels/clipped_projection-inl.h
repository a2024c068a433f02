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

#include "kernels/clipped_few-inl.h"
#include "kernels/clipped_open-inl.h"
#include "kernels/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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
    Root<double> root = within(guess());
    if (!root.converged) root = within(near());
    if (!root.converged) root = exact(all_, {});
    const double tau = origin_ + root.t * row_.scale.temperature;
    if (!root.converged || !std::isfinite(tau)) return {};
    write_clipped(D(), ProjectionMap<D>(D(), row_, origin_, root.t), all_, row_, 0);
    return {tau, true};
  }

 private:
  template <class Sum>
  HWY_INLINE Root<double> root_in(const Clipped<W>& part, const ClippedSums& base = {}) {
    return find_root<double>(search_, [&](double t) HWY_ATTR {
      const auto sums = sums_of<Sum>(D(), ProjectionMap<D>(D(), row_, origin_, t), part);
      auto beyond = sums.beyond(search_.room, base);
      // That of an infinite score without a bound: no root.
      if (std::isinf(beyond.excess)) beyond.excess = std::numeric_limits<double>::quiet_NaN();
      slope_ = beyond.slope;
      return beyond;
    });
  }

  // Where the root is, or probably is; open if nobody knows.
  HWY_INLINE Bracket<double> guess() {
    // No state takes more than the budget.
    const double most = std::min(static_cast<double>(row_.most), row_.budget);
    if (!all_.lower && !all_.upper && row_.budget <= kFewStates * most) return below_tops(most);
    const double share = row_.budget / static_cast<double>(all_.n);
    const Clipped<W> sample = sample_of(all_, row_.scratch);
    const double width = widest(row_, sample), room = share * static_cast<double>(sample.n);
    // A small budget is taken by few states: a sample would not see them.
    if (sample.n < all_.n && room >= 2 * width) return from_sample(sample, room, width);
    put_origin_at(max_of(D(), all_.x, all_.n));
    return {};
  }

  HWY_INLINE void put_origin_at(W x) { origin_ = std::isfinite(x) ? static_cast<double>(x) : 0.0; }

  // With tau a whole range of p below the k-th highest, k states are at their upper bound.
  HWY_INLINE Bracket<double> below_tops(double most) {
    const auto k = static_cast<size_t>(std::ceil(row_.budget / most));
    const Tops<W> tops = tops_of(D(), all_.x, all_.n, k);
    put_origin_at(tops.first);
    Bracket<double> in;
    if (!std::isfinite(tops.first) || !std::isfinite(tops.kth)) return in;
    put_origin_at(tops.kth);
    in.low = -most;
    in.high = (static_cast<double>(tops.first) - origin_) / row_.scale.temperature;
    search_.start = in.low;
    return in;
  }

  HWY_INLINE Bracket<double> from_sample(const Clipped<W>& sample, double room, double width) {
    const double count = static_cast<double>(sample.n);
    put_origin_at(quantile(sample, room / (width * count)));
    search_.room = room;
    search_.tolerance = kGuess * width;
    search_.longest = 20;
    search_.start = -width / 2;
    const Root<double> root = root_in<PlainSum<D>>(sample);
    search_.start = root.t;
    search_.reach = 0.125;
    const double error =
        kGuess * width + sampling_error(room, count, width) / std::max(slope_, 1.0);
    Bracket<double> in;
    if (!root.converged) return in;
    in.low = root.t - error;
    in.high = root.t + error;
    return in;
  }

  HWY_INLINE Bracket<double> near() {
    search_.room = row_.budget;
    search_.tolerance = 1e-4;
    search_.longest = 4;
    const Root<double> root = root_in<PlainSum<D>>(all_);
    search_.start = root.t;
    Bracket<double> in = root.in;
    if (root.converged) {
      in.low = std::max(in.low, root.t - 0.01);
      in.high = std::min(in.high, root.t + 0.01);
    }
    in.low -= 1e-5;  // what plain sums may be wrong by
    in.high += 1e-5;
    return in;
  }

  // Puts the origin where t is, and begins there.
  HWY_INLINE void start_from(double t) {
    const double from = origin_, temperature = row_.scale.temperature;
    origin_ = static_cast<double>(static_cast<W>(origin_ + t * temperature));
    if (!std::isfinite(origin_)) origin_ = from;
    search_.start = t - (origin_ - from) / temperature;
  }

  HWY_INLINE Root<double> exact(const Clipped<W>& part, const ClippedSums& base) {
    search_.room = row_.budget;
    search_.tolerance = sizeof(W) == 4 ? 6e-8 : 4e-16;  // the rounding of a p
    search_.longest = 100;
    Root<double> root = root_in<LaneSum<D>>(part, base);
    // Far from the origin t has too few digits.
    for (int i = 0; i < 3 && root.converged && std::abs(root.t) > 2; ++i) {
      start_from(root.t);
      root = root_in<LaneSum<D>>(part, base);
    }
    if (std::abs(root.t) > 2 && !is_spent(root.t, part, base)) root.converged = false;
    return root;
  }

  // Whether t is a root still where it has too few digits: between states far apart.
  HWY_NOINLINE bool is_spent(double t, const Clipped<W>& part, const ClippedSums& base) const {
    const auto sums = sums_of<LaneSum<D>>(D(), ProjectionMap<D>(D(), row_, origin_, t), part);
    const double slack = 4 * static_cast<double>(std::numeric_limits<W>::epsilon());
    return std::abs(sums.beyond(row_.budget, base).excess) <= slack * row_.budget;
  }

  HWY_INLINE Root<double> among(const Clipped<W>& open, const ClippedSums& base) {
    if (open.n <= hn::Lanes(D()) && !open.lower && !open.upper) {
      const auto root = root_of_few(D(), row_, origin_, open, row_.budget - base.high);
      if (root.converged) return root;
    }
    search_.room = row_.budget;
    search_.tolerance = 1e-3;
    search_.longest = 20;
    start_from(root_in<PlainSum<D>>(open, base).t);
    return exact(open, base);
  }

  // The root, if it is there: what the states far from it take does not move with it.
  HWY_INLINE Root<double> within(const Bracket<double>& in) {
    if (!in.closed()) return {};
    ClippedSums base;
    const Clipped<W> open = keep_open(D(), row_, origin_, in, all_, &base);
    const double from = origin_, temperature = row_.scale.temperature;
    const Root<double> root = among(open, base);
    const double moved = (origin_ - from) / temperature, t = root.t + moved;
    const double slack = 1e-7 * (1 + std::abs(in.low) + std::abs(in.high));
    if (root.converged && t >= in.low - slack && t <= in.high + slack) return root;
    const double end = t < in.low ? in.low : in.high;
    search_.start = end - moved;
    return {};
  }

  static constexpr double kFewStates = 16;
  const ClippedRow<W>& row_;
  Clipped<W> all_;
  double origin_ = 0, slope_ = 0;
  RootSearch<double> search_;
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
