#include "thermo/mixture_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "thermo/cooling.hpp"
#include "thermo/mixture_newton.hpp"

namespace gibbs::thermo::detail {
namespace {

using Eigen::VectorXd;

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

SolveStatus status_of(const SolveReport& r, bool reached, bool stalled) {
  if (reached) {
    return r.components.size() <= 1 ? SolveStatus::kConverged : SolveStatus::kDisconnected;
  }
  return stalled ? SolveStatus::kStalled : SolveStatus::kIterationLimit;
}

// The iteration, and where it stands.
class Solver {
 public:
  Solver(Mixture& m, const SolveOptions& options, double steady)
      : m_(m), options_(options), steady_(steady), solved_{{}, settle(m)} {}

  Solved run() {
    while (!is_reached() && report().iterations < options_.max_iterations && !stalled_) step();
    if (!is_optimum()) report().components.clear();
    report().status = status_of(report(), reached_, stalled_);
    report().converged = report().status == SolveStatus::kConverged;
    return std::move(solved_);
  }

 private:
  SolveReport& report() { return solved_.report; }

  // Measures where the mixture is, and plans the next step.
  bool is_reached() {
    newton_ = newton_step(m_, solved_.at);
    report().components = components_of(solved_.at.shared, options_.least_shared);
    report().gradient_norm = gradient_norm(m_, solved_.at);
    report().newton_step = largest_move(newton_.step, report().components);
    certified_ = report().gradient_norm <= options_.tolerance;
    // No longer falling: rounding is all that is left.
    reached_ =
        certified_ && (report().newton_step <= steady_ || report().newton_step > before_ / 4);
    if (certified_) before_ = report().newton_step;
    return reached_;
  }

  // Whether all that has still to move is less than what two states must share to be connected.
  // Elsewhere nobody knows who shares samples with whom.
  bool is_optimum() const {
    double counts = 0;
    for (const double n : m_.counts) counts += n;
    return solved_.at.gradient.lpNorm<1>() <= options_.least_shared + 1e-12 * counts;
  }

  // Newton's method from here would take long, if it came anywhere at all.
  bool is_far() {
    constexpr std::int64_t kUsual = 10;
    return newton_.imbalance > kBalanced || report().iterations >= kUsual;
  }

  void step() {
    ++report().iterations;
    if (!cooled_ && !certified_ && is_far()) {
      cooled_ = true;
      report().iterations += cool(m_, options_.max_iterations - report().iterations);
      solved_.at = settle(m_);
    } else if (!descend(m_, solved_.at, newton_.step)) {
      stalled_ = !certified_;
      before_ = 0;  // if certified it is reached, as nothing falls any more
    }
  }

  Mixture& m_;
  const SolveOptions& options_;
  const double steady_;
  Solved solved_;
  NewtonStep newton_;
  double before_ = std::numeric_limits<double>::infinity();
  bool certified_ = false, reached_ = false, stalled_ = false, cooled_ = false;
};

}  // namespace

Solved solve(Mixture& m, const SolveOptions& options, double steady) {
  return Solver(m, options, steady).run();
}

}  // namespace gibbs::thermo::detail
