#include "thermo/answer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/mixture.hpp"
#include "maps/workspace.hpp"

namespace gibbs::thermo::detail {

StateRows solve_states(const Mixture& mixture, const Source& source,
                       std::vector<std::int64_t> states) {
  StateRows rows{&source, std::move(states), {}, {}};
  for (const auto& [centre, rest] : free_energies(mixture, source, rows.states)) {
    rows.centre.push_back(centre);
    rows.rest.push_back(rest);
  }
  return rows;
}

StateRows StateRows::only(std::int64_t place) const {
  const auto at = static_cast<std::size_t>(place);
  return {source, {states[at]}, {centre[at]}, {rest[at]}};
}

void StateWeights::write(const BlockView& block, double* to) const {
  const maps::Buffer<double> room(s_.source->states * kernels::kMixtureStride);
  std::vector<const double*> u(static_cast<std::size_t>(s_.source->states));
  s_.source->block(block.first, block.count, room.data(), u.data());
  for (std::size_t a = 0; a < s_.states.size(); ++a, to += kernels::kMixtureStride) {
    if (!std::isfinite(s_.centre[a])) {  // no sample can be there
      std::fill_n(to, kernels::kMixtureStride, 0.0);
      continue;
    }
    const double* const row = u[static_cast<std::size_t>(s_.states[a])];
    kernels::weigh_row(
        {row, block.reference, block.log_denominator, s_.centre[a], s_.rest[a], block.count}, to);
    if (!block.roots) continue;
    for (std::int64_t n = 0; n < block.count; ++n) to[n] *= block.roots[n];
  }
}

Covariance::Covariance(const Answer& answer, Eigen::MatrixXd products)
    : g_(std::move(products)), apart_(answer.apart) {
  const Mixture& m = answer.mixture;
  const Eigen::Index states = m.states();
  Eigen::VectorXd scale = Eigen::VectorXd::Ones(g_.cols());
  for (Eigen::Index k = 0; k < states; ++k) scale[k] = 1 / m.counts[static_cast<std::size_t>(k)];
  r_ = g_.topRows(states) * scale.asDiagonal();
  g_ = scale.asDiagonal() * g_ * scale.asDiagonal();
  solved_ = answer.laplacian.solve(r_);
  const auto& components = answer.laplacian.components();
  for (Eigen::Index i = 0; i < g_.cols(); ++i) {
    of_.push_back(i < states ? answer.laplacian.component_of(i) : -1);
    for (std::size_t c = 0; c < components.size() && i >= states; ++c) {
      const double mass = r_(components[c], i).sum();
      if (mass >= 1 - answer.options.least_shared) of_.back() = static_cast<std::int64_t>(c);
    }
  }
}

double Covariance::of_difference(std::int64_t i, std::int64_t j) const {
  if (i == j) return 0;
  // 5e5 samples, each weighed to 3 ulp and summed in lanes and blocks, leave 2e-15.
  constexpr double kRounding = 64 * std::numeric_limits<double>::epsilon();
  if (component_of(i) < 0 || component_of(i) != component_of(j)) return apart_;
  const double own = g_(i, i) - 2 * g_(i, j) + g_(j, j);
  const double whole = own + (r_.col(i) - r_.col(j)).dot(solved_.col(i) - solved_.col(j));
  return whole > kRounding * (g_(i, i) + g_(j, j)) ? whole : 0;
}

double Covariance::of_sum(std::int64_t v, std::int64_t i) const {
  if (component_of(i) < 0) return apart_;
  return std::max(0.0, g_(v, v) + r_.col(v).dot(solved_.col(v)));
}

Table deviations(const Covariance& covariance, const std::vector<std::int64_t>& rows) {
  const auto size = std::ssize(rows);
  Table table(size, size);
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j < size; ++j) {
      const auto a = static_cast<std::size_t>(std::min(i, j)),
                 b = static_cast<std::size_t>(std::max(i, j));
      table(i, j) = std::sqrt(covariance.of_difference(rows[a], rows[b]));
    }
  }
  return table;
}

}  // namespace gibbs::thermo::detail
