#include "base/log_gamma.hpp"

#include <cmath>

namespace gibbs::base {

double log_gamma(double x) {
#ifndef _WIN32
  int sign = 0;  // lgamma_r is POSIX's, which <cmath> brings along
  return ::lgamma_r(x, &sign);
#else
  return std::lgamma(x);
#endif
}

}  // namespace gibbs::base
