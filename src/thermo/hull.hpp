#pragma once
// Where the origin lies in the convex hull of points.

#include <Eigen/Core>
#include <vector>

namespace gibbs::thermo {

//   outside    no convex combination of the points is 0; `direction` d separates: d . point > 0 for
//              each
//   face       else: the points of the smallest face that holds 0; all of them if 0 lies within
struct HullPlace {
  bool outside = false;
  Eigen::VectorXd direction;
  std::vector<Eigen::Index> face;
};

// Points are rows, of entries up to 1. Of one column signs decide; of several, 0 is told from the
// boundary and from the outside at distances from 1e-12 on.
HullPlace place_of_origin(const Eigen::MatrixXd& points);

// The point of least norm in the hull, as weights of few points, one or more.
struct NearestPoint {
  Eigen::VectorXd point;
  std::vector<Eigen::Index> support;
};

// source  Wolfe 1976, "Finding the nearest point in a polytope"
NearestPoint nearest_to_origin(const Eigen::MatrixXd& points);

}  // namespace gibbs::thermo
