#include "gibbs/sampling/concrete_density.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "maps/engine.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"
#include "sampling/concrete_row.hpp"
#include "sampling/perturbed_gradients.hpp"

namespace gibbs::sampling {
namespace {

// What the density and its derivative are told alike; Options has the law.
template <Score T, class Options>
class ConcreteRows {
 public:
  using W = working_t<T>;

  ConcreteRows(const Rows<const T>& scores, const Rows<const T>& log_y, const Options& options)
      : scores_(scores), log_y_(log_y), options_(options) {}

  // body(row, group, point, scratch of 2 n) for all rows; a group is one task's.
  template <class Body>
  void for_each(const Body& body) const {
    const std::int64_t rows = scores_.rows, cols = scores_.cols;
    const std::int64_t step = maps::rows_per_group(rows);
    maps::for_each_task((rows + step - 1) / step, rows * std::max<std::int64_t>(cols, 1),
                        [&](std::int64_t task) {
                          const maps::Buffer<double> buffer(5 * cols);
                          const std::int64_t end = std::min(rows, (task + 1) * step);
                          for (std::int64_t row = task * step; row < end; ++row) {
                            body(row, task, point(row, buffer.data()), buffer.data() + 3 * cols);
                          }
                        });
  }

 private:
  ConcretePoint point(std::int64_t row, double* buffer) const {
    const std::int64_t n = scores_.cols;
    double *x = buffer, *log_y = x + n, *weights = log_y + n;
    read_row(scores_, row, x);
    read_row(log_y_, row, log_y);
    const auto& log_g = options_.log_degeneracy;
    if (!log_g.empty()) read_row(log_g, log_g.rows == 1 ? 0 : row, weights);
    return {x,
            log_g.empty() ? nullptr : weights,
            log_y,
            n,
            options_.temperature[row],
            options_.tau[row],
            options_.measure == ConcreteMeasure::kSimplex};
  }

  const Rows<const T>& scores_;
  const Rows<const T>& log_y_;
  const Options& options_;
};

template <Score T, class Options>
void check(const char* function, const Rows<const T>& scores, const Rows<const T>& log_relaxed,
           const Options& options) {
  maps::Request<T> request;
  request.scores = scores;
  request.output = kernels::Output::kNothing;
  request.options.alpha = 1;
  request.options.temperature = options.temperature;
  request.options.log_degeneracy = options.log_degeneracy;
  maps::check(function, "", request);
  base::check_same_shape(function, "log_relaxed", {log_relaxed.rows, log_relaxed.cols}, "scores",
                         {scores.rows, scores.cols});
  base::check_positive_tau(function, options.tau, scores.rows);
}

template <Score T>
class DensityVjp {
 public:
  using W = working_t<T>;

  DensityVjp(const Rows<const T>& scores, const Rows<const T>& log_y, const Rows<T>& grad_scores,
             const ConcreteDensityVjpOptions<T>& options)
      : rows_(scores, log_y, options),
        options_(options),
        grad_scores_(grad_scores),
        by_row_(static_cast<std::size_t>(scores.rows)),
        degeneracy_(options.grad_log_degeneracy, scores.rows, scores.cols) {}

  void run(std::span<const double> upstream) {
    rows_.for_each(
        [&](std::int64_t row, std::int64_t group, const ConcretePoint& point, double* scratch) {
          one_row(row, group, point, upstream[static_cast<std::size_t>(row)], scratch);
        });
    deliver(by_row_, options_.grad_temperature, options_.grad_tau);
    degeneracy_.deliver();
  }

 private:
  void one_row(std::int64_t row, std::int64_t group, const ConcretePoint& point, double upstream,
               double* scratch) {
    double *const log_shares = scratch, *const c = scratch + point.n;
    const double density = concrete_log_density(point, log_shares);
    ByRow& by = by_row_[static_cast<std::size_t>(row)];
    if (std::isfinite(density)) {
      by.tau = concrete_gradient(point, log_shares, upstream, c);
      by.temperature = by_temperature(c, point.scores, point.n, point.temperature);
    } else {  // 0 outside the law, else the NaN
      std::fill_n(c, static_cast<std::size_t>(point.n), std::isnan(density) ? density : 0);
      by.tau = by.temperature = std::isnan(density) ? density : 0;
    }
    write(row, point, std::isfinite(density) ? upstream : 0, c);
    degeneracy_.add(row, group, c);
  }

