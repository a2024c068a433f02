#include "maps/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/check.hpp"
#include "maps/lanes.hpp"
#include "maps/row_mapper.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::maps {
namespace {

using kernels::Output;
using kernels::RowSummary;

// Elements of a task: large against its overhead, small against the caches where it copies.
constexpr std::int64_t kTaskElements = 65536;

template <class T>
base::Shape shape(const Rows<T>& rows) {
  return {rows.rows, rows.cols};
}

template <Score T>
bool wants_summary(const EntmaxOptions<T>& o) {
  return !o.log_partition.empty() || !o.entropy.empty() || !o.support.empty() ||
         !o.threshold.empty();
}

template <Score T>
void deliver(const EntmaxOptions<T>& o, std::int64_t row, const RowSummary& summary) {
  using W = working_t<T>;
  const auto i = static_cast<std::size_t>(row);
  if (!o.log_partition.empty()) o.log_partition[i] = static_cast<W>(summary.log_partition);
  if (!o.entropy.empty()) o.entropy[i] = static_cast<W>(summary.entropy);
  if (!o.support.empty()) o.support[i] = summary.support;
  if (!o.threshold.empty()) o.threshold[i] = static_cast<W>(summary.threshold);
}

// States with p > 0: of p itself, of log p, or where nothing is written of the scores.
template <class W>
std::int64_t count_support(const W* lanes, std::int64_t n, Output output) {
  const W zero = output == Output::kProbabilities ? W{0} : -std::numeric_limits<W>::infinity();
  return std::count_if(lanes, lanes + n, [&](W v) { return v > zero; });
}

// Whole rows of a request, block by block.
template <Score T>
class WholeRows {
 public:
  using W = working_t<T>;

  explicit WholeRows(const Request<T>& request)
      : request_(request),
        options_(request.options),
        source_(request.scores, request.options.mask),
        mapper_(options_.alpha, options_.temperature, options_.log_degeneracy),
        direct_out_(request.output == Output::kNothing || is_contiguous(request.out)),
        stream_(is_large(request.scores) && request.scores.data != request.out.data) {}

  void run() const {
    const std::int64_t rows = request_.scores.rows, cols = request_.scores.cols;
    const std::int64_t cost = rows * std::max<std::int64_t>(cols, 1);
    const std::int64_t step = block_rows(cost);
    for_each_task((rows + step - 1) / step, cost, [&](std::int64_t task) {
      block(task * step, std::min(step, rows - task * step));
    });
  }

 private:
  bool copies() const { return source_.copies() || !direct_out_; }

  bool turns_over() const {
    return request_.scores.col_stride != 1 || (!direct_out_ && request_.out.col_stride != 1);
  }

  std::int64_t block_rows(std::int64_t cost) const {
    const std::int64_t rows = std::max<std::int64_t>(request_.scores.rows, 1);
    const std::int64_t cols = std::max<std::int64_t>(request_.scores.cols, 1);
    const bool across = takes_columns(), shared = worth_threads(cost);
    if ((!copies() || across) && !shared) {
      // One call maps all rows, or as many as leave their summaries in cache.
      return wants_summary(options_) && !only_log_partition() ? std::min<std::int64_t>(rows, 512)
                                                              : rows;
    }
    if (turns_over() && !across) return std::min(rows, rows_across<W>(rows, cols, shared));
    const std::int64_t step = std::max<std::int64_t>(kTaskElements / cols, 1);
    const std::int64_t tile = !across ? 1
                              : cols <= kernels::kLongestTiledColumn
                                  ? kernels::kTileRows
                                  : kernels::panel_height(cols, request_.output);
    return std::min(rows, (step + tile - 1) / tile * tile);
  }

  // Rows across memory, in and out, that the kernels take as they lie.
  bool takes_columns() const {
    if constexpr (std::is_same_v<T, W>) {
      const auto& x = request_.scores;
      return mapper_.plain() && options_.mask.empty() && x.row_stride == 1 && x.col_stride != 1 &&
             writes_columns() &&
             maps_columns<W>(law(0), x.rows, x.cols, x.col_stride == out_step() ? x.col_stride : 0,
                             request_.output);
    }
    return false;
  }

  // Without an output nothing tells a support but the scores themselves.
  bool writes_columns() const {
    if (request_.output == Output::kNothing) return options_.support.empty();
    return request_.out.row_stride == 1 && request_.out.col_stride != 1;
  }
  std::ptrdiff_t out_step() const {
    return request_.output == Output::kNothing ? request_.scores.col_stride
                                               : request_.out.col_stride;
  }

  void block_of_columns(std::int64_t first, std::int64_t count) const {
    if constexpr (std::is_same_v<T, W>) {
      RowsToMap<W> rows;
      rows.scores = {request_.scores.data + first, request_.scores.col_stride};
      rows.out = {request_.output == Output::kNothing ? nullptr : request_.out.data + first,
                  out_step()};
      rows.cols = request_.scores.cols;
      rows.output = request_.output;
      rows.entropy = !options_.entropy.empty();
      rows.stream = stream_;
      rows.more = first + count < request_.scores.rows;
      const Buffer<W> scratch(column_lanes(rows, law(0), count));
      if (only_log_partition()) rows.log_partitions = options_.log_partition.data() + first;
      std::vector<RowSummary> summaries(
          wants_summary(options_) && !rows.log_partitions ? static_cast<std::size_t>(count) : 0);
      map_columns(rows, law(0), count, scratch.data(),
                  summaries.empty() ? nullptr : summaries.data());
      for (std::size_t i = 0; i < summaries.size(); ++i) {
        summaries[i].support = 0;
        const std::int64_t row = first + static_cast<std::int64_t>(i);
        for (std::int64_t j = 0; !options_.support.empty() && j < rows.cols; ++j) {
          summaries[i].support += count_support(&request_.out(row, j), 1, rows.output);
        }
        deliver(options_, row, summaries[i]);
      }
    }
  }

