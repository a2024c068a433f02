#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "gibbs/sampling/binary_concrete.hpp"
#include "maps/threads.hpp"
#include "sampling/binary_row.hpp"

namespace gibbs::sampling {
namespace {

// log of the logistic density at q: q - 2 log(1 + exp q), the same on both sides of 0.
double log_logistic(double q) { return -std::abs(q) - 2 * std::log1p(std::exp(-std::abs(q))); }

// z is x / T, l the logit.
double log_density(double z, double l, double tau, ConcreteMeasure measure) {
  if (std::isnan(z) || std::isnan(l)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(z)) return z == l ? 0 : -std::numeric_limits<double>::infinity();
  if (std::isinf(l)) return -std::numeric_limits<double>::infinity();
  const double of_logit = std::log(tau) + log_logistic(z - tau * l);
  return measure == ConcreteMeasure::kLog ? of_logit : of_logit - log_logistic(l);
}

struct Slopes {
  double by_z = 0, by_logit = 0, by_tau = 0;
};
Slopes slopes(double z, double l, double tau, ConcreteMeasure measure, double u) {
  if (std::isinf(z) || std::isinf(l)) return {};
  Slopes s;
  s.by_z = -u * std::tanh((z - tau * l) / 2);
  s.by_logit = -tau * s.by_z + (measure == ConcreteMeasure::kLog ? 0 : u * std::tanh(l / 2));
  s.by_tau = u / tau - l * s.by_z;
  return s;
}

template <class T>
base::Shape shape_of(const Rows<T>& rows) {
  return {rows.rows, rows.cols};
}

template <Score T>
void check(const char* function, const Rows<const T>& scores, const Rows<const T>& logits,
           const PerRow& temperature, const PerRow& tau) {
  base::check_size(function, "scores", shape_of(scores));
  base::check_same_shape(function, "logits", shape_of(logits), "scores", shape_of(scores));
  base::check_temperature(function, temperature, scores.rows);
  base::check_positive_tau(function, tau, scores.rows);
}

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void binary_concrete_log_density(Rows<const T> scores, Rows<const T> logits,
                                 Rows<double> log_density,
                                 const BinaryConcreteDensityOptions& options) {
  constexpr const char* kFunction = "binary_concrete_log_density";
  sampling::check(kFunction, scores, logits, options.temperature, options.tau);
  base::check_same_shape(kFunction, "log_density", sampling::shape_of(log_density), "scores",
                         sampling::shape_of(scores));
  maps::for_each_task(scores.rows, scores.rows * scores.cols, [&](std::int64_t row) {
    for (std::int64_t j = 0; j < scores.cols; ++j) {
      const double z =
          sampling::score_over_t(sampling::widened(scores(row, j)), options.temperature[row]);
      log_density(row, j) = sampling::log_density(z, sampling::widened(logits(row, j)),
                                                  options.tau[row], options.measure);
    }
  });
}

template <Score T>
void binary_concrete_log_density_vjp(Rows<const T> scores, Rows<const T> logits,
                                     Rows<const double> upstream, Rows<T> grad_scores,
                                     const BinaryConcreteDensityVjpOptions<T>& options) {
  constexpr const char* kFunction = "binary_concrete_log_density_vjp";
  const base::Shape shape = sampling::shape_of(scores);
  sampling::check(kFunction, scores, logits, options.temperature, options.tau);
  base::check_same_shape(kFunction, "upstream", sampling::shape_of(upstream), "scores", shape);
  base::check_same_shape(kFunction, "grad_scores", sampling::shape_of(grad_scores), "scores",
                         shape);
  if (const auto& grad = options.grad_logits; !grad.empty()) {
    base::check_same_shape(kFunction, "grad_logits", sampling::shape_of(grad), "scores", shape);
  }
  sampling::check_sums(kFunction, options.grad_temperature, options.grad_tau, shape.rows);
  const auto one_row = [&](std::int64_t row) {
    const double temperature = options.temperature[row], tau = options.tau[row];
    sampling::ByRow by;
    for (std::int64_t j = 0; j < shape.cols; ++j) {
      const double x = sampling::widened(scores(row, j));
      const auto slopes = sampling::slopes(sampling::score_over_t(x, temperature),
                                           sampling::widened(logits(row, j)), tau, options.measure,
                                           upstream(row, j));
      by.tau += slopes.by_tau;
      by.temperature += sampling::by_temperature(slopes.by_z, x, temperature);
      grad_scores(row, j) = sampling::rounded<T>(sampling::by_score(slopes.by_z, temperature));
      if (options.grad_logits.empty()) continue;
      options.grad_logits(row, j) = sampling::rounded<T>(slopes.by_logit);
    }
    return by;
  };
  sampling::for_each_row(shape.rows, shape.cols, options.grad_temperature, options.grad_tau,
                         one_row);
}

template void binary_concrete_log_density(Rows<const double>, Rows<const double>, Rows<double>,
                                          const BinaryConcreteDensityOptions&);
template void binary_concrete_log_density(Rows<const float>, Rows<const float>, Rows<double>,
                                          const BinaryConcreteDensityOptions&);
template void binary_concrete_log_density(Rows<const bfloat16>, Rows<const bfloat16>, Rows<double>,
                                          const BinaryConcreteDensityOptions&);
template void binary_concrete_log_density(Rows<const float16>, Rows<const float16>, Rows<double>,
                                          const BinaryConcreteDensityOptions&);

template void binary_concrete_log_density_vjp(Rows<const double>, Rows<const double>,
                                              Rows<const double>, Rows<double>,
                                              const BinaryConcreteDensityVjpOptions<double>&);
template void binary_concrete_log_density_vjp(Rows<const float>, Rows<const float>,
                                              Rows<const double>, Rows<float>,
                                              const BinaryConcreteDensityVjpOptions<float>&);
template void binary_concrete_log_density_vjp(Rows<const bfloat16>, Rows<const bfloat16>,
                                              Rows<const double>, Rows<bfloat16>,
                                              const BinaryConcreteDensityVjpOptions<bfloat16>&);
template void binary_concrete_log_density_vjp(Rows<const float16>, Rows<const float16>,
                                              Rows<const double>, Rows<float16>,
                                              const BinaryConcreteDensityVjpOptions<float16>&);

}  // namespace gibbs::detail
