#pragma once
// ln n! = n ln n - n + root(n) + tail(n), each part to full precision.

#include <cstdint>

namespace gibbs::thermo {

// ln sqrt(2 pi n), n >= 1.
double root_term(double n);

// What Stirling's leading terms and the root leave of ln n!, n >= 1 and whole:
// 1 / (12 n) - 1 / (360 n^3) + ...
double factorial_tail(double n);

// The same without 1 / (12 n): negative, -1 / (360 n^3) + ...
double factorial_tail_beyond_inverse(double n);

// ln n! - n ln n + n, n >= 0.
inline double factorial_excess(double n) { return n > 0 ? root_term(n) + factorial_tail(n) : 0; }

// What n counts lose against the rate that they are expected at, -ln of a Poisson probability:
// rate - n ln rate + ln n! >= 0.
double poisson_cost(double n, double log_rate);

}  // namespace gibbs::thermo