  void block(std::int64_t first, std::int64_t count) const {
    if (takes_columns()) return block_of_columns(first, count);
    const std::int64_t cols = request_.scores.cols, stride = padded(cols);
    const Buffer<W> in(source_.copies() ? count * stride : 0);
    const bool in_place = source_.copies() && !direct_out_;
    const Buffer<W> out(direct_out_ || in_place ? 0 : count * stride);
    W* const to = in_place ? in.data() : out.data();
    RowsToMap<W> rows;
    rows.scores = source_.lanes(first, count, 0, cols, in.data(), stride);
    rows.out = out_lanes(first, to, stride);
    rows.cols = cols;
    rows.output = request_.output;
    rows.entropy = !options_.entropy.empty();
    rows.stream = stream_ && direct_out_;
    map_block(rows, first, count);
    if (!direct_out_) {
      kernels::write_block(to, stride, block_of(request_.out, first, count, 0, cols), stream_);
    }
  }

  Lanes<W> out_lanes(std::int64_t first, W* buffer, std::int64_t stride) const {
    if (request_.output == Output::kNothing) return {nullptr, 0};
    if constexpr (std::is_same_v<T, W>) {
      if (direct_out_) {
        return {request_.out.data + first * request_.out.row_stride, request_.out.row_stride};
      }
    }
    return {buffer, stride};
  }

  Law law(std::int64_t row) const { return mapper_.law(row); }

  // Support is counted before `out`, which may be `scores`, is overwritten.
  void map_block(const RowsToMap<W>& rows, std::int64_t first, std::int64_t count) const {
    if (mapper_.plain() && only_log_partition() && rows.cols <= kernels::kLongestWholeRow) {
      return map_with_log_partition(rows, first, count);
    }
    std::vector<RowSummary> summaries(wants_summary(options_) ? static_cast<std::size_t>(count)
                                                              : 0);
    RowSummary* const all = summaries.empty() ? nullptr : summaries.data();
    mapper_.map(rows, first, count, all);
    for (std::int64_t i = 0; all && i < count; ++i) {
      if (!options_.support.empty()) all[i].support = support_of(rows, i, all[i]);
      deliver(options_, first + i, all[i]);
    }
  }

  // log Z alone, of rows that the softmax kernel maps, needs no summaries.
  bool only_log_partition() const {
    return !options_.log_partition.empty() && options_.entropy.empty() &&
           options_.support.empty() && options_.threshold.empty() &&
           law(0).limit().limit == kernels::Limit::kRegular && is_softmax<W>(law(0).alpha);
  }

  void map_with_log_partition(RowsToMap<W> rows, std::int64_t first, std::int64_t count) const {
    const Buffer<W, kRowInsideBytes> scratch(plain_scratch_size(rows.cols, true));
    rows.log_partitions = options_.log_partition.data() + first;
    map_plain_rows(rows, law(0), count, scratch.data(), nullptr);
  }

  std::int64_t support_of(const RowsToMap<W>& rows, std::int64_t i,
                          const RowSummary& summary) const {
    if (rows.out.data) {
      return count_support(rows.out.data + i * rows.out.stride, rows.cols, rows.output);
    }
    if (summary.support > 0 || std::isnan(summary.log_partition)) return summary.support;
    return count_support(rows.scores.data + i * rows.scores.stride, rows.cols, rows.output);
  }

  const Request<T>& request_;
  const EntmaxOptions<T>& options_;
  Source<T> source_;
  RowMapper<W> mapper_;
  bool direct_out_, stream_;
};

}  // namespace

template <Score T>
void check(const char* function, const char* out_name, const Request<T>& request) {
  const auto& scores = request.scores;
  const auto& o = request.options;
  base::check_size(function, "scores", shape(scores));
  if (request.output != Output::kNothing) {
    base::check_same_shape(function, out_name, shape(request.out), "scores", shape(scores));
  }
  base::check_alpha(function, o.alpha, scores.rows);
  base::check_temperature(function, o.temperature, scores.rows);
  if (!o.log_degeneracy.empty()) {
    base::check_row_or_same(function, "log_degeneracy", shape(o.log_degeneracy), shape(scores));
  }
  if (!o.mask.empty()) base::check_row_or_same(function, "mask", shape(o.mask), shape(scores));
  const auto length = [&](const char* name, auto span) {
    if (!span.empty()) {
      base::check_length(function, name, static_cast<std::int64_t>(span.size()), scores.rows);
    }
  };
  length("log_partition", o.log_partition);
  length("entropy", o.entropy);
  length("support", o.support);
  length("threshold", o.threshold);
}

template <Score T>
void run(const Request<T>& request) {
  WholeRows<T>(request).run();
}

template void check(const char*, const char*, const Request<double>&);
template void check(const char*, const char*, const Request<float>&);
template void check(const char*, const char*, const Request<bfloat16>&);
template void check(const char*, const char*, const Request<float16>&);
template void run(const Request<double>&);
template void run(const Request<float>&);
template void run(const Request<bfloat16>&);
template void run(const Request<float16>&);

}  // namespace gibbs::maps
