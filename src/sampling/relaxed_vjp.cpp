#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "gibbs/sampling/relaxed.hpp"
#include "maps/column_sums.hpp"
#include "maps/lanes.hpp"
#include "maps/row_gradients.hpp"
#include "maps/threads.hpp"
#include "maps/vjp.hpp"
#include "maps/workspace.hpp"
#include "sampling/perturbed_gradients.hpp"

namespace gibbs::sampling {
namespace {

// What is asked for beside the gradient of the scores, row by row in double.
template <Score T>
class RelaxedExtras {
 public:
  using W = working_t<T>;

  RelaxedExtras(kernels::VjpOf of, Rows<const T> relaxed, Rows<const T> upstream,
                const RelaxedEntmaxVjpOptions<T>& options)
      : of_(of),
        options_(options),
        rows_(relaxed.rows),
        cols_(relaxed.cols),
        relaxed_(relaxed),
        upstream_(upstream),
        scores_(options.scores),
        by_row_(static_cast<std::size_t>(rows_)),
        by_alpha_(by_row_.size()),
        degeneracy_(options.grad_log_degeneracy, rows_, cols_) {}

  void run() {
    const std::int64_t step = maps::rows_per_group(rows_);
    maps::for_each_task((rows_ + step - 1) / step, rows_ * std::max<std::int64_t>(cols_, 1),
                        [&](std::int64_t task) {
                          for (std::int64_t row = task * step;
                               row < std::min(rows_, (task + 1) * step); ++row) {
                            one_row(row, task);
                          }
                        });
    deliver(by_row_, options_.grad_temperature, options_.grad_tau);
    maps::deliver_rows(options_.grad_alpha, by_alpha_, [](double alpha) { return alpha; });
    degeneracy_.deliver();
  }

 private:
  void one_row(std::int64_t row, std::int64_t group) {
    const maps::Buffer<double> doubles(4 * cols_);
    double *y = doubles.data(), *v = y + cols_, *grad = v + cols_, *x = grad + cols_;
    read_row(relaxed_, row, y);
    read_row(upstream_, row, v);
    const maps::GradientRow of_row{
        of_, y, v, nullptr, cols_, options_.alpha[row], options_.tau[row]};
    const maps::RowGradients found = maps::gradients_of_row(of_row, grad, nullptr);
    ByRow& by = by_row_[static_cast<std::size_t>(row)];
    by.tau = found.temperature;
    by_alpha_[static_cast<std::size_t>(row)] = found.alpha;
    if (!options_.grad_temperature.empty()) {
      read_row(scores_, row, x);
      by.temperature = by_temperature(grad, x, cols_, options_.temperature[row]);
    }
    degeneracy_.add(row, group, grad);
  }

  kernels::VjpOf of_;
  const RelaxedEntmaxVjpOptions<T>& options_;
  std::int64_t rows_, cols_;
  Rows<const T> relaxed_, upstream_, scores_;
  std::vector<ByRow> by_row_;
  std::vector<double> by_alpha_;
  DegeneracyGradient<W> degeneracy_;
};

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void relaxed_vjp(const char* function, bool of_log, Rows<const T> relaxed, Rows<const T> upstream,
                 Rows<T> grad_scores, const RelaxedEntmaxVjpOptions<T>& options) {
  const auto of = of_log ? kernels::VjpOf::kLogSoftmax : kernels::VjpOf::kEntmax;
  maps::VjpRequest<T> request{of, relaxed, upstream, grad_scores, {}};
  request.options.alpha = options.alpha;
  request.options.temperature = options.temperature;
  request.options.grad_temperature = options.grad_temperature;
  request.options.grad_log_degeneracy = options.grad_log_degeneracy;
  request.options.grad_alpha = options.grad_alpha;
  maps::check(function, of_log ? "log_relaxed" : "relaxed", request);
  base::check_tau(function, options.tau, relaxed.rows);
  if (!options.grad_tau.empty()) {
    base::check_one_or_length(function, "grad_tau",
                              static_cast<std::int64_t>(options.grad_tau.size()), relaxed.rows);
  }
  if (!options.grad_temperature.empty()) {
    base::check_same_shape(function, "scores", {options.scores.rows, options.scores.cols},
                           of_log ? "log_relaxed" : "relaxed", {relaxed.rows, relaxed.cols});
  }
  // Before grad_scores is written, which may be an input.
  if (!options.grad_temperature.empty() || !options.grad_tau.empty() ||
      !options.grad_alpha.empty() || !options.grad_log_degeneracy.empty()) {
    sampling::RelaxedExtras<T>(of, relaxed, upstream, options).run();
  }
  const std::vector<double> both =
      sampling::scale_of_scores(options.temperature, options.tau, relaxed.rows);
  request.options = {};
  request.options.alpha = options.alpha;
  request.options.temperature = both.size() == 1 ? PerRow(both[0]) : PerRow(both);
  maps::run(request);
}

template void relaxed_vjp(const char*, bool, Rows<const double>, Rows<const double>, Rows<double>,
                          const RelaxedEntmaxVjpOptions<double>&);
template void relaxed_vjp(const char*, bool, Rows<const float>, Rows<const float>, Rows<float>,
                          const RelaxedEntmaxVjpOptions<float>&);
template void relaxed_vjp(const char*, bool, Rows<const bfloat16>, Rows<const bfloat16>,
                          Rows<bfloat16>, const RelaxedEntmaxVjpOptions<bfloat16>&);
template void relaxed_vjp(const char*, bool, Rows<const float16>, Rows<const float16>,
                          Rows<float16>, const RelaxedEntmaxVjpOptions<float16>&);

}  // namespace gibbs::detail
