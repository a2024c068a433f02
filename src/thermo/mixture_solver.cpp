#include "thermo/mixture_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.hpp"

namespace gibbs::thermo::detail {
namespace {

using Eigen::VectorXd;

constexpr double kLeastRatio = 1e-300;

VectorXd counts_of(const Mixture& m) {
  return VectorXd::Map(m.counts.data(), std::ssize(m.counts));
}

double gradient_norm(const Mixture& m, const Evaluation& e) {
  const double norm = (e.gradient.array() / counts_of(m).array()).abs().maxCoeff();
  return e.gradient.hasNaN() ? std::numeric_limits<double>::quiet_NaN() : norm;
}

// Newton's step among states that some samples join, however few as long as a double can tell; a
// self-consistent step, the same for all its states, of each group that none joins to the others.
VectorXd direction(const Mixture& m, const Evaluation& e) {
  const VectorXd counts = counts_of(m);
  const Laplacian laplacian(e.shared, m.counts, 1e-13 * counts.maxCoeff());
  VectorXd step = -laplacian.solve(e.gradient);
  if (laplacian.components().size() == 1) return step;
  for (const auto& states : laplacian.components()) {
    const double ratio = 1 + e.gradient(states).sum() / counts(states).sum();
    for (const std::int64_t k : states) step[k] -= std::log(std::max(ratio, kLeastRatio));
  }
  return step;
}

// By how much a step changes the differences within components.
double largest_move(const VectorXd& step,
                    const std::vector<std::vector<std::int64_t>>& components) {
  double most = 0;
  for (const auto& states : components) {
    const VectorXd part = step(states);
    most = std::max(most, part.maxCoeff() - part.minCoeff());
  }
  return most;
}

// A point of the line search: how far along the step, and what was found there.
struct Trial {
  double length = 1;
  Evaluation at;
};

class LineSearch {
 public:
  LineSearch(Mixture& m, const Evaluation& from, const VectorXd& step)
      : m_(m), from_(from), step_(step), start_(m.rest), slope_(from.gradient.dot(step)) {}

  // Whether some length was accepted; if not, the mixture is where it was.
  bool run(Trial& trial) {
    constexpr int kMost = 40;
    for (int i = 0; i < kMost; ++i) {
      for (std::size_t k = 0; k < start_.size(); ++k) {
        m_.rest[k] = start_[k] + trial.length * step_[static_cast<Eigen::Index>(k)];
      }
      trial.at = evaluate(m_);
      const double slope = trial.at.gradient.dot(step_);
      if (accepts(trial, slope)) return true;
      trial.length *= std::isfinite(slope) ? std::clamp(slope_ / (slope_ - slope), 0.1, 0.5) : 0.1;
    }
    m_.rest = start_;
    return false;
  }

 private:
  // Armijo's condition. Where rounding hides the descent, a slope that is less steep tells as much:
  // the objective is convex.
  bool accepts(const Trial& trial, double slope) const {
    const double change = trial.at.objective - from_.objective;
    if (change <= 1e-4 * trial.length * slope_) return true;
    double terms = std::abs(from_.objective);
    for (const double n : m_.counts) terms += n;
    return change <= 1e-13 * terms && std::abs(slope) <= 0.9 * std::abs(slope_);
  }

  Mixture& m_;
  const Evaluation& from_;
  const VectorXd& step_;
  const std::vector<double> start_;
  const double slope_;
};

SolveStatus status_of(const SolveReport& r, bool reached, bool stalled) {
  if (reached) {
    return r.components.size() == 1 ? SolveStatus::kConverged : SolveStatus::kDisconnected;
  }
  return stalled ? SolveStatus::kStalled : SolveStatus::kIterationLimit;
}

// Whether some state has next to no sample: too far for Newton's method, and for a double.
bool is_far(const Mixture& m, const Evaluation& e) {
  return ((e.gradient.array() / counts_of(m).array() + 1) < kLeastRatio).any();
}

// The fixed point f_k = -ln sum_n exp(-u_k) / D_n, once, by logarithms: it always descends.
void self_consistent_step(Mixture& m) {
  const std::vector<double> logs = log_sums(m, *m.source, m.index);
  for (std::size_t k = 0; k < logs.size(); ++k) {
    if (std::isfinite(logs[k])) m.centre[k] = -logs[k];
    m.rest[k] = 0;
  }
}

// Takes what rest has become into the centre, and the mean of ln D out of it, if they are so large
// that p feels their rounding. Returns whether they were.
bool recentre(Mixture& m, const Evaluation& e) {
  constexpr double kLargeRest = 4, kLargeMean = 64;
  double sum = e.objective, count = 0, most = 0;
  for (std::size_t k = 0; k < m.rest.size(); ++k) {
    sum += m.counts[k] * m.rest[k];
    count += m.counts[k];
    most = std::max(most, std::abs(m.rest[k]));
  }
  const double mean = sum / count;
  if (!std::isfinite(mean) || (most <= kLargeRest && std::abs(mean) <= kLargeMean)) return false;
  for (std::size_t k = 0; k < m.rest.size(); ++k) {
    m.centre[k] += std::exchange(m.rest[k], 0) - mean;
  }
  return true;
}

// The iteration, and where it stands.
class Solver {
 public:
  Solver(Mixture& m, const SolveOptions& options, double steady)
      : m_(m), options_(options), steady_(steady), solved_{{}, evaluate(m)} {
    settle();
  }

  Solved run() {
    while (!is_reached() && report().iterations < options_.max_iterations && !stalled_) step();
    report().status = status_of(report(), reached_, stalled_);
    report().converged = report().status == SolveStatus::kConverged;
    return std::move(solved_);
  }

 private:
  SolveReport& report() { return solved_.report; }
  void settle() {
    if (recentre(m_, solved_.at)) solved_.at = evaluate(m_);
  }

  // Measures where the mixture is, and plans the next step.
  bool is_reached() {
    direction_ = direction(m_, solved_.at);
    report().components = components_of(solved_.at.shared, options_.least_shared);
    report().gradient_norm = gradient_norm(m_, solved_.at);
    report().newton_step = largest_move(direction_, report().components);
    certified_ = report().gradient_norm <= options_.tolerance;
    // No longer falling: rounding is all that is left.
    reached_ =
        certified_ && (report().newton_step <= steady_ || report().newton_step > before_ / 4);
    if (certified_) before_ = report().newton_step;
    return reached_;
  }

  void step() {
    ++report().iterations;
    if (is_far(m_, solved_.at)) {
      self_consistent_step(m_);
      solved_.at = evaluate(m_);
      return settle();
    }
    Trial trial;
    if (LineSearch(m_, solved_.at, direction_).run(trial)) {
      solved_.at = std::move(trial.at);
      settle();
    } else {
      stalled_ = !certified_;
      before_ = 0;  // if certified it is reached, as nothing falls any more
    }
  }

  Mixture& m_;
  const SolveOptions& options_;
  const double steady_;
  Solved solved_;
  Eigen::VectorXd direction_;
  double before_ = std::numeric_limits<double>::infinity();
  bool certified_ = false, reached_ = false, stalled_ = false;
};

}  // namespace

Solved solve(Mixture& m, const SolveOptions& options, double steady) {
  return Solver(m, options, steady).run();
}

}  // namespace gibbs::thermo::detail
