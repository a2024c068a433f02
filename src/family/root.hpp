#pragma once
// The root of a falling function: Newton's method inside a bracket.

#include <algorithm>
#include <cmath>
#include <limits>

namespace gibbs::family {

// (1 - (sum / room)^-b) / b: the relative step that is exact where sum^b is straight in t.
template <class R>
R straightened(R sum, R room, double b) {
  const R y = std::log(sum / room);
  return b == 0 ? y : -std::expm1(-static_cast<R>(b) * y) / static_cast<R>(b);
}

// t with taken(t).sum = room; taken(t) falls and has slope = -d sum / dt. `b` is the power that
// straightens it, `start` where to begin.
template <class R, class Of>
R find_root(const Of& taken, R room, double b, R start) {
  constexpr R kEpsilon = std::numeric_limits<R>::epsilon();
  R low = -std::numeric_limits<R>::infinity(), high = -low;
  R t = start, reach = 1, width = high;
  for (int i = 0; i < 400; ++i) {
    const auto at = taken(t);
    if (at.sum == room) return t;
    (at.sum > room ? low : high) = t;
    R next = std::numeric_limits<R>::quiet_NaN();
    if (at.slope > 0 && at.sum > 0 && std::isfinite(at.sum)) {
      next = t + at.sum / at.slope * straightened(at.sum, room, b);
    }
    const bool bracketed = std::isfinite(low) && std::isfinite(high);
    // Three steps that do not halve the bracket: a kink or a plateau.
    const bool slow = bracketed && i % 3 == 2 && !(high - low < width / 2);
    if (i % 3 == 2) width = high - low;
    if (!(next > low && next < high) || slow) {
      if (std::abs(next - t) <= 2 * kEpsilon * std::max(R{1}, std::abs(t))) return t;
      next = bracketed ? low + (high - low) / 2 : at.sum > room ? t + reach : t - reach;
      reach *= 2;
    }
    const bool arrived = std::abs(next - t) <= kEpsilon * std::max(R{1e-6}, std::abs(next));
    t = next;
    if (arrived || !(low < high)) return t;
  }
  return t;
}

}  // namespace gibbs::family
