#pragma once
// One row of the Concrete law in double: its density at a point, and the gradients of that.

#include <cstdint>

namespace gibbs::sampling {

// log_weights may be null (0).
struct ConcretePoint {
  const double* scores;
  const double* log_weights;
  const double* log_y;
  std::int64_t n;
  double temperature, tau;
  bool on_simplex;  // the density of y, else that of log y
};

// Returns the log density (gibbs/sampling/concrete_density.hpp). log_shares, n of them, get
// log softmax(q), -inf for absent states; undefined where the answer is not finite.
double concrete_log_density(const ConcretePoint& point, double* log_shares);

// From log_shares and the upstream u: c_i = u (1 - n softmax(q)_i), and u (n - 1) / tau - sum_i c_i
// log y_i, which is returned.
double concrete_gradient(const ConcretePoint& point, const double* log_shares, double upstream,
                         double* c);

}  // namespace gibbs::sampling
