// Capped softmax of a row, for one SIMD target: a guess from a sample of the row, then Newton's
// method on the states that may or may not be at their bounds.

#if defined(GIBBS_KERNELS_CLIPPED_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_CLIPPED_SOFTMAX_INL_H_
#undef GIBBS_KERNELS_CLIPPED_SOFTMAX_INL_H_
#else
#define GIBBS_KERNELS_CLIPPED_SOFTMAX_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/clipped_exps-inl.h"
#include "kernels/reduce-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The root of sum min(upper, factor e), which is concave in the factor, minus the budget.
template <class W>
class CappedSoftmax {
 public:
  using D = hn::ScalableTag<W>;

  HWY_INLINE explicit CappedSoftmax(const ClippedRow<W>& row)
      : row_(row),
        c_(max_of(D(), row.x, static_cast<size_t>(row.n))),
        exps_(row, c_, row.scratch),
        room_(static_cast<size_t>(row.n + sample_lanes(row.n))),
        largest_(std::ldexp(1.0, sizeof(W) == 4 ? 40 : 400)) {}

  HWY_INLINE ClippedRoot solve() {
    if (!std::isfinite(c_)) return {};
    if (!guess()) {
      if (!move_down()) return {};
      guess();
    }
    for (int i = 0; i < 3; ++i) {
      keep_open();
      const double factor = root_of_open();
      if (!std::isfinite(factor)) return {};
      if (factor < low_) {
        start_ = high_ = low_;
        low_ = 0;
      } else if (factor > high_) {
        start_ = low_ = high_;
        high_ = largest_;
      } else {
        return write(factor);
      }
    }
    return {};
  }

 private:
  HWY_INLINE Clipped<W> sample() const {
    const Clipped<W> all{row_.x, nullptr, row_.upper, static_cast<size_t>(row_.n)};
    return sample_of(all, row_.scratch + room_);
  }

  // Where bounds leave nothing to what exp can tell from the highest score: puts c where about the
  // budget is taken by a sample of exp((x - c) / T), and the first factor there.
  HWY_NOINLINE bool move_down() {
    const Clipped<W> scores = sample();
    const double temperature = row_.scale.temperature, top = static_cast<double>(c_);
    const double room = row_.budget / static_cast<double>(row_.n) * static_cast<double>(scores.n);
    Clipped<W> exps = scores;
    W* const to = row_.scratch + room_ + (scores.n < static_cast<size_t>(row_.n) ? scores.n : 0);
    exps.x = to;
    const ExponentialMap<D> map(D(), row_, std::ldexp(1.0, -ExpRange<W>::kBias));
    double low = 0, high = 0;  // in T below the top
    for (double next = 32; high == 0 || high - low > 1;) {
      if (!(next < 1e6)) return false;
      exps_near(row_, scores.x, scores.n, static_cast<W>(top - next * temperature), to, scores.x);
      (sums_of<PlainSum<D>>(D(), map, exps).high < room ? low : high) = next;
      next = high == 0 ? 2 * next : (low + high) / 2;
    }
    c_ = static_cast<W>(top - high * temperature);
    exps_.move_to(c_);
    first_ = std::ldexp(1.0, -ExpRange<W>::kBias - 4);
    return std::isfinite(c_);
  }

  // Whether it is one, and no place on the way.
  HWY_INLINE bool guess() {
    Clipped<W> sample = this->sample();
    const double count = static_cast<double>(sample.n);
    const double room = row_.budget / static_cast<double>(row_.n) * count;
    double error = 0;
    if (sample.n < static_cast<size_t>(row_.n)) {
      W* const exps = row_.scratch + room_;
      exps_near(row_, sample.x, sample.n, c_, exps, sample.x);
      sample.x = exps;
      error = sampling_error(room, count, widest(row_, sample));
    } else {
      exps_.for_each([](size_t, const W*, size_t) {});
      sample.x = row_.scratch;
    }
    return near_root_of(sample, room, error);
  }

  // Newton's method from the left never overshoots; `error` is that of a sum.
  HWY_INLINE bool near_root_of(const Clipped<W>& sample, double room, double error) {
    double factor = first_, step = 0, uncapped = 0;
    for (int i = 0; i < 12; ++i) {
      const auto sums = sums_of<PlainSum<D>>(D(), ExponentialMap<D>(D(), row_, factor), sample);
      uncapped = sums.slope;
      step = (room - sums.high) / uncapped;
      if (!(step > 0.01)) break;
      factor = std::min(factor * (1 + step), largest_);
    }
    const double around = 0.001 + std::abs(step) + error / uncapped;
    start_ = factor;
    low_ = around > 0 ? factor / (1 + around) : 0;
    high_ = around > 0 ? std::min(factor * (1 + around), largest_) : largest_;
    if (!(high_ < largest_)) high_ = largest_;
    if (!std::isfinite(low_)) low_ = 0;
    return factor < largest_ && !(step > 0.01);
  }

