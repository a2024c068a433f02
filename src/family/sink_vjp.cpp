#include <algorithm>
#include <vector>

#include "base/check.hpp"
#include "family/sink_lanes.hpp"
#include "gibbs/family/sink.hpp"
#include "maps/column_sums.hpp"
#include "maps/row_gradients.hpp"
#include "maps/threads.hpp"
#include "maps/vjp.hpp"

namespace gibbs::family {
namespace {

using maps::Buffer;

// The derivative of softmax with the sink as a state whose upstream is 0.
template <Score T>
class SinkVjpRun {
 public:
  using W = working_t<T>;

  SinkVjpRun(const maps::VjpRequest<T>& request, const SinkVjpOptions<T>& options)
      : request_(request),
        options_(options),
        rows_(request.given.rows),
        cols_(request.given.cols),
        parameters_(!options.grad_temperature.empty() || !options.grad_sink.empty() ||
                    !options.grad_log_degeneracy.empty()),
        sums_columns_(!options.grad_log_degeneracy.empty() &&
                      options.grad_log_degeneracy.rows == 1 && rows_ != 1),
        columns_(sums_columns_ ? cols_ : 0),
        grad_temperature_(static_cast<std::size_t>(parameters_ ? rows_ : 0)),
        grad_sink_(grad_temperature_.size()) {}

  void run() {
    const std::int64_t block =
        block_rows(cols_ + 1, turns_over(request_.given) || turns_over(request_.upstream) ||
                                  turns_over(request_.grad_scores));
    const std::int64_t step = sums_columns_ ? maps::rows_per_group(rows_) : block;
    maps::for_each_task((rows_ + step - 1) / step, rows_ * (cols_ + 1), [&](std::int64_t task) {
      double* const sums = sums_columns_ ? columns_.group(task) : nullptr;
      const std::int64_t end = std::min(rows_, (task + 1) * step);
      for (std::int64_t row = task * step; row < end; row += block) {
        derive_block(row, std::min(block, end - row), sums);
      }
    });
    deliver();
  }

 private:
  void derive_block(std::int64_t first, std::int64_t count, double* sums) {
    const SinkLanes<W> given(count, cols_), upstream(count, cols_);
    given.read(request_.given, first);
    upstream.read(request_.upstream, first);
    for (std::int64_t i = 0; i < count; ++i) {
      given.sink(i) = options_.sink_probability[static_cast<std::size_t>(first + i)];
      upstream.sink(i) = 0;
    }
    if (parameters_) derive_parameters(given, upstream, first, sums);
    const PerRowOf temperature(options_.temperature, first, count);
    maps::VjpRequest<W> request;
    request.given = given.view();
    request.upstream = upstream.view();
    request.grad_scores = upstream.view();
    request.options.alpha = 1;
    request.options.temperature = temperature.get();
    maps::run(request);
    upstream.write(request_.grad_scores, first, false);
  }

  void derive_parameters(const SinkLanes<W>& given, const SinkLanes<W>& upstream,
                         std::int64_t first, double* sums) {
    const std::int64_t n = cols_ + 1;
    const Buffer<double> doubles(5 * n);
    double *p = doubles.data(), *v = p + n, *log_g = v + n, *scores = log_g + n,
           *weights = scores + n;
    const Buffer<W> room(options_.log_degeneracy.empty() ? 0 : cols_);
    for (std::int64_t i = 0; i < given.rows; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      std::copy_n(given.row(i), n, p);
      std::copy_n(upstream.row(i), n, v);
      const W* of_row =
          maps::weights_of_row(options_.log_degeneracy, first + i, 0, cols_, room.data());
      if (of_row) *std::copy_n(of_row, cols_, log_g) = 0;
      const maps::GradientRow whole{kernels::VjpOf::kEntmax,        p, v,
                                    of_row ? log_g : nullptr,       n, 1,
                                    options_.temperature[first + i]};
      grad_temperature_[row] = maps::gradients_of_row(whole, scores, weights).temperature;
      grad_sink_[row] = scores[cols_];
      add_weights(first + i, weights, sums);
    }
  }

  void add_weights(std::int64_t row, const double* weights, double* sums) const {
    const auto& out = options_.grad_log_degeneracy;
    for (std::int64_t j = 0; !out.empty() && j < cols_; ++j) {
      if (sums) {
        sums[j] += weights[j];
      } else {
        out(row, j) = static_cast<W>(weights[j]);
      }
    }
  }

  // One number per row, or their sum, in the order of rows.
  static void deliver(const std::vector<double>& per_row, std::span<W> out) {
    double sum = 0;
    for (std::size_t i = 0; !out.empty() && i < per_row.size(); ++i) {
      if (out.size() == per_row.size()) out[i] = static_cast<W>(per_row[i]);
      sum += per_row[i];
    }
    if (!out.empty() && out.size() != per_row.size()) out[0] = static_cast<W>(sum);
  }

  void deliver() const {
    deliver(grad_temperature_, options_.grad_temperature);
    deliver(grad_sink_, options_.grad_sink);
    for (std::int64_t j = 0; sums_columns_ && j < cols_; ++j) {
      options_.grad_log_degeneracy(0, j) = static_cast<W>(columns_.total(j));
    }
  }

  const maps::VjpRequest<T>& request_;
  const SinkVjpOptions<T>& options_;
  std::int64_t rows_, cols_;
  bool parameters_, sums_columns_;
  maps::ColumnSums columns_;
  std::vector<double> grad_temperature_, grad_sink_;
};

}  // namespace
}  // namespace gibbs::family

namespace gibbs::detail {

template <Score T>
void sink_softmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                      const SinkVjpOptions<T>& options) {
  maps::VjpRequest<T> request{
      kernels::VjpOf::kEntmax, probabilities, upstream, grad_scores, {.alpha = 1}};
  request.options.temperature = options.temperature;
  request.options.log_degeneracy = options.log_degeneracy;
  request.options.grad_temperature = options.grad_temperature;
  request.options.grad_log_degeneracy = options.grad_log_degeneracy;
  maps::check("sink_softmax_vjp", "probabilities", request);
  base::check_length("sink_softmax_vjp", "sink_probability",
                     static_cast<std::int64_t>(options.sink_probability.size()),
                     probabilities.rows);
  if (!options.grad_sink.empty()) {
    base::check_one_or_length("sink_softmax_vjp", "grad_sink",
                              static_cast<std::int64_t>(options.grad_sink.size()),
                              probabilities.rows);
  }
  family::SinkVjpRun<T>(request, options).run();
}

template void sink_softmax_vjp(Rows<const double>, Rows<const double>, Rows<double>,
                               const SinkVjpOptions<double>&);
template void sink_softmax_vjp(Rows<const float>, Rows<const float>, Rows<float>,
                               const SinkVjpOptions<float>&);
template void sink_softmax_vjp(Rows<const bfloat16>, Rows<const bfloat16>, Rows<bfloat16>,
                               const SinkVjpOptions<bfloat16>&);
template void sink_softmax_vjp(Rows<const float16>, Rows<const float16>, Rows<float16>,
                               const SinkVjpOptions<float16>&);

}  // namespace gibbs::detail
