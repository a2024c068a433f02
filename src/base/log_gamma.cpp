#include "base/log_gamma.hpp"

#include <math.h>  // NOLINT(modernize-deprecated-headers): lgamma_r is POSIX's, not std's

#include <cmath>

namespace gibbs::base {

double log_gamma(double x) {
#ifndef _WIN32
  int sign = 0;
  return ::lgamma_r(x, &sign);
#else
  return std::lgamma(x);
#endif
}

}  // namespace gibbs::base
