#include "sampling/concrete_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/log_gamma.hpp"
#include "kernels/add_scores.hpp"
#include "maps/row_gradients.hpp"
#include "maps/row_mapper.hpp"
#include "maps/workspace.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// q_i = x_i / T + log g_i - tau log y_i up to a constant; -inf for absent states.
void fill_q(const ConcretePoint& point, double* q) {
  for (std::int64_t i = 0; i < point.n; ++i) {
    q[i] = point.log_y[i] == -kInfinity ? 0 : -point.tau * point.log_y[i];
  }
  kernels::add_scores({point.scores, point.log_weights, point.n, point.temperature, q});
}

// Whether every present state, and no other, has log y > -inf.
bool is_inside(const ConcretePoint& point, const double* q) {
  bool any = false;
  for (std::int64_t i = 0; i < point.n; ++i) {
    const bool present = q[i] > -kInfinity;
    if (present != (point.log_y[i] > -kInfinity)) return false;
    any = any || present;
  }
  return any;
}

void log_softmax_of_row(const double* q, std::int64_t n, double* out) {
  static const PerRow kOne = 1.0;
  static const Rows<const double> kNoWeights;
  maps::RowsToMap<double> row;
  row.scores = {q, n};
  row.out = {out, n};
  row.cols = n;
  row.output = kernels::Output::kLogProbabilities;
  maps::RowMapper<double>(kOne, kOne, kNoWeights).map(row, 0, 1, nullptr);
}

std::int64_t count_present(const double* log_shares, std::int64_t n) {
  return n - std::count(log_shares, log_shares + n, -kInfinity);
}

}  // namespace

double concrete_log_density(const ConcretePoint& point, double* log_shares) {
  fill_q(point, log_shares);
  const auto is_nan = [](double v) { return std::isnan(v); };
  if (std::any_of(log_shares, log_shares + point.n, is_nan) ||
      std::any_of(point.log_y, point.log_y + point.n, is_nan)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (!is_inside(point, log_shares)) return -kInfinity;
  log_softmax_of_row(log_shares, point.n, log_shares);
  const auto states = static_cast<double>(count_present(log_shares, point.n));
  long double sum = base::log_gamma(states) + (states - 1) * std::log(point.tau);
  for (std::int64_t i = 0; i < point.n; ++i) {
    if (log_shares[i] == -kInfinity) continue;
    sum += log_shares[i] - (point.on_simplex ? point.log_y[i] : 0);
  }
  return static_cast<double>(sum);
}

double concrete_gradient(const ConcretePoint& point, const double* log_shares, double upstream,
                         double* c) {
  const maps::Buffer<double> ones(point.n);
  std::fill_n(ones.data(), static_cast<std::size_t>(point.n), upstream);
  maps::gradients_of_row(
      {kernels::VjpOf::kLogSoftmax, log_shares, ones.data(), nullptr, point.n, 1, 1}, c, nullptr);
  const auto states = static_cast<double>(count_present(log_shares, point.n));
  long double by_tau = upstream * (states - 1) / point.tau;
  for (std::int64_t i = 0; i < point.n; ++i) {
    if (c[i] != 0) by_tau -= static_cast<long double>(c[i]) * point.log_y[i];
  }
  return static_cast<double>(by_tau);
}

}  // namespace gibbs::sampling
