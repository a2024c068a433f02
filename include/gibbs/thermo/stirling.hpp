#pragma once
// Logarithms of factorials, and how far Stirling is from them.

#include <cstdint>
#include <span>

namespace gibbs::thermo {

// ln n!
// accuracy  1e-15 of itself
// throws    std::invalid_argument: n not from 0 to 2^53
double log_factorial(std::int64_t n);

// An approximation, and its error: value - exact, which is computed by itself and so has all its
// digits even where the two agree.
struct Approximation {
  double value = 0, error = 0;
};

//   leading       n ln n - n
//   with_root     + 1/2 ln(2 pi n)
//   with_inverse  + 1 / (12 n)
struct Stirling {
  double exact = 0;
  Approximation leading, with_root, with_inverse;
};

// ln n! by each.
// accuracy  errors to 1e-13 of themselves
// throws    std::invalid_argument: n not from 1 to 2^53
// source    Stirling 1730; Robbins 1955 (bounds of the error, from the same steps n to n + 1)
Stirling stirling(std::int64_t n);

// ln(N! prod g_s^n_s / n_s!) with each factorial replaced; leading: N times the entropy of n / N.
// Levels that hold nothing have no part in it. degeneracies empty: 1 each.
// accuracy  errors to 1e-13 of the sum of the errors of all factorials
// throws    std::invalid_argument: as log_arrangements; N = 0
Stirling stirling(std::span<const std::int64_t> occupation,
                  std::span<const std::int64_t> degeneracies = {});

}  // namespace gibbs::thermo
