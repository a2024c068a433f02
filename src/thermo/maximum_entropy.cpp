#include "gibbs/thermo/maximum_entropy.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <string>

#include "thermo/count_checks.hpp"
#include "thermo/dual.hpp"
#include "thermo/hull.hpp"

namespace gibbs::thermo {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr const char* kName = "maximum_entropy";

// The states that can be occupied: what each moment has above its mean, in units of its range.
struct Problem {
  MatrixXd above;  // states x moments
  VectorXd scale, degeneracies;
  std::vector<Index> states;  // where each stands in the list

  Problem on(const std::vector<Index>& face) const {
    Problem part{MatrixXd(static_cast<Index>(face.size()), above.cols()),
                 scale,
                 VectorXd(static_cast<Index>(face.size())),
                 {}};
    for (std::size_t i = 0; i < face.size(); ++i) {
      part.above.row(static_cast<Index>(i)) = above.row(face[i]);
      part.degeneracies[static_cast<Index>(i)] = degeneracies[face[i]];
      part.states.push_back(states[static_cast<std::size_t>(face[i])]);
    }
    return part;
  }
};

// Independent combinations y = above * to_basis, entries up to 1. A direction theta in them stands
// for the multipliers to_basis * theta, which of all that do the same are the least in norm.
struct Basis {
  MatrixXd to_basis;  // moments x rank
  MatrixXd states;    // states x rank
};

void check(Rows<const double> f, std::span<const double> m, const MaximumEntropyOptions& options) {
  base::check_size(kName, "functions", {f.rows, f.cols});
  base::check_length(kName, "moments", static_cast<std::int64_t>(m.size()), f.rows, "function");
  const auto g = options.degeneracies;
  if (!g.empty()) {
    base::check_length(kName, "degeneracies", static_cast<std::int64_t>(g.size()), f.cols, "state");
  }
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(g.size()); ++i) {
    const double each = g[static_cast<std::size_t>(i)];
    if (each >= 0 && std::isfinite(each)) continue;
    base::refuse_entry(kName, "degeneracies", i, "must be finite and not negative", each);
  }
  for (std::int64_t c = 0; c < f.rows; ++c) {
    const double mean = m[static_cast<std::size_t>(c)];
    if (!std::isfinite(mean)) base::refuse_entry(kName, "moments", c, "must be finite", mean);
    for (std::int64_t s = 0; s < f.cols; ++s) {
      if (std::isfinite(f(c, s))) continue;
      base::refuse_entry(kName, "functions", c, s, "must be finite", f(c, s));
    }
  }
}

Problem problem_of(Rows<const double> f, std::span<const double> m,
                   std::span<const double> degeneracies) {
  Problem problem;
  for (std::int64_t s = 0; s < f.cols; ++s) {
    if (degeneracies.empty() || degeneracies[static_cast<std::size_t>(s)] > 0) {
      problem.states.push_back(s);
    }
  }
  const auto states = static_cast<Index>(problem.states.size());
  if (states == 0) base::refuse(kName, "no state can be occupied");
  problem.above.resize(states, f.rows);
  problem.scale.resize(f.rows);
  problem.degeneracies.setOnes(states);
  for (Index i = 0; i < states; ++i) {
    const Index s = problem.states[static_cast<std::size_t>(i)];
    for (Index c = 0; c < f.rows; ++c) {
      problem.above(i, c) = f(c, s) - m[static_cast<std::size_t>(c)];
    }
    if (!degeneracies.empty()) problem.degeneracies[i] = degeneracies[static_cast<std::size_t>(s)];
  }
  for (Index c = 0; c < f.rows; ++c) {
    const auto column = problem.above.col(c);
    const double range = column.maxCoeff() - column.minCoeff();
    const double size = column.cwiseAbs().maxCoeff();
    problem.scale[c] = range > 0 ? range : size > 0 ? size : 1;
    problem.above.col(c) /= problem.scale[c];
  }
  return problem;
}

