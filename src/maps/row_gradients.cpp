#include "maps/row_gradients.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "maps/psi.hpp"

namespace gibbs::maps {
namespace {

using kernels::VjpOf;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_limit(const GradientRow& row) {
  return row.temperature == 0 || row.temperature == kInfinity || row.alpha == kInfinity;
}

// What one state adds to the gradients.
struct State {
  double p = 0, s = 0;  // probability, curvature dp/dx T
  double log_r = 0;     // log(p / g)
  bool present = false;
};

State state_of(const GradientRow& row, std::int64_t i) {
  const double given = row.given[i];
  const bool logarithm = row.of == VjpOf::kLogSoftmax;
  State state;
  state.present = logarithm ? given != -kInfinity : given != 0;
  if (!state.present) return state;
  const double log_p = logarithm ? given : std::log(given);
  const double log_g = row.log_weights ? row.log_weights[i] : 0.0;
  state.p = logarithm ? std::exp(given) : given;
  state.log_r = log_p - log_g;
  const double b = row.alpha - 1;
  state.s = b == 0 ? state.p : b == 1 ? std::exp(log_g) : std::exp(log_p - b * state.log_r);
  return state;
}

// The gradient of log g per state is `weight`: p (v - vbar), or v - p sum v for log_softmax; that
// of x T is `pull`: s (v - vbar), or the same.
struct Centre {
  double mean = 0;  // vbar, or sum v
  bool empty = true;
};

Centre centre_of(const GradientRow& row) {
  long double sum_s = 0, sum_sv = 0;
  Centre centre;
  for (std::int64_t i = 0; i < row.n; ++i) {
    const State state = state_of(row, i);
    if (!state.present) continue;
    centre.empty = false;
    const double s = row.of == VjpOf::kLogSoftmax ? 1.0 : state.s;
    sum_s += s;
    sum_sv += static_cast<long double>(s) * row.upstream[i] + 0 * state.p;
  }
  if (centre.empty) return centre;
  centre.mean = static_cast<double>(row.of == VjpOf::kLogSoftmax ? sum_sv : sum_sv / sum_s);
  return centre;
}

// v_i - vbar as (v_i - pivot) - rest, the pivot being v where s is largest: towards the edge of the
// support one s may exceed all others, and nothing be left of v - vbar there but what they add.
struct Spread {
  Spread(const GradientRow& row, const double* values) {
    double largest = -1;
    for (std::int64_t i = 0; i < row.n; ++i) {
      const State state = state_of(row, i);
      if (!state.present || !(state.s > largest)) continue;
      largest = state.s;
      pivot = values[i];
    }
    for (std::int64_t i = 0; i < row.n; ++i) {
      const State state = state_of(row, i);
      if (!state.present) continue;
      empty = false;
      total += state.s;
      rest += state.s * (static_cast<long double>(values[i]) - pivot) + 0 * state.p;
    }
    if (!empty) rest /= total;
  }
  long double operator()(double value) const { return (value - pivot) - rest; }

  long double pivot = 0, rest = 0, total = 0;
  bool empty = true;
};

RowGradients fill(const GradientRow& row, double value, double* scores, double* log_weights) {
  const auto n = static_cast<std::size_t>(row.n);
  if (scores) std::fill_n(scores, n, value);
  if (log_weights) std::fill_n(log_weights, n, value);
  return {value, value};
}

}  // namespace

RowGradients gradients_of_row(const GradientRow& given, double* grad_scores,
                              double* grad_log_weights) {
  // In a limit p = g / sum(g) on fixed states: only g still moves it, as at alpha = 1.
  const bool limit = is_limit(given);
  GradientRow row = given;
  if (limit) row.alpha = row.temperature = 1;
  const Centre centre = centre_of(row);
  if (std::isnan(centre.mean)) {
    return fill(row, std::numeric_limits<double>::quiet_NaN(), grad_scores, grad_log_weights);
  }
  if (centre.empty) return fill(row, 0, grad_scores, grad_log_weights);
  const double b = row.alpha - 1;
  long double temperature = 0, alpha = 0;
  for (std::int64_t i = 0; i < row.n; ++i) {
    const State state = state_of(row, i);
    double weight = 0, pull = 0;
    if (state.present) {
      const double v = row.upstream[i];
      const bool logarithm = row.of == VjpOf::kLogSoftmax;
      weight = logarithm ? v - state.p * centre.mean : state.p * (v - centre.mean);
      pull = logarithm ? weight : state.s * (v - centre.mean);
      const double u = b == 0 ? state.log_r : std::expm1(b * state.log_r) / b;
      temperature -= static_cast<long double>(pull) * u;
      alpha -= static_cast<long double>(weight) * state.log_r * state.log_r * psi(b * state.log_r);
    }
    if (grad_scores) grad_scores[i] = limit ? 0 : pull / row.temperature;
    if (grad_log_weights) grad_log_weights[i] = weight;
  }
  if (limit) return {};
  return {static_cast<double>(temperature / row.temperature), static_cast<double>(alpha)};
}

void hessian_of_row(const GradientRow& given, const double* direction, double* product) {
  const bool limit = is_limit(given);
  GradientRow row = given;
  if (limit) row.alpha = row.temperature = 1;
  const Spread v(row, row.upstream), w(row, direction);
  if (std::isnan(v.rest) || std::isnan(w.rest)) {
    fill(row, std::numeric_limits<double>::quiet_NaN(), product, nullptr);
    return;
  }
  if (v.empty || limit || row.alpha == 2) {
    fill(row, 0, product, nullptr);
    return;
  }
  // p r^(-2 b), not s^2 / p: squares of s would overflow. long double, since powers of a small p
  // do.
  const auto bend = [&](const State& state, std::int64_t i) {
    const long double sides = state.present ? w(direction[i]) * v(row.upstream[i]) : 0;
    if (sides == 0) return 0.0L;
    const long double b = row.alpha - 1;
    return (2 - row.alpha) * sides * state.p * std::exp(-2 * b * state.log_r);
  };
  long double sum_t = 0;
  for (std::int64_t i = 0; i < row.n; ++i) sum_t += bend(state_of(row, i), i);
  const double squared = row.temperature * row.temperature;
  for (std::int64_t i = 0; i < row.n; ++i) {
    const State state = state_of(row, i);
    const long double change = bend(state, i) - state.s * (sum_t / v.total);
    product[i] = state.present ? static_cast<double>(change / squared) : 0;
  }
}

}  // namespace gibbs::maps