  // States that reach their bound between low and high, in scratch, and the sums over the others.
  HWY_INLINE void keep_open() {
    const D d;
    const auto low = hn::Set(d, static_cast<W>(low_ * (1 - 1e-6)));
    const auto high = hn::Set(d, static_cast<W>(high_ * (1 + 1e-6)));
    const auto most = hn::Set(d, row_.most);
    W* const exps = row_.scratch + room_;
    W* const uppers = exps + room_;
    size_t count = 0;
    LaneSum<D> below(d), above(d);
    exps_.for_each([&](size_t first, const W* e, size_t n) HWY_ATTR {
      for_each_vector(d, e, n, W{0}, [&](size_t i, hn::Vec<D> v) HWY_ATTR {
        const W* const from = row_.upper ? row_.upper + first + i : nullptr;
        const auto upper = from ? load_some(d, from, n - i, W{0}) : most;
        const auto is_below = hn::Lt(hn::Mul(v, high), upper);
        const auto is_above = hn::AndNot(is_below, hn::Ge(hn::Mul(v, low), upper));
        below.add(hn::IfThenElseZero(is_below, v));
        above.add(hn::IfThenElseZero(is_above, upper));
        const auto open = hn::Not(hn::Or(is_below, is_above));  // a NaN too
        hn::StoreU(to_front(d, v, open), d, exps + count);
        hn::StoreU(to_front(d, upper, open), d, uppers + count);
        count += hn::CountTrue(d, open);
      });
    });
    below.total(below_, below_low_);
    above.total(above_, above_low_);
    open_ = {exps, nullptr, uppers, count};
  }

  // How far the sum at a factor is above the budget, and how much of it moves with the factor.
  template <class Sum>
  HWY_INLINE Falling<double> at(double factor) const {
    const D d;
    const auto sums = sums_of<Sum>(d, ExponentialMap<D>(d, row_, factor), open_);
    double high = sums.high, low = sums.low + above_low_ + factor * below_low_;
    const double moving = factor * below_;
    low += std::fma(factor, below_, -moving);
    add_to(above_, high, low);
    add_to(moving, high, low);
    add_to(-row_.budget, high, low);
    return {high + low, sums.slope + moving};
  }

  // Ends when no more states reach their bound. NaN: there is no root.
  HWY_INLINE double root_of_open() const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    double factor = start_, last = 0;
    bool from_right = true;
    for (int i = 0; i < 200 && factor < largest_; ++i) {
      // Plain sums, in half the time, are enough to come near.
      const bool rough = i < kRoughSteps;
      const Falling<double> sums = rough ? at<PlainSum<D>>(factor) : at<LaneSum<D>>(factor);
      // What is at its bound from `low` on takes more than there is: a sample misled.
      if (factor < low_ && sums.excess > 0) return low_ / 2;
      double next = factor * (1 - sums.excess / sums.slope);
      // From the right a whole step ends left of the root, by concavity; but maybe left of 0.
      const bool left = from_right && next < factor;
      from_right = left && next < factor / 16;
      if (left) next = std::max({next, low_ / 2, factor / 16});
      if (rough) {
        factor = next;
        continue;
      }
      if (!left && next < factor * (1 - 1e-6)) {
        // Beyond the root by rounding, where all that counts is at its bound; by more where
        // rounding met a slope of nearly nothing: a plateau between two states that reach theirs.
        if (sums.excess > 8 * std::numeric_limits<W>::epsilon() * row_.budget) return kNone;
        next = factor;
      }
      if (next == last) return next;
      if (!left && !(next > factor * (1 + (sizeof(W) == 4 ? 1e-9 : 1e-16)))) return next;
      last = factor;
      factor = next;
    }
    return factor < largest_ ? kNone : factor;
  }

  HWY_INLINE ClippedRoot write(double factor) {
    const D d;
    if (!(factor > 0 && factor < largest_)) return {};
    const double log_factor = std::log(std::ldexp(factor, ExpRange<W>::kBias));
    // What is too far above c would take more than the budget, and so is at its bound.
    if (!(log_factor + kFarAbove<W> - 1 > std::log(row_.budget))) return {};
    const ExponentialMap<D> map(d, row_, factor);
    exps_.for_each([&](size_t first, const W* e, size_t n) HWY_ATTR {
      const Clipped<W> block{e, nullptr, row_.upper ? row_.upper + first : nullptr, n};
      write_clipped(d, map, block, row_, first);
    });
    return {static_cast<double>(c_) - row_.scale.temperature * (log_factor + 1), true};
  }

  static constexpr int kRoughSteps = 2;
  const ClippedRow<W>& row_;
  W c_;  // the highest score, or where states are that are not at their bounds
  ExpBlocks<W> exps_;
  size_t room_;
  double largest_, first_ = 0x1p-100, start_ = 0, low_ = 0, high_ = 0;
  double below_ = 0, below_low_ = 0, above_ = 0, above_low_ = 0;
  Clipped<W> open_{};
};

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
