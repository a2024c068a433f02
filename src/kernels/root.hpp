#pragma once
// The root of a falling function: Newton's method inside a bracket.

#include <algorithm>
#include <cmath>
#include <limits>

namespace gibbs::kernels {

// What a falling function is at t above what it should be, and minus its slope.
template <class R>
struct Falling {
  R excess = 0, slope = 0;
};

// Where to begin, and when to end: with a step below `tolerance` max(least_scale, |t|), which is
// still taken.
template <class R>
struct RootSearch {
  R room = 1;        // what the function should be: positive
  double power = 0;  // b for which the function to the power b is nearly straight
  R start = 0;
  R tolerance = std::numeric_limits<R>::epsilon();
  R least_scale = 1e-6;
  R unit = 1;   // below it an error of t is absolute: that of rounding is borne
  R reach = 1;  // the first step where the slope says nothing
  int longest = 400;
};

// Where the root must be, and the excess at both ends.
template <class R>
struct Bracket {
  R low = -std::numeric_limits<R>::infinity(), high = std::numeric_limits<R>::infinity();
  R at_low = high, at_high = 0;

  void narrow(R t, R excess) {
    (excess > 0 ? low : high) = t;
    (excess > 0 ? at_low : at_high) = excess;
  }
  bool closed() const { return std::isfinite(low) && std::isfinite(high); }
  // Whether a slope is near that of the chord.
  bool agrees(R slope) const {
    const R chord = (at_low - at_high) / (high - low);
    return !std::isfinite(chord) || (slope < 4 * chord && 4 * slope > chord);
  }
  // Where the chord is zero; the middle where that is near an end: beside a cliff it would not
  // move.
  R chord() const {
    const R share = at_low / (at_low - at_high), least = R{1} / 16;
    return low + (high - low) * (share > least && share < 1 - least ? share : R{1} / 2);
  }
};

// Where the search ended; not converged: the next place to try, and the bracket.
template <class R>
struct Root {
  R t = 0;
  bool converged = false;
  Bracket<R> in = {};
};

// Newton's step for a function f to the power b: f / slope (1 - (f / room)^-b) / b. NaN where
// rounding has left nothing of f.
template <class R>
R straightened_step(const RootSearch<R>& search, const Falling<R>& at) {
  if (search.power == 1) return at.excess / at.slope;
  if (!(at.excess > -search.room)) return std::numeric_limits<R>::quiet_NaN();
  const R y = std::log1p(at.excess / search.room), b = static_cast<R>(search.power);
  const R relative = b == 0 ? y : -std::expm1(-b * y) / b;
  return (search.room + at.excess) / at.slope * relative;
}

// t with taken(t).excess = 0.
template <class R, class Of>
Root<R> find_root(const RootSearch<R>& search, const Of& taken) {
  constexpr R kEpsilon = std::numeric_limits<R>::epsilon();
  Bracket<R> in;
  R t = search.start, reach = search.reach, width = in.high;
  for (int i = 0; i < search.longest; ++i) {
    const Falling<R> at = taken(t);
    if (at.excess == 0) return {t, true, in};
    if (std::isnan(at.excess)) break;
    in.narrow(t, at.excess);
    R next = std::numeric_limits<R>::quiet_NaN();
    if (at.slope > 0 && std::isfinite(at.excess)) next = t + straightened_step(search, at);
    const R scale = std::max(search.least_scale, std::abs(t));
    if (std::abs(next - t) <= search.tolerance * scale) return {next, true, in};
    // A slope that is nearly 0 would lead out of the world.
    const R leap = 16 * reach;
    if (!in.closed() && std::abs(next - t) > leap) {
      next = next > t ? t + leap : t - leap;
      reach *= 4;
    }
    // Of many steep steps the slope at one point tells little.
    if (in.closed() && !in.agrees(at.slope)) next = in.chord();
    // Three steps that do not halve the bracket: a kink or a plateau.
    const bool slow = in.closed() && i % 3 == 2 && !(in.high - in.low < width / 2);
    if (i % 3 == 2) width = in.high - in.low;
    if (!(next > in.low && next < in.high) || slow) {
      if (std::abs(next - t) <= 2 * kEpsilon * std::max(search.unit, std::abs(t)))
        return {t, true, in};
      next = in.closed() ? in.low + (in.high - in.low) / 2 : at.excess > 0 ? t + reach : t - reach;
      reach *= 2;
    }
    if (std::abs(next - t) <= kEpsilon * scale || !(in.low < in.high)) return {next, true, in};
    t = next;
  }
  return {t, false, in};
}

}  // namespace gibbs::kernels
