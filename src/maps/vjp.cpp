#include "maps/vjp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "maps/column_sums.hpp"
#include "maps/lanes.hpp"
#include "maps/map_rows.hpp"
#include "maps/row_gradients.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::maps {
namespace {

constexpr std::int64_t kTaskElements = 65536;

template <class T>
base::Shape shape(const Rows<T>& rows) {
  return {rows.rows, rows.cols};
}

template <Score T>
class VjpRun {
 public:
  using W = working_t<T>;

  explicit VjpRun(const VjpRequest<T>& request)
      : request_(request),
        options_(request.options),
        rows_(request.given.rows),
        cols_(request.given.cols),
        given_(request.given, {}),
        upstream_(request.upstream, {}),
        direct_out_(is_contiguous(request.grad_scores)),
        sums_columns_(!options_.grad_log_degeneracy.empty() &&
                      options_.grad_log_degeneracy.rows == 1 && rows_ != 1),
        extras_(!options_.grad_temperature.empty() || !options_.grad_alpha.empty() ||
                !options_.grad_log_degeneracy.empty()),
        columns_(sums_columns_ ? cols_ : 0) {}

  void run() {
    if (extras_) per_row_.resize(static_cast<std::size_t>(rows_));
    const std::int64_t cost = rows_ * std::max<std::int64_t>(cols_, 1);
    const std::int64_t step = step_rows(cost);
    for_each_task((rows_ + step - 1) / step, cost, [&](std::int64_t task) {
      for (std::int64_t row = task * step; row < std::min(rows_, (task + 1) * step);) {
        const std::int64_t left = std::min(rows_, (task + 1) * step) - row;
        const std::int64_t count = copies() ? std::min(left, block_rows()) : left;
        block(row, count, sums_columns_ ? columns_.group(task) : nullptr);
        row += count;
      }
    });
    deliver();
  }

 private:
  bool copies() const { return given_.copies() || upstream_.copies() || !direct_out_; }

  bool turns_over() const {
    return copies() && (request_.given.col_stride != 1 || request_.upstream.col_stride != 1 ||
                        request_.grad_scores.col_stride != 1);
  }

  std::int64_t step_rows(std::int64_t cost) const {
    const std::int64_t rows = std::max<std::int64_t>(rows_, 1);
    if (sums_columns_) return rows_per_group(rows);
    return worth_threads(cost) ? std::min(rows, block_rows()) : rows;
  }

  std::int64_t block_rows() const {
    const std::int64_t cols = std::max<std::int64_t>(cols_, 1);
    if (turns_over()) return rows_across<W>(rows_, 2 * cols, worth_threads(rows_ * cols));
    const std::int64_t step = std::max<std::int64_t>(kTaskElements / cols, 1);
    return copies() ? (step + 15) / 16 * 16 : step;
  }

  bool is_plain_law(std::int64_t row) const {
    const double alpha = options_.alpha[row], temperature = options_.temperature[row];
    return alpha < std::numeric_limits<double>::infinity() && kernels::has_scale<W>(temperature) &&
           (alpha == 1 || options_.log_degeneracy.empty());
  }

  // The lanes of a block; p stays readable until the block is done, so an output that may be an
  // input is written last.
  void block(std::int64_t first, std::int64_t count, double* column_sums) {
    const std::int64_t stride = padded(cols_);
    const Buffer<W> given_buffer(given_.copies() ? count * stride : 0);
    const Buffer<W> upstream_buffer(upstream_.copies() ? count * stride : 0);
    const Buffer<W> out_buffer(direct_out_ ? 0 : count * stride);
    const auto given = given_.lanes(first, count, 0, cols_, given_buffer.data(), stride);
    const auto upstream = upstream_.lanes(first, count, 0, cols_, upstream_buffer.data(), stride);
    const auto out = out_lanes(first, out_buffer.data(), stride);
    if (uniform() && !extras_ && is_plain_law(0)) {
      plain_rows(given, upstream, out, first, count);
    } else {
      one_by_one(given, upstream, out, first, count, column_sums);
    }
    if (!direct_out_) {
      kernels::write_block(out_buffer.data(), stride,
                           block_of(request_.grad_scores, first, count, 0, cols_),
                           is_large(request_.grad_scores));
    }
  }

  bool uniform() const {
    return options_.alpha.is_one_number() && options_.temperature.is_one_number();
  }

  Lanes<W> out_lanes(std::int64_t first, W* buffer, std::int64_t stride) const {
    if constexpr (std::is_same_v<T, W>) {
      const auto& out = request_.grad_scores;
      if (direct_out_) return {out.data + first * out.row_stride, out.row_stride};
    }
    return {buffer, stride};
  }

