#include "thermo/laplacian.hpp"

#include <algorithm>
#include <cmath>

namespace gibbs::thermo::detail {
namespace {

using Component = std::vector<std::int64_t>;

Component reached_from(std::int64_t start, const Eigen::MatrixXd& weights, double least,
                       std::vector<bool>& seen) {
  Component reached{start};
  seen[static_cast<std::size_t>(start)] = true;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (Eigen::Index j = 0; j < weights.cols(); ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (seen[at] || !(weights(reached[i], j) >= least)) continue;
      seen[at] = true;
      reached.push_back(j);
    }
  }
  std::sort(reached.begin(), reached.end());
  return reached;
}

// N^-1/2 (L + N N' / sum N) N^-1/2 of a component: the second term fixes the constant that L leaves
// free, and is orthogonal to what is solved for.
Eigen::MatrixXd scaled(const Component& states, const Eigen::MatrixXd& shared,
                       const Eigen::VectorXd& counts) {
  const auto size = static_cast<Eigen::Index>(states.size());
  Eigen::MatrixXd a(size, size);
  double total = 0;
  for (const std::int64_t k : states) total += counts[k];
  for (Eigen::Index i = 0; i < size; ++i) {
    const std::int64_t at = states[static_cast<std::size_t>(i)];
    double degree = 0;
    for (Eigen::Index j = 0; j < size; ++j) {
      const std::int64_t to = states[static_cast<std::size_t>(j)];
      const double root = std::sqrt(counts[at] * counts[to]);
      a(i, j) = root / total - (i == j ? 0 : shared(at, to) / root);
      if (i != j) degree += shared(at, to);
    }
    a(i, i) += degree / counts[at];
  }
  return a;
}

}  // namespace

std::vector<Component> components_of(const Eigen::MatrixXd& weights, double least) {
  std::vector<Component> components;
  std::vector<bool> seen(static_cast<std::size_t>(weights.cols()));
  for (Eigen::Index k = 0; k < weights.cols(); ++k) {
    if (!seen[static_cast<std::size_t>(k)]) {
      components.push_back(reached_from(k, weights, least, seen));
    }
  }
  return components;
}

Laplacian::Laplacian(const Eigen::MatrixXd& shared, const std::vector<double>& counts, double least)
    : counts_(Eigen::VectorXd::Map(counts.data(), std::ssize(counts))),
      components_(components_of(shared, least)),
      of_(counts.size()) {
  for (std::size_t c = 0; c < components_.size(); ++c) {
    for (const std::int64_t k : components_[c]) {
      of_[static_cast<std::size_t>(k)] = static_cast<std::int64_t>(c);
    }
    factors_.emplace_back(scaled(components_[c], shared, counts_));
  }
}

Eigen::MatrixXd Laplacian::solve(const Eigen::MatrixXd& b) const {
  Eigen::MatrixXd x(b.rows(), b.cols());
  for (std::size_t c = 0; c < components_.size(); ++c) {
    const Component& states = components_[c];
    const Eigen::VectorXd n = counts_(states);
    Eigen::MatrixXd part = b(states, Eigen::all);
    part -= n * part.colwise().sum() / n.sum();
    part = n.cwiseSqrt().cwiseInverse().asDiagonal() * part;
    part = factors_[c].solve(part);
    x(states, Eigen::all) = n.cwiseSqrt().cwiseInverse().asDiagonal() * part;
  }
  return x;
}

}  // namespace gibbs::thermo::detail
