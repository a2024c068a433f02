#pragma once
// The convex dual of maximum entropy: ln sum_s g_s exp(-theta . y_s).

#include <Eigen/Core>
#include <cstdint>

namespace gibbs::thermo {

struct DualPoint {
  Eigen::VectorXd theta;
  double value = 0;               // ln sum g exp(-theta . y)
  Eigen::VectorXd probabilities;  // of each state
  Eigen::VectorXd mean;           // sum p y: minus the gradient
};

struct DualMinimum {
  DualPoint point;
  bool converged = false;
  std::int64_t iterations = 0;
};

// Newton steps with a line search, doubled where the slope goes on. Rows of `states` are y_s with
// entries up to about 1, 0 strictly inside their hull.
DualMinimum minimise_dual(const Eigen::MatrixXd& states, const Eigen::VectorXd& degeneracies,
                          std::int64_t max_iterations);

}  // namespace gibbs::thermo