Basis basis_of(const MatrixXd& above) {
  constexpr double kDependent = 1e-12;
  if (above.cols() == 0) return {MatrixXd(0, 0), MatrixXd(above.rows(), 0)};
  const Eigen::HouseholderQR<MatrixXd> qr(above);
  const Index rows = std::min(above.rows(), above.cols());
  const MatrixXd r = qr.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
  const Eigen::JacobiSVD<MatrixXd> svd(r, Eigen::ComputeThinV);
  Index rank = 0;
  while (rank < svd.singularValues().size() &&
         svd.singularValues()[rank] > kDependent * std::max(1.0, svd.singularValues()[0])) {
    ++rank;
  }
  Basis basis{svd.matrixV().leftCols(rank), {}};
  basis.states = above * basis.to_basis;
  for (Index c = 0; c < rank; ++c) {
    const double size = basis.states.col(c).cwiseAbs().maxCoeff();
    basis.states.col(c) /= size;
    basis.to_basis.col(c) /= size;
  }
  return basis;
}

// A combination of functions that is above its mean in every state.
[[noreturn]] void refuse_moments(const Problem& problem, const Basis& basis,
                                 const VectorXd& direction, std::span<const double> m) {
  VectorXd factors = (basis.to_basis * direction).array() / problem.scale.array();
  factors /= factors.cwiseAbs().maxCoeff();
  const VectorXd means = Eigen::Map<const VectorXd>(m.data(), static_cast<Index>(m.size()));
  const VectorXd above = problem.above * (factors.array() * problem.scale.array()).matrix();
  std::string combination;
  for (Index c = 0; c < factors.size(); ++c) {
    if (std::abs(factors[c]) < 1e-9) continue;
    if (!combination.empty()) combination += " + ";
    if (factors[c] != 1) combination += text_of(factors[c]) + " ";
    combination += "f[" + std::to_string(c) + "]";
  }
  const double mean = factors.dot(means);
  base::refuse(kName, "no law has these moments: " + combination + " is at least " +
                          text_of(mean + above.minCoeff()) + " in every state, and should be " +
                          text_of(mean) + " on average");
}

}  // namespace

MaximumEntropy maximum_entropy(Rows<const double> functions, std::span<const double> moments,
                               const MaximumEntropyOptions& options) {
  check(functions, moments, options);
  Problem problem = problem_of(functions, moments, options.degeneracies);
  Basis basis = basis_of(problem.above);
  const HullPlace place = place_of_origin(basis.states);
  if (place.outside) refuse_moments(problem, basis, place.direction, moments);

  MaximumEntropy result;
  result.on_boundary = static_cast<Index>(place.face.size()) < basis.states.rows();
  if (result.on_boundary) {
    problem = problem.on(place.face);
    basis = basis_of(problem.above);
  }
  const DualMinimum minimum =
      minimise_dual(basis.states, problem.degeneracies, options.max_iterations);
  const VectorXd lambda = (basis.to_basis * minimum.point.theta).array() / problem.scale.array();
  result.multipliers.assign(lambda.begin(), lambda.end());
  result.entropy = minimum.point.value;
  result.log_partition = result.entropy;
  for (Index c = 0; c < lambda.size(); ++c) {
    result.log_partition -= lambda[c] * moments[static_cast<std::size_t>(c)];
  }
  result.probabilities.resize(static_cast<std::size_t>(functions.cols));
  for (std::size_t i = 0; i < problem.states.size(); ++i) {
    result.probabilities[static_cast<std::size_t>(problem.states[i])] =
        minimum.point.probabilities[static_cast<Index>(i)];
  }
  result.rank = basis.states.cols();
  result.converged = minimum.converged;
  result.iterations = minimum.iterations;
  const VectorXd missed = problem.above.transpose() * minimum.point.probabilities;
  result.gradient_norm = missed.size() > 0 ? missed.cwiseAbs().maxCoeff() : 0;
  return result;
}

}  // namespace gibbs::thermo