  void write(std::int64_t row, const ConcretePoint& point, double upstream, const double* c) const {
    const bool limit = is_limit(point.temperature);
    for (std::int64_t j = 0; j < point.n; ++j) {
      const bool present = point.log_y[j] > -std::numeric_limits<double>::infinity();
      const double by_log_y = -point.tau * c[j] - (point.on_simplex && present ? upstream : 0);
      grad_scores_(row, j) = rounded<T>(limit ? 0 * c[j] : c[j] / point.temperature);
      if (options_.grad_log_relaxed.empty()) continue;
      options_.grad_log_relaxed(row, j) = rounded<T>(by_log_y);
    }
  }

  ConcreteRows<T, ConcreteDensityVjpOptions<T>> rows_;
  const ConcreteDensityVjpOptions<T>& options_;
  Rows<T> grad_scores_;
  std::vector<ByRow> by_row_;
  DegeneracyGradient<W> degeneracy_;
};

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void concrete_log_density(Rows<const T> scores, Rows<const T> log_relaxed,
                          std::span<double> log_density, const ConcreteDensityOptions<T>& options) {
  constexpr const char* kFunction = "concrete_log_density";
  sampling::check(kFunction, scores, log_relaxed, options);
  base::check_length(kFunction, "log_density", static_cast<std::int64_t>(log_density.size()),
                     scores.rows);
  const sampling::ConcreteRows<T, ConcreteDensityOptions<T>> rows(scores, log_relaxed, options);
  rows.for_each(
      [&](std::int64_t row, std::int64_t, const sampling::ConcretePoint& point, double* scratch) {
        log_density[static_cast<std::size_t>(row)] = sampling::concrete_log_density(point, scratch);
      });
}

template <Score T>
void concrete_log_density_vjp(Rows<const T> scores, Rows<const T> log_relaxed,
                              std::span<const double> upstream, Rows<T> grad_scores,
                              const ConcreteDensityVjpOptions<T>& options) {
  constexpr const char* kFunction = "concrete_log_density_vjp";
  const base::Shape shape{scores.rows, scores.cols};
  sampling::check(kFunction, scores, log_relaxed, options);
  base::check_length(kFunction, "upstream", static_cast<std::int64_t>(upstream.size()),
                     scores.rows);
  base::check_same_shape(kFunction, "grad_scores", {grad_scores.rows, grad_scores.cols}, "scores",
                         shape);
  if (const auto& grad = options.grad_log_relaxed; !grad.empty()) {
    base::check_same_shape(kFunction, "grad_log_relaxed", {grad.rows, grad.cols}, "scores", shape);
  }
  if (const auto& grad = options.grad_log_degeneracy; !grad.empty()) {
    base::check_row_or_same(kFunction, "grad_log_degeneracy", {grad.rows, grad.cols}, shape);
  }
  sampling::check_sums(kFunction, options.grad_temperature, options.grad_tau, scores.rows);
  sampling::DensityVjp<T>(scores, log_relaxed, grad_scores, options).run(upstream);
}

template void concrete_log_density(Rows<const double>, Rows<const double>, std::span<double>,
                                   const ConcreteDensityOptions<double>&);
template void concrete_log_density(Rows<const float>, Rows<const float>, std::span<double>,
                                   const ConcreteDensityOptions<float>&);
template void concrete_log_density(Rows<const bfloat16>, Rows<const bfloat16>, std::span<double>,
                                   const ConcreteDensityOptions<bfloat16>&);
template void concrete_log_density(Rows<const float16>, Rows<const float16>, std::span<double>,
                                   const ConcreteDensityOptions<float16>&);

template void concrete_log_density_vjp(Rows<const double>, Rows<const double>,
                                       std::span<const double>, Rows<double>,
                                       const ConcreteDensityVjpOptions<double>&);
template void concrete_log_density_vjp(Rows<const float>, Rows<const float>,
                                       std::span<const double>, Rows<float>,
                                       const ConcreteDensityVjpOptions<float>&);
template void concrete_log_density_vjp(Rows<const bfloat16>, Rows<const bfloat16>,
                                       std::span<const double>, Rows<bfloat16>,
                                       const ConcreteDensityVjpOptions<bfloat16>&);
template void concrete_log_density_vjp(Rows<const float16>, Rows<const float16>,
                                       std::span<const double>, Rows<float16>,
                                       const ConcreteDensityVjpOptions<float16>&);

}  // namespace gibbs::detail
