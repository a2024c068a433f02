#pragma once
// The logarithm of the gamma function, in any number of threads.

namespace gibbs::base {

// log |Gamma(x)| as the C library has it. std::lgamma of most C libraries also writes the sign to
// the global signgam, which is a race between threads.
double log_gamma(double x);

}  // namespace gibbs::base
