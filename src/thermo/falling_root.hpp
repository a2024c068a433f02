#pragma once
// The root of a falling function of t > 0 over the whole range of a double.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gibbs::thermo {

// The function at t: its sign says on which side the root lies, its size how far; Newton's step,
// and the size of a step that is lost in rounding.
struct FallingProbe {
  double excess = 0, step = 0, tolerance = 0;
};

struct FallingRoot {
  double t = 0;
  bool converged = false;
  std::int64_t iterations = 0;
};

// Newton's method in a bracket that is halved in its exponent where a step does not halve the
// excess: at most a dozen times until the scale is found, whatever it is.
template <class Probe>
FallingRoot find_falling_root(double low, double high, double start, const Probe& probe) {
  constexpr int kLongest = 200;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  constexpr double kLargest = std::numeric_limits<double>::max();
  double t = start, before = std::numeric_limits<double>::infinity(), growth = 16;
  for (std::int64_t i = 1; i <= kLongest; ++i) {
    const FallingProbe at = probe(t);
    if (at.excess == 0) return {t, true, i};
    (at.excess > 0 ? low : high) = t;
    double next = t + at.step;
    const bool inside = next > low && next < high;
    if (std::abs(at.step) <= at.tolerance) return {inside ? next : t, true, i};
    if (!inside || std::abs(at.excess) > before / 2) {
      if (high > kLargest) {
        next = std::min(std::max(t, kSmallest) * growth, kLargest);
        growth *= growth;
      } else {
        next = std::sqrt(std::max(low, kSmallest)) * std::sqrt(high);
      }
    }
    if (!(next > low && next < high)) return {t, true, i};  // neighbours
    before = std::abs(at.excess);
    t = next;
  }
  return {t, false, kLongest};
}

}  // namespace gibbs::thermo
