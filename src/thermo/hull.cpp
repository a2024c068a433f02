#include "thermo/hull.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <numeric>
#include <utility>

namespace gibbs::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kTolerance = 1e-12;

MatrixXd rows_of(const MatrixXd& points, const std::vector<Index>& which) {
  MatrixXd chosen(static_cast<Index>(which.size()), points.cols());
  for (std::size_t i = 0; i < which.size(); ++i) {
    chosen.row(static_cast<Index>(i)) = points.row(which[i]);
  }
  return chosen;
}

std::vector<Index> all_of(const MatrixXd& points) {
  std::vector<Index> all(static_cast<std::size_t>(points.rows()));
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

// Weights v, sum v = 1, of the point of least norm in the affine hull of the rows of `corral`.
VectorXd affine_weights(const MatrixXd& corral) {
  const Index n = corral.rows();
  MatrixXd system = MatrixXd::Zero(n + 1, n + 1);
  system.topLeftCorner(n, n) = corral * corral.transpose();
  system.topRightCorner(n, 1).setOnes();
  system.bottomLeftCorner(1, n).setOnes();
  VectorXd right = VectorXd::Zero(n + 1);
  right[n] = 1;
  return VectorXd(system.colPivHouseholderQr().solve(right)).head(n);
}

// Few points whose simplex holds the nearest one in its inside, with their weights.
class Corral {
 public:
  explicit Corral(const MatrixXd& points) : points_(points) {
    Index nearest = 0;
    points.rowwise().squaredNorm().minCoeff(&nearest);
    members_ = {nearest};
    weights_ = {1.0};
  }

  // Those whose weight is not rounding.
  std::vector<Index> support() const {
    std::vector<Index> support;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (weights_[i] > kTolerance) support.push_back(members_[i]);
    }
    return support;
  }
  VectorXd point() const {
    VectorXd sum = VectorXd::Zero(points_.cols());
    for (std::size_t i = 0; i < members_.size(); ++i) {
      sum += weights_[i] * points_.row(members_[i]).transpose();
    }
    return sum;
  }

  // Takes in a point and lets go of those that this makes unnecessary. False: it was there.
  bool add(Index point) {
    if (std::ranges::find(members_, point) != members_.end()) return false;
    members_.push_back(point);
    weights_.push_back(0);
    while (!settle()) continue;
    return true;
  }

 private:
  // Goes to the nearest point of the affine hull, or as far as the simplex reaches.
  bool settle() {
    const VectorXd v = affine_weights(rows_of(points_, members_));
    double share = 1;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const double to = v[static_cast<Index>(i)];
      if (to <= 0) share = std::min(share, weights_[i] / (weights_[i] - to));
    }
    std::vector<Index> members;
    std::vector<double> weights;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const double to = v[static_cast<Index>(i)];
      const double weight = weights_[i] + share * (to - weights_[i]);
      if (!(weight > 1e-15)) continue;
      members.push_back(members_[i]);
      weights.push_back(weight);
    }
    const bool inside = members.size() == members_.size();
    members_ = std::move(members);
    weights_ = std::move(weights);
    return inside || members_.size() == 1;
  }

  const MatrixXd& points_;
  std::vector<Index> members_;
  std::vector<double> weights_;
};

HullPlace place_on_line(const MatrixXd& points) {
  const double low = points.col(0).minCoeff(), high = points.col(0).maxCoeff();
  if (low > 0) return {true, VectorXd::Ones(1), {}};
  if (high < 0) return {true, -VectorXd::Ones(1), {}};
  HullPlace place{false, {}, all_of(points)};
  if (low == 0 || high == 0) {
    std::erase_if(place.face, [&](Index s) { return points(s, 0) != 0; });
  }
  return place;
}

// Points without their part in the span of some of them, those that are 0 but for rounding apart.
MatrixXd without_span(const MatrixXd& points, const std::vector<Index>& of) {
  MatrixXd basis = rows_of(points, of).transpose();
  for (auto column : basis.colwise()) {
    if (column.norm() <= kTolerance) column.setZero();
  }
  Eigen::ColPivHouseholderQR<MatrixXd> qr(basis);
  qr.setThreshold(kTolerance);
  const MatrixXd q = qr.householderQ() * MatrixXd::Identity(points.cols(), qr.rank());
  const MatrixXd once = points - points * q * q.transpose();
  return once - once * q * q.transpose();
}

}  // namespace

NearestPoint nearest_to_origin(const MatrixXd& points) {
  Corral corral(points);
  const Index most = 20 * (points.cols() + 2) + points.rows();
  for (Index i = 0; i < most; ++i) {
    const VectorXd x = corral.point();
    Index lowest = 0;
    const double least = (points * x).minCoeff(&lowest);
    if (x.norm() <= kTolerance || least >= x.squaredNorm() - kTolerance * x.norm()) break;
    if (!corral.add(lowest)) break;
  }
  return {corral.point(), corral.support()};
}

// 0 lies inside the simplex of the points that Wolfe's algorithm ends with, so their span belongs
// to the face. Of what the other points have beside that span: if 0 is in the hull of that, more
// belong to the face; else all of them lie on one side of it.
HullPlace place_of_origin(const MatrixXd& points) {
  if (points.cols() == 0) return {false, {}, all_of(points)};
  if (points.cols() == 1) return place_on_line(points);
  const NearestPoint nearest = nearest_to_origin(points);
  if (nearest.point.norm() > kTolerance) return {true, nearest.point, {}};
  std::vector<Index> face = nearest.support;
  while (true) {
    const MatrixXd rest = without_span(points, face);
    std::vector<Index> beside = all_of(points);
    std::erase_if(beside, [&](Index s) { return rest.row(s).norm() <= kTolerance; });
    if (beside.empty()) return {false, {}, all_of(points)};
    MatrixXd directions = rows_of(rest, beside);
    directions.rowwise().normalize();
    const NearestPoint next = nearest_to_origin(directions);
    if (next.point.norm() > kTolerance) {
      HullPlace place{false, {}, all_of(points)};
      std::erase_if(place.face, [&](Index s) { return rest.row(s).norm() > kTolerance; });
      return place;
    }
    for (const Index s : next.support) face.push_back(beside[static_cast<std::size_t>(s)]);
  }
}

}  // namespace gibbs::thermo
