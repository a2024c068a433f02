#include "driver/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace gibbs::bench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// std::max would drop a NaN.
double worse(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? kInfinity : std::max(a, b);
}

double worst_of_a_few_rows(const Shape& shape, const std::function<double(std::int64_t)>& error) {
  double worst = 0;
  for (const std::int64_t row : std::array{std::int64_t{0}, shape.rows / 2, shape.rows - 1}) {
    worst = worse(worst, error(row));
  }
  return worst;
}

double worst_sum(Rows<const float> p) {
  double worst = 0;
  for (std::int64_t i = 0; i < p.rows; ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < p.cols; ++j) sum += double{p(i, j)};
    worst = worse(worst, std::abs(sum - 1));
  }
  return worst;
}

// Needs no maximum: the scores are N(0, 2).
double exact_log_partition(Rows<const float> x, std::int64_t row) {
  double sum = 0;
  for (std::int64_t j = 0; j < x.cols; ++j) sum += std::exp(double{x(row, j)});
  return std::log(sum);
}

std::int64_t largest(Rows<const float> p, std::int64_t row) {
  std::int64_t best = 0;
  for (std::int64_t j = 1; j < p.cols; ++j) {
    if (p(row, j) > p(row, best)) best = j;
  }
  return best;
}

}  // namespace

double softmax_error(const Arena& arena, Rows<const float> p) {
  const Rows<const float> x = arena.in_rows();
  const auto row_error = [&](std::int64_t i) {
    const double log_z = exact_log_partition(x, i);
    double worst = 0;
    for (std::int64_t j = 0; j < x.cols; ++j) {
      worst = worse(worst, std::abs(double{p(i, j)} / std::exp(double{x(i, j)} - log_z) - 1));
    }
    return worst;
  };
  return worse(worst_sum(p), worst_of_a_few_rows(arena.shape, row_error));
}

double log_sum_exp_error(const Arena& arena) {
  return worst_of_a_few_rows(arena.shape, [&](std::int64_t i) {
    return std::abs(double{arena.log_partition[i]} - exact_log_partition(arena.in_rows(), i));
  });
}

double entmax_error(const Arena& arena, Rows<const float> p, double alpha) {
  const Rows<const float> x = arena.in_rows();
  const double b = alpha - 1;
  const auto row_error = [&](std::int64_t i) {
    const std::int64_t top = largest(p, i);
    const double tau = b * double{x(i, top)} - std::pow(double{p(i, top)}, b);
    double worst = 0;
    for (std::int64_t j = 0; j < x.cols; ++j) {
      const double exact = std::pow(std::max(0.0, b * double{x(i, j)} - tau), 1 / b);
      worst = worse(worst, std::abs(double{p(i, j)} - exact) / double{p(i, top)});
    }
    return worst;
  };
  return worse(worst_sum(p), worst_of_a_few_rows(arena.shape, row_error));
}

double softmax_vjp_error(const Arena& arena, Rows<const float> gradient) {
  const Rows<const float> p(arena.probabilities, gradient.rows, gradient.cols);
  const Rows<const float> v(arena.upstream, gradient.rows, gradient.cols);
  return worst_of_a_few_rows(arena.shape, [&](std::int64_t i) {
    double mean = 0;
    for (std::int64_t j = 0; j < p.cols; ++j) mean += double{p(i, j)} * double{v(i, j)};
    double worst = 0;
    for (std::int64_t j = 0; j < p.cols; ++j) {
      const double exact = double{p(i, j)} * (double{v(i, j)} - mean);
      worst = worse(worst, std::abs(double{gradient(i, j)} - exact));
    }
    return worst / double{p(i, largest(p, i))};
  });
}

double copy_error(const Arena& arena) {
  double different = 0;
  for (std::int64_t k = 0; k < arena.shape.elements(); ++k) {
    different += arena.out[k] == arena.scores[k] ? 0 : 1;
  }
  return different;
}

}  // namespace gibbs::bench
