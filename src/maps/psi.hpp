#pragma once
// What is left of an exponential beyond its first two terms.

#include <cmath>

namespace gibbs::maps {

// (exp(-y) - 1 + y) / y^2, which is 1/2 at 0.
inline double psi(double y) {
  if (std::abs(y) > 0.5) return (std::expm1(-y) + y) / (y * y);
  double sum = 0, term = 0.5;
  for (int k = 3; k < 20; ++k) {
    sum += term;
    term *= -y / k;
  }
  return sum;
}

}  // namespace gibbs::maps