  void plain_rows(Lanes<const W> given, Lanes<const W> upstream, Lanes<W> out, std::int64_t row,
                  std::int64_t count) const {
    kernels::VjpBatch<W> batch;
    batch.of = request_.of;
    batch.given = given.data;
    batch.given_stride = given.stride;
    batch.upstream = upstream.data;
    batch.upstream_stride = upstream.stride;
    batch.out = out.data;
    batch.out_stride = out.stride;
    batch.rows = count;
    batch.cols = cols_;
    batch.alpha = options_.alpha[row];
    batch.temperature = options_.temperature[row];
    const bool in_place = out.data == given.data || out.data == upstream.data;
    batch.stream = direct_out_ && !in_place && is_large(request_.given);
    kernels::vjp_rows(batch);
  }

  void one_by_one(Lanes<const W> given, Lanes<const W> upstream, Lanes<W> out, std::int64_t first,
                  std::int64_t count, double* column_sums) {
    const auto n = static_cast<std::size_t>(cols_);
    const Buffer<double> doubles(5 * cols_);
    double *p = doubles.data(), *v = p + n, *g = v + n, *scores = g + n, *weights = scores + n;
    const Buffer<W> weights_buffer(options_.log_degeneracy.empty() ? 0 : cols_);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t row = first + i;
      std::copy_n(given.data + i * given.stride, n, p);
      std::copy_n(upstream.data + i * upstream.stride, n, v);
      const W* log_g =
          weights_of_row(options_.log_degeneracy, row, 0, cols_, weights_buffer.data());
      if (log_g) std::copy_n(log_g, n, g);
      const GradientRow of_row{request_.of,
                               p,
                               v,
                               log_g ? g : nullptr,
                               cols_,
                               options_.alpha[row],
                               options_.temperature[row]};
      const RowGradients gradients = gradients_of_row(of_row, scores, weights);
      if (extras_) per_row_[static_cast<std::size_t>(row)] = gradients;
      write_weights(row, weights, column_sums);
      // What else is asked for must not change the bits of grad_scores.
      if (is_plain_law(row)) {
        plain_rows({given.data + i * given.stride, 0}, {upstream.data + i * upstream.stride, 0},
                   {out.data + i * out.stride, 0}, row, 1);
        continue;
      }
      std::transform(scores, scores + n, out.data + i * out.stride,
                     [](double value) { return static_cast<W>(value); });
    }
  }

  void write_weights(std::int64_t row, const double* weights, double* column_sums) const {
    const auto& out = options_.grad_log_degeneracy;
    if (out.empty()) return;
    for (std::int64_t j = 0; j < cols_; ++j) {
      if (column_sums) {
        column_sums[j] += weights[j];
      } else {
        out(row, j) = static_cast<W>(weights[j]);
      }
    }
  }

  void deliver() const {
    deliver_rows(options_.grad_temperature, per_row_,
                 [](const RowGradients& g) { return g.temperature; });
    deliver_rows(options_.grad_alpha, per_row_, [](const RowGradients& g) { return g.alpha; });
    for (std::int64_t j = 0; sums_columns_ && j < cols_; ++j) {
      options_.grad_log_degeneracy(0, j) = static_cast<W>(columns_.total(j));
    }
  }

  const VjpRequest<T>& request_;
  const EntmaxVjpOptions<T>& options_;
  std::int64_t rows_, cols_;
  Source<T> given_, upstream_;
  bool direct_out_, sums_columns_, extras_;
  std::vector<RowGradients> per_row_;
  ColumnSums columns_;
};

}  // namespace

template <Score T>
void check(const char* function, const char* given_name, const VjpRequest<T>& request) {
  const auto& o = request.options;
  const base::Shape scores = shape(request.given);
  base::check_size(function, given_name, scores);
  base::check_same_shape(function, "upstream", shape(request.upstream), given_name, scores);
  base::check_same_shape(function, "grad_scores", shape(request.grad_scores), given_name, scores);
  base::check_alpha(function, o.alpha, scores.rows);
  base::check_temperature(function, o.temperature, scores.rows);
  const auto row_or_same = [&](const char* name, const auto& rows) {
    if (!rows.empty()) base::check_row_or_same(function, name, shape(rows), scores);
  };
  row_or_same("log_degeneracy", o.log_degeneracy);
  row_or_same("grad_log_degeneracy", o.grad_log_degeneracy);
  const auto one_or_length = [&](const char* name, auto span) {
    if (!span.empty()) {
      base::check_one_or_length(function, name, static_cast<std::int64_t>(span.size()),
                                scores.rows);
    }
  };
  one_or_length("grad_temperature", o.grad_temperature);
  one_or_length("grad_alpha", o.grad_alpha);
}

template <Score T>
void run(const VjpRequest<T>& request) {
  VjpRun<T>(request).run();
}

template void check(const char*, const char*, const VjpRequest<double>&);
template void check(const char*, const char*, const VjpRequest<float>&);
template void check(const char*, const char*, const VjpRequest<bfloat16>&);
template void check(const char*, const char*, const VjpRequest<float16>&);
template void run(const VjpRequest<double>&);
template void run(const VjpRequest<float>&);
template void run(const VjpRequest<bfloat16>&);
template void run(const VjpRequest<float16>&);

}  // namespace gibbs::maps
