#include "thermo/dual.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <utility>

#include "thermo/compensated.hpp"

namespace gibbs::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class Dual {
 public:
  Dual(const MatrixXd& states, const VectorXd& degeneracies) : y_(states), g_(degeneracies) {}

  DualPoint at(VectorXd theta) const {
    DualPoint point{std::move(theta), 0, {}, VectorXd(y_.cols())};
    const VectorXd scores = -(y_ * point.theta);
    const double highest = scores.maxCoeff();
    point.probabilities = g_.array() * (scores.array() - highest).exp();
    detail::CompensatedSum total;
    for (const double w : point.probabilities) total.add(w);
    point.value = highest + std::log(total.value());
    point.probabilities /= total.value();
    for (Index c = 0; c < y_.cols(); ++c) {
      detail::CompensatedSum mean;
      for (Index s = 0; s < y_.rows(); ++s) mean.add(point.probabilities[s] * y_(s, c));
      point.mean[c] = mean.value();
    }
    return point;
  }

  // By how much a step changes an exponent at most.
  double length(const VectorXd& step) const { return (y_ * step).lpNorm<Eigen::Infinity>(); }

  // -H^-1 gradient, H the covariance of y.
  VectorXd newton_step(const DualPoint& point) const {
    const MatrixXd centred = y_.rowwise() - point.mean.transpose();
    MatrixXd covariance = centred.transpose() * point.probabilities.asDiagonal() * centred;
    double ridge = 0;
    for (int i = 0; i < 60; ++i) {
      const Eigen::LDLT<MatrixXd> factors(covariance);
      VectorXd step = factors.solve(point.mean);
      if (factors.isPositive() && step.allFinite() && step.dot(point.mean) > 0) return step;
      const double more = ridge > 0 ? 9 * ridge : 1e-16 * covariance.trace() + 1e-300;
      covariance.diagonal().array() += more;
      ridge += more;
    }
    return point.mean;
  }

 private:
  const MatrixXd& y_;
  const VectorXd& g_;
};

double slope(const DualPoint& point, const VectorXd& step) { return -point.mean.dot(step); }

// Whether a step went too far: its slope turned, to more than half of what it was, or the value
// rose.
bool is_too_far(const DualPoint& from, const DualPoint& to, const VectorXd& step) {
  const double rounding = 1e-14 * (1 + std::abs(from.value));
  return !(slope(to, step) <= -slope(from, step) / 2 && to.value <= from.value + rounding);
}

// The first of 1, 1/2, 1/4, ... that is not too far; if that is 1, as often doubled as the slope
// stays above half of what it was: far out the dual is nearly straight. Slopes decide, since close
// to the boundary of the moments they keep their digits while values become equal.
DualPoint search_line(const Dual& dual, const DualPoint& from, const VectorXd& step) {
  double share = 1;
  DualPoint next = dual.at(from.theta + step);
  while (is_too_far(from, next, step) && share > 1e-10) {
    share /= 2;
    next = dual.at(from.theta + share * step);
  }
  while (share >= 1 && share < 1e15 && slope(next, step) < slope(from, step) / 2) {
    DualPoint further = dual.at(from.theta + 2 * share * step);
    if (is_too_far(from, further, step)) break;
    next = std::move(further);
    share *= 2;
  }
  return next;
}

// Newton steps for as long as they become shorter.
void polish(const Dual& dual, VectorXd step, DualMinimum& minimum) {
  for (int i = 0; i < 6; ++i) {
    ++minimum.iterations;
    DualPoint next = dual.at(minimum.point.theta + step);
    const VectorXd following = dual.newton_step(next);
    if (!(dual.length(following) < dual.length(step))) return;
    minimum.point = std::move(next);
    step = following;
  }
}

}  // namespace

DualMinimum minimise_dual(const MatrixXd& states, const VectorXd& degeneracies,
                          std::int64_t max_iterations) {
  const Dual dual(states, degeneracies);
  DualMinimum minimum{dual.at(VectorXd::Zero(states.cols()))};
  minimum.converged = states.cols() == 0;
  while (!minimum.converged && minimum.iterations < max_iterations) {
    const VectorXd step = dual.newton_step(minimum.point);
    if (dual.length(step) < 1e-4) {
      polish(dual, step, minimum);
      minimum.converged = true;
      return minimum;
    }
    ++minimum.iterations;
    minimum.point = search_line(dual, minimum.point, step);
  }
  return minimum;
}

}  // namespace gibbs::thermo
