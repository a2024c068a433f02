#pragma once
// Functions of one number, the same bits on every machine.

#include <algorithm>
#include <limits>

#include "kernels/portable.hpp"

namespace gibbs::sampling {

// x >= 0; -inf for 0.
inline double log_of(double x) {
  double log = 0;
  kernels::portable_log(&x, 1, &log);
  return log;
}

// x, or the largest number of its sign.
inline double within(double x) {
  constexpr double kMost = std::numeric_limits<double>::max();
  return std::clamp(x, -kMost, kMost);
}

// 0 and infinity beyond the range of double.
inline double exp_of(double x) {
  const double minus = x < 0 ? x : -x;
  double exp = 0;
  kernels::portable_weights(&minus, 1, 0, 1, &exp);
  return x < 0 ? exp : 1 / exp;
}

}  // namespace gibbs::sampling
