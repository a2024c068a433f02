#include "gibbs/thermo/maximum_entropy.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
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
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The states that can be occupied: what each moment has above its mean, in units of its range. The
// units are those of `scale` times 1 or, where a range could be beyond a double, times 4.
struct Problem {
  MatrixXd above;  // states x moments
  VectorXd scale, unit, mean, degeneracies;
  std::vector<Index> states;  // where each stands in the list

  Problem on(const std::vector<Index>& face) const {
    Problem part{MatrixXd(static_cast<Index>(face.size()), above.cols()),
                 scale,
                 unit,
                 mean,
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

// Where f is not the mean it is not 0, however small.
double quotient(double above, double scale) {
  const double value = above / scale;
  return value == 0 && above != 0 ? std::copysign(std::numeric_limits<double>::denorm_min(), above)
                                  : value;
}

// One moment of all states.
void set_moment(Problem& problem, Index c, Rows<const double> f, double mean) {
  double size = std::abs(mean);
  for (const Index s : problem.states) size = std::max(size, std::abs(f(c, s)));
  const double unit = size < 0x1p1022 ? 1 : 4;
  double low = kInfinity, high = -kInfinity, far = 0;
  for (std::size_t i = 0; i < problem.states.size(); ++i) {
    const double above = f(c, problem.states[i]) / unit - mean / unit;
    problem.above(static_cast<Index>(i), c) = above;
    low = std::min(low, above);
    high = std::max(high, above);
    far = std::max(far, std::abs(above));
  }
  const double scale = high > low ? high - low : far > 0 ? far : 1;
  for (double& above : problem.above.col(c)) above = quotient(above, scale);
  problem.scale[c] = scale;
  problem.unit[c] = unit;
  problem.mean[c] = mean / unit / scale;
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
  for (VectorXd* const each : {&problem.scale, &problem.unit, &problem.mean}) each->resize(f.rows);
  for (Index c = 0; c < f.rows; ++c) set_moment(problem, c, f, m[static_cast<std::size_t>(c)]);
  problem.degeneracies.setOnes(states);
  for (Index i = 0; i < states && !degeneracies.empty(); ++i) {
    problem.degeneracies[i] =
        degeneracies[static_cast<std::size_t>(problem.states[static_cast<std::size_t>(i)])];
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

// A combination of functions that is above its mean in every state. In long double, whose range
// holds every quotient and product of two doubles.
[[noreturn]] void refuse_moments(const Problem& problem, const Basis& basis,
                                 const VectorXd& direction) {
  using Wide = Eigen::Array<long double, Eigen::Dynamic, 1>;
  const Wide share = (basis.to_basis * direction).cast<long double>();
  const Wide scale =
      problem.scale.cast<long double>().array() * problem.unit.array().cast<long double>();
  const long double largest = (share / scale).abs().maxCoeff();
  const Wide factors = share / scale / largest;
  std::string combination;
  for (Index c = 0; c < factors.size(); ++c) {
    if (std::abs(factors[c]) < 1e-9) continue;
    if (!combination.empty()) combination += " + ";
    if (factors[c] != 1) combination += base::text(static_cast<double>(factors[c]), 6) + " ";
    combination += "f[" + std::to_string(c) + "]";
  }
  const long double mean = (share * problem.mean.cast<long double>().array()).sum() / largest;
  const VectorXd above = problem.above * share.matrix().cast<double>();
  const long double least = mean + above.minCoeff() / largest;
  base::refuse(kName, "no law has these moments: " + combination + " is at least " +
                          base::text(static_cast<double>(least), 6) +
                          " in every state, and should be " +
                          base::text(static_cast<double>(mean), 6) + " on average");
}

}  // namespace

MaximumEntropy maximum_entropy(Rows<const double> functions, std::span<const double> moments,
                               const MaximumEntropyOptions& options) {
  check(functions, moments, options);
  Problem problem = problem_of(functions, moments, options.degeneracies);
  Basis basis = basis_of(problem.above);
  const HullPlace place = place_of_origin(basis.states);
  if (place.outside) refuse_moments(problem, basis, place.direction);

  MaximumEntropy result;
  result.on_boundary = static_cast<Index>(place.face.size()) < basis.states.rows();
  if (result.on_boundary) {
    problem = problem.on(place.face);
    basis = basis_of(problem.above);
  }
  const DualMinimum minimum =
      minimise_dual(basis.states, problem.degeneracies, options.max_iterations);
  const VectorXd per_range = basis.to_basis * minimum.point.theta;
  const VectorXd lambda = per_range.array() / problem.scale.array() / problem.unit.array();
  result.multipliers.assign(lambda.begin(), lambda.end());
  result.entropy = minimum.point.value;
  result.log_partition = result.entropy - per_range.dot(problem.mean);
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
