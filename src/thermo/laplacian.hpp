#pragma once
// The curvature of the mixture's objective is the Laplacian of a graph: states joined by the
// samples that they share.

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

namespace gibbs::thermo::detail {

// States joined by weights of at least `least`, directly or through others; in order of their
// first.
std::vector<std::vector<std::int64_t>> components_of(const Eigen::MatrixXd& weights, double least);

// L = diag(sum_j S_ij) - S_ij of each component, scaled by the counts N. The diagonal is a sum of
// what lies beside it, so weak links keep all their digits.
class Laplacian {
 public:
  Laplacian(const Eigen::MatrixXd& shared, const std::vector<double>& counts, double least);

  const std::vector<std::vector<std::int64_t>>& components() const { return components_; }
  // Which of them a state belongs to.
  std::int64_t component_of(std::int64_t state) const {
    return of_[static_cast<std::size_t>(state)];
  }
  // x with L x = b within each component, for b that sums to 0 there (what it has beside is
  // ignored), and sum N x = 0.
  Eigen::MatrixXd solve(const Eigen::MatrixXd& b) const;

 private:
  Eigen::VectorXd counts_;
  std::vector<std::vector<std::int64_t>> components_;
  std::vector<std::int64_t> of_;
  std::vector<Eigen::LDLT<Eigen::MatrixXd>> factors_;
};

}  // namespace gibbs::thermo::detail
