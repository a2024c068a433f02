#include "gibbs/sampling/binary_concrete.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "gibbs/sampling/noise.hpp"
#include "maps/threads.hpp"
#include "sampling/binary_row.hpp"
#include "sampling/logistic.hpp"
#include "sampling/perturbed_gradients.hpp"
#include "sampling/row_ids.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// z / tau; at tau = 0 and infinity its limit.
double logit_of(double z, double tau) {
  if (tau == 0) return z > 0 ? kInfinity : z <= 0 ? -kInfinity : z;
  return std::isinf(z) || std::isnan(z) ? z : z / tau;
}

template <Score T>
class BinaryRun {
 public:
  BinaryRun(const Rows<const T>& scores, const Rows<T>& relaxed,
            const BinaryConcreteOptions<T>& options, const RowIds& ids)
      : scores_(scores), relaxed_(relaxed), options_(options), ids_(ids) {}

  void run() const {
    const std::int64_t rows = scores_.rows, cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t step = std::max<std::int64_t>(kTaskElements / cols, 1);
    maps::for_each_task((rows + step - 1) / step, rows * cols, [&](std::int64_t task) {
      const std::int64_t end = std::min(rows, (task + 1) * step);
      for (std::int64_t row = task * step; row < end; ++row) one_row(row);
    });
  }

 private:
  static constexpr std::int64_t kTaskElements = 16384;

  void one_row(std::int64_t row) const {
    const RowNoise noise({options_.seed, options_.stream}, ids_[row]);
    for (std::int64_t from = 0; from < scores_.cols; from += kLogisticPart) {
      part(noise, row, from, std::min(kLogisticPart, scores_.cols - from));
    }
  }

  void part(const RowNoise& noise, std::int64_t row, std::int64_t from, std::int64_t count) const {
    double logits[kLogisticPart], shares[kLogisticPart];
    fill_logistic(noise, options_.draw, options_.first_category + static_cast<std::uint64_t>(from),
                  count, logits);
    for (std::int64_t i = 0; i < count; ++i) {
      const double x = score_over_t(score(row, from + i), options_.temperature[row]);
      logits[i] = logit_of(x + logits[i], options_.tau[row]);
    }
    sigmoid(logits, count, shares);
    for (std::int64_t i = 0; i < count; ++i) {
      relaxed_(row, from + i) = rounded<T>(shares[i]);
      if (!options_.logits.empty()) options_.logits(row, from + i) = rounded<T>(logits[i]);
    }
  }

  double score(std::int64_t row, std::int64_t col) const {
    const auto& mask = options_.mask;
    if (!mask.empty() && !mask(mask.rows == 1 ? 0 : row, col)) return -kInfinity;
    return widened(scores_(row, col));
  }

  const Rows<const T>& scores_;
  const Rows<T>& relaxed_;
  const BinaryConcreteOptions<T>& options_;
  const RowIds& ids_;
};

// v y (1 - y) / tau, the derivative in z, from the logit of y; v counts only where y moves.
double by_z(double logit, double v, double tau) {
  const double below = std::exp(-std::abs(logit));
  const double slope = below / ((1 + below) * (1 + below));
  return slope == 0 || is_limit(tau) ? 0 : v * slope / tau;
}

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void binary_concrete(Rows<const T> scores, Rows<T> relaxed,
                     const BinaryConcreteOptions<T>& options) {
  constexpr const char* kFunction = "binary_concrete";
  const base::Shape shape{scores.rows, scores.cols};
  base::check_size(kFunction, "scores", shape);
  base::check_same_shape(kFunction, "relaxed", {relaxed.rows, relaxed.cols}, "scores", shape);
  base::check_temperature(kFunction, options.temperature, scores.rows);
  base::check_tau(kFunction, options.tau, scores.rows);
  if (const auto& mask = options.mask; !mask.empty()) {
    base::check_row_or_same(kFunction, "mask", {mask.rows, mask.cols}, shape);
  }
  if (const auto& logits = options.logits; !logits.empty()) {
    base::check_same_shape(kFunction, "logits", {logits.rows, logits.cols}, "scores", shape);
  }
  const sampling::RowIds ids(kFunction, options.first_row, options.row_ids, scores.rows);
  sampling::BinaryRun<T>(scores, relaxed, options, ids).run();
}

template <Score T>
void binary_concrete_vjp(Rows<const T> logits, Rows<const T> upstream, Rows<T> grad_scores,
                         const BinaryConcreteVjpOptions<T>& options) {
  constexpr const char* kFunction = "binary_concrete_vjp";
  const base::Shape shape{logits.rows, logits.cols};
  base::check_size(kFunction, "logits", shape);
  base::check_same_shape(kFunction, "upstream", {upstream.rows, upstream.cols}, "logits", shape);
  base::check_same_shape(kFunction, "grad_scores", {grad_scores.rows, grad_scores.cols}, "logits",
                         shape);
  base::check_temperature(kFunction, options.temperature, shape.rows);
  base::check_tau(kFunction, options.tau, shape.rows);
  sampling::check_sums(kFunction, options.grad_temperature, options.grad_tau, shape.rows);
  const auto& scores = options.scores;
  if (!options.grad_temperature.empty()) {
    base::check_same_shape(kFunction, "scores", {scores.rows, scores.cols}, "logits", shape);
  }
  const auto one_row = [&](std::int64_t row) {
    const double temperature = options.temperature[row], tau = options.tau[row];
    sampling::ByRow by;
    for (std::int64_t j = 0; j < shape.cols; ++j) {
      const double logit = sampling::widened(logits(row, j));
      const double w = sampling::by_z(logit, sampling::widened(upstream(row, j)), tau);
      const double x = scores.empty() ? 0 : sampling::widened(scores(row, j));
      by.tau -= w == 0 ? 0 : w * logit;
      by.temperature += sampling::by_temperature(w, x, temperature);
      grad_scores(row, j) = sampling::rounded<T>(sampling::by_score(w, temperature));
    }
    return by;
  };
  sampling::for_each_row(shape.rows, shape.cols, options.grad_temperature, options.grad_tau,
                         one_row);
}

template void binary_concrete(Rows<const double>, Rows<double>,
                              const BinaryConcreteOptions<double>&);
template void binary_concrete(Rows<const float>, Rows<float>, const BinaryConcreteOptions<float>&);
template void binary_concrete(Rows<const bfloat16>, Rows<bfloat16>,
                              const BinaryConcreteOptions<bfloat16>&);
template void binary_concrete(Rows<const float16>, Rows<float16>,
                              const BinaryConcreteOptions<float16>&);

template void binary_concrete_vjp(Rows<const double>, Rows<const double>, Rows<double>,
                                  const BinaryConcreteVjpOptions<double>&);
template void binary_concrete_vjp(Rows<const float>, Rows<const float>, Rows<float>,
                                  const BinaryConcreteVjpOptions<float>&);
template void binary_concrete_vjp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                                  const BinaryConcreteVjpOptions<bfloat16>&);
template void binary_concrete_vjp(Rows<const float16>, Rows<const float16>, Rows<float16>,
                                  const BinaryConcreteVjpOptions<float16>&);

}  // namespace gibbs::detail
