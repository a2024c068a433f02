#include "gibbs/sampling/conditional_gumbels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "gibbs/sampling/draw.hpp"
#include "gibbs/softmax.hpp"
#include "kernels/noise.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"
#include "sampling/conditional_row.hpp"
#include "sampling/perturbed_gradients.hpp"
#include "sampling/row_ids.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
base::Shape shape_of(const Rows<T>& rows) {
  return {rows.rows, rows.cols};
}

void check_winners(const char* function, std::span<const std::int64_t> winners,
                   base::Shape scores) {
  base::check_length(function, "winners", static_cast<std::int64_t>(winners.size()), scores.rows);
  for (std::size_t i = 0; i < winners.size(); ++i) {
    if (winners[i] >= kNoToken && winners[i] < scores.cols) continue;
    base::refuse(function, "winners[" + std::to_string(i) + "] must be a column from 0 to " +
                               std::to_string(scores.cols - 1) + " or -1 for none, got " +
                               std::to_string(winners[i]));
  }
}

// Whether the winner of the row can win: it and no other score is beyond all numbers.
bool can_win(const double* x, std::int64_t n, std::int64_t winner) {
  const auto is_odd = [](double v) { return std::isnan(v) || v == kInfinity; };
  return x[winner] > -kInfinity && std::none_of(x, x + n, is_odd);
}

void write_row(const Rows<double>& out, std::int64_t row, const double* from) {
  for (std::int64_t j = 0; j < out.cols; ++j) out(row, j) = from[j];
}
void fill_row(const Rows<double>& out, std::int64_t row, double value) {
  for (std::int64_t j = 0; j < out.cols; ++j) out(row, j) = value;
}

// One row: x, its winner, its noise in z, and work of 2 n; the perturbed scores are written to z.
void draw_row(const double* x, std::int64_t n, std::int64_t winner, const double* given, double* z,
              double* work) {
  const double maximum = given ? *given : portable_log_sum_exp(x, n, work) + z[winner];
  condition_row(x, n, winner, maximum, z, work);
}

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void conditional_gumbels(Rows<const T> scores, std::span<const std::int64_t> winners,
                         Rows<double> perturbed, const ConditionalGumbelOptions& options) {
  constexpr const char* kFunction = "conditional_gumbels";
  const base::Shape shape = sampling::shape_of(scores);
  base::check_size(kFunction, "scores", shape);
  sampling::check_winners(kFunction, winners, shape);
  base::check_same_shape(kFunction, "perturbed", sampling::shape_of(perturbed), "scores", shape);
  if (!options.maximum.empty()) {
    base::check_length(kFunction, "maximum", static_cast<std::int64_t>(options.maximum.size()),
                       shape.rows);
  }
  const sampling::RowIds ids(kFunction, options.first_row, options.row_ids, shape.rows);
  maps::for_each_task(shape.rows, shape.rows * shape.cols, [&](std::int64_t row) {
    const std::int64_t n = shape.cols;
    const auto i = static_cast<std::size_t>(row);
    if (winners[i] == kNoToken) {
      return sampling::fill_row(perturbed, row, -sampling::kInfinity);
    }
    const maps::Buffer<double> buffer(4 * n);
    double *const x = buffer.data(), *const z = x + n, *const work = z + n;
    sampling::read_row(scores, row, x);
    if (!sampling::can_win(x, n, winners[i])) {
      return sampling::fill_row(perturbed, row, sampling::kNaN);
    }
    const RowNoise noise({options.seed, options.stream}, ids[row]);
    kernels::fill_noise(kernels::NoiseRow<double>{noise, options.draw, options.first_category,
                                                  Noise::kGumbel, n, z});
    sampling::draw_row(x, n, winners[i], options.maximum.empty() ? nullptr : &options.maximum[i], z,
                       work);
    sampling::write_row(perturbed, row, z);
  });
}

template <Score T>
void conditional_gumbels_vjp(Rows<const T> scores, std::span<const std::int64_t> winners,
                             Rows<const double> perturbed, Rows<const double> upstream,
                             Rows<double> grad_scores, const ConditionalGumbelVjpOptions& options) {
  constexpr const char* kFunction = "conditional_gumbels_vjp";
  const base::Shape shape = sampling::shape_of(scores);
  base::check_size(kFunction, "scores", shape);
  sampling::check_winners(kFunction, winners, shape);
  base::check_same_shape(kFunction, "perturbed", sampling::shape_of(perturbed), "scores", shape);
  base::check_same_shape(kFunction, "upstream", sampling::shape_of(upstream), "scores", shape);
  base::check_same_shape(kFunction, "grad_scores", sampling::shape_of(grad_scores), "scores",
                         shape);
  const bool given = !options.grad_maximum.empty();
  if (given) {
    base::check_length(kFunction, "grad_maximum",
                       static_cast<std::int64_t>(options.grad_maximum.size()), shape.rows);
  }
  maps::for_each_task(shape.rows, shape.rows * shape.cols, [&](std::int64_t row) {
    const std::int64_t n = shape.cols;
    const auto i = static_cast<std::size_t>(row);
    const maps::Buffer<double> buffer(4 * n);
    double *const x = buffer.data(), *const z = x + n, *const v = z + n, *const grad = v + n;
    double by_maximum = 0;
    std::fill_n(grad, static_cast<std::size_t>(n), 0.0);
    if (winners[i] != kNoToken) {
      sampling::read_row(scores, row, x);
      sampling::read_row(perturbed, row, z);
      sampling::read_row(upstream, row, v);
      by_maximum = sampling::conditional_row_vjp(x, z, v, n, winners[i], grad);
      if (!given) sampling::add_by_maximum(x, n, by_maximum, grad);
    }
    sampling::write_row(grad_scores, row, grad);
    if (given) options.grad_maximum[i] = by_maximum;
  });
}

template void conditional_gumbels(Rows<const double>, std::span<const std::int64_t>, Rows<double>,
                                  const ConditionalGumbelOptions&);
template void conditional_gumbels(Rows<const float>, std::span<const std::int64_t>, Rows<double>,
                                  const ConditionalGumbelOptions&);
template void conditional_gumbels(Rows<const bfloat16>, std::span<const std::int64_t>, Rows<double>,
                                  const ConditionalGumbelOptions&);
template void conditional_gumbels(Rows<const float16>, std::span<const std::int64_t>, Rows<double>,
                                  const ConditionalGumbelOptions&);

template void conditional_gumbels_vjp(Rows<const double>, std::span<const std::int64_t>,
                                      Rows<const double>, Rows<const double>, Rows<double>,
                                      const ConditionalGumbelVjpOptions&);
template void conditional_gumbels_vjp(Rows<const float>, std::span<const std::int64_t>,
                                      Rows<const double>, Rows<const double>, Rows<double>,
                                      const ConditionalGumbelVjpOptions&);
template void conditional_gumbels_vjp(Rows<const bfloat16>, std::span<const std::int64_t>,
                                      Rows<const double>, Rows<const double>, Rows<double>,
                                      const ConditionalGumbelVjpOptions&);
template void conditional_gumbels_vjp(Rows<const float16>, std::span<const std::int64_t>,
                                      Rows<const double>, Rows<const double>, Rows<double>,
                                      const ConditionalGumbelVjpOptions&);

}  // namespace gibbs::detail
