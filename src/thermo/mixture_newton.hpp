#pragma once
// Newton's method on a mixture's objective, a step at a time.

#include <Eigen/Dense>

#include "thermo/mixture.hpp"

namespace gibbs::thermo::detail {

// max_k |sum_n p_k(n) - N_k| / N_k; NaN if any is.
double gradient_norm(const Mixture& mixture, const Evaluation& at);

// Newton's step among states that some samples join, however few as long as a double can tell; one
// step for all states of each group that next to none joins to the others.
//
//   imbalance  the largest |sum_n p(n) - N| / N of such groups; 0 if there is but one
struct NewtonStep {
  Eigen::VectorXd step;
  double imbalance = 0;
};
inline constexpr double kBalanced = 1e-3;  // an imbalance that Newton's method bears
NewtonStep newton_step(const Mixture& mixture, const Evaluation& at);

// Evaluates; takes what rest has become into the centre, if p would feel its rounding.
Evaluation settle(Mixture& mixture);

// Moves along the step, shortened up to `most` - 1 times until the objective falls, and evaluates
// there. False if it never does: all is as it was.
bool descend(Mixture& mixture, Evaluation& at, const Eigen::VectorXd& step, int most = 40);

}  // namespace gibbs::thermo::detail
