#pragma once
// One state's share of the Tsallis entropy, and its derivatives.

#include <cmath>
#include <limits>

namespace gibbs::maps {

// g h(p / g) of H = sum g h(p / g): (p - p^alpha g^(1 - alpha)) / (alpha (alpha - 1)), which is
// -p (r^b - 1) / (alpha b) with r = p / g, b = alpha - 1.
// range     0 < alpha < inf, log g < inf
// edges     p = 0: 0. p < 0 or NaN: NaN
inline double entropy_term(double p, double log_g, double alpha) {
  if (p == 0) return 0;
  if (!(p > 0)) return std::numeric_limits<double>::quiet_NaN();
  const double b = alpha - 1, log_r = std::log(p) - log_g;
  if (b == 0) return -p * log_r;
  return -p * std::expm1(b * log_r) / (alpha * b);
}

// Its derivative in log g: p^alpha g^(1 - alpha) / alpha.
inline double entropy_term_by_log_g(double p, double log_g, double alpha) {
  return p == 0 ? 0 : p * std::exp((alpha - 1) * (std::log(p) - log_g)) / alpha;
}

// Its derivative in alpha. With l = log r and phi(y) = (e^y - 1) / y, the term is -p l phi(b l) /
// alpha, so this is p l phi(b l) / alpha^2 - p l^2 phi'(b l) / alpha.
inline double entropy_term_by_alpha(double p, double log_g, double alpha) {
  if (p == 0) return 0;
  const double l = std::log(p) - log_g, y = (alpha - 1) * l;
  // Below 1e-2 phi' by its series, to y^6 / 5760: it cancels there.
  const bool small = std::abs(y) < 1e-2;
  const double phi = y == 0 ? 1 : std::expm1(y) / y;
  const double slope =
      small ? 0.5 + y * (1.0 / 3 + y * (1.0 / 8 + y * (1.0 / 30 + y * (1.0 / 144 + y / 840))))
            : (std::exp(y) - phi) / y;
  return p * l * (phi / alpha - l * slope) / alpha;
}

}  // namespace gibbs::maps
