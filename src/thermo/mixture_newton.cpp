#include "thermo/mixture_newton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "thermo/laplacian.hpp"

namespace gibbs::thermo::detail {
namespace {

using Eigen::VectorXd;

constexpr double kLeastRatio = 1e-300;

VectorXd counts_of(const Mixture& m) {
  return VectorXd::Map(m.counts.data(), std::ssize(m.counts));
}

class LineSearch {
 public:
  LineSearch(Mixture& m, Evaluation& at, const VectorXd& step)
      : m_(m), at_(at), step_(step), start_(m.rest), slope_(at.gradient.dot(step)) {}

  bool run(int most) {
    double length = 1;
    for (int i = 0; i < most; ++i) {
      for (std::size_t k = 0; k < start_.size(); ++k) {
        m_.rest[k] = start_[k] + length * step_[static_cast<Eigen::Index>(k)];
      }
      Evaluation there = evaluate(m_);
      const double slope = there.gradient.dot(step_);
      if (accepts(there, length, slope)) {
        at_ = std::move(there);
        return true;
      }
      length *= std::isfinite(slope) ? std::clamp(slope_ / (slope_ - slope), 0.1, 0.5) : 0.1;
    }
    m_.rest = start_;
    return false;
  }

 private:
  // Armijo's condition. Where rounding hides the descent, a slope that is less steep tells as much:
  // the objective is convex. Where it hides the slope too, the gradient itself does.
  bool accepts(const Evaluation& there, double length, double slope) const {
    const double change = there.objective - at_.objective;
    if (change <= 1e-4 * length * slope_) return true;
    double terms = at_.magnitude;
    for (const double n : m_.counts) terms += n;
    return change <= 1e-13 * terms && (std::abs(slope) <= 0.9 * std::abs(slope_) ||
                                       gradient_norm(m_, there) <= 0.5 * gradient_norm(m_, at_));
  }

  Mixture& m_;
  Evaluation& at_;
  const VectorXd& step_;
  const std::vector<double> start_;
  const double slope_;
};

// S of a group with all others.
double shared_outside(const Eigen::MatrixXd& shared, const std::vector<std::int64_t>& states) {
  std::vector<bool> inside(static_cast<std::size_t>(shared.cols()));
  for (const std::int64_t k : states) inside[static_cast<std::size_t>(k)] = true;
  double sum = 0;
  for (Eigen::Index j = 0; j < shared.cols(); ++j) {
    if (inside[static_cast<std::size_t>(j)]) continue;
    for (const std::int64_t k : states) sum += shared(k, j);
  }
  return sum;
}

// Of a group that claims `excess` more than its `own` samples: Newton's, by 1 at most, which on the
// tail of an exponential is what Newton's is; by the self-consistent equations where rounding is
// all that it claims.
double group_step(double excess, double own, double shared, double all) {
  if (std::abs(excess) > 1e-15 * all && shared > 0) return std::clamp(-excess / shared, -1.0, 1.0);
  return -std::log(std::max(1 + excess / own, kLeastRatio));
}

bool recentre(Mixture& m) {
  constexpr double kLarge = 4;
  const auto [least, most] = std::minmax_element(m.rest.begin(), m.rest.end());
  const double anchored = std::nearbyint(m.rest[m.anchor]);
  if (*most <= kLarge && *least >= -kLarge) return false;
  for (std::size_t k = 0; k < m.rest.size(); ++k) {
    const double whole = std::nearbyint(m.rest[k]);
    m.centre[k] += whole - anchored;
    m.rest[k] -= whole;
  }
  return true;
}

}  // namespace

double gradient_norm(const Mixture& m, const Evaluation& at) {
  const double norm = (at.gradient.array() / counts_of(m).array()).abs().maxCoeff();
  return at.gradient.hasNaN() ? std::numeric_limits<double>::quiet_NaN() : norm;
}

NewtonStep newton_step(const Mixture& m, const Evaluation& at) {
  const VectorXd counts = counts_of(m);
  const Laplacian laplacian(at.shared, m.counts, 1e-13 * counts.maxCoeff());
  NewtonStep newton{-laplacian.solve(at.gradient)};
  if (laplacian.components().size() == 1) return newton;
  for (const auto& states : laplacian.components()) {
    const double excess = at.gradient(states).sum(), own = counts(states).sum();
    const double step = group_step(excess, own, shared_outside(at.shared, states), counts.sum());
    for (const std::int64_t k : states) newton.step[k] += step;
    newton.imbalance = std::max(newton.imbalance, std::abs(excess) / own);
  }
  return newton;
}

Evaluation settle(Mixture& m) {
  recentre(m);
  return evaluate(m);
}

bool descend(Mixture& m, Evaluation& at, const VectorXd& step, int most) {
  if (!LineSearch(m, at, step).run(most)) return false;
  if (recentre(m)) at = evaluate(m);
  return true;
}

}  // namespace gibbs::thermo::detail
