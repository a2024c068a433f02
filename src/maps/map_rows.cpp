#include "maps/map_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/entmax.hpp"
#include "kernels/prepare.hpp"
#include "maps/long_rows.hpp"
#include "maps/workspace.hpp"

namespace gibbs::maps {

using kernels::Limit;
using kernels::Output;
using kernels::RowSummary;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}

kernels::LimitLaw Law::limit() const {
  const Limit which = temperature == kInfinity ? Limit::kInfiniteTemperature
                      : temperature == 0       ? Limit::kZeroTemperature
                      : alpha == kInfinity     ? Limit::kArgmax
                                               : Limit::kRegular;
  return {which, alpha, temperature};
}

namespace {

// Shorter rows of entmax have none up to alpha 2, and beyond it few; room for them would send every
// call for one short row to the heap.
bool has_candidates(std::int64_t cols) { return cols > kernels::kLongestShortRow; }

}  // namespace

std::int64_t plain_scratch_size(std::int64_t cols, bool softmax) {
  if (softmax) return kernels::scratch_size(cols);
  return kernels::entmax_scratch_size(cols) + (has_candidates(cols) ? kPageRoom : 0);
}

std::int64_t weighted_scratch_size(std::int64_t cols) {
  return 7 * cols + kernels::scratch_size(cols);
}

namespace {

template <class W>
void limit_rows(const RowsToMap<W>& rows, Law law, std::int64_t count, RowSummary* summaries) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto summary = kernels::limit_row<W>(
        rows.scores.data + i * rows.scores.stride, static_cast<const W*>(nullptr),
        static_cast<std::size_t>(rows.cols), law.limit(), rows.output == Output::kLogProbabilities,
        rows.out.data ? rows.out.data + i * rows.out.stride : nullptr);
    if (summaries) summaries[i] = summary;
  }
}

template <class W>
kernels::SoftmaxBatch<W> softmax_batch(const RowsToMap<W>& rows, const kernels::Scale<W>& scale,
                                       std::int64_t count, W* scratch, RowSummary* summaries) {
  kernels::SoftmaxBatch<W> batch;
  batch.scores = rows.scores.data;
  batch.scores_stride = rows.scores.stride;
  batch.out = rows.out.data;
  batch.out_stride = rows.out.stride;
  batch.rows = count;
  batch.cols = rows.cols;
  batch.scales = &scale;
  batch.scratch = scratch;
  batch.summaries = summaries;
  batch.log_partitions = rows.log_partitions;
  batch.loss = rows.loss;
  batch.output = rows.output;
  batch.entropy = rows.entropy;
  batch.stream = rows.stream;
  batch.more = rows.more;
  return batch;
}

template <class W>
void long_softmax_rows(const RowsToMap<W>& rows, double temperature, std::int64_t count, W* scratch,
                       RowSummary* summaries) {
  if (rows.output == Output::kProbabilities && rows.cols <= kernels::kLongestKeptRow) {
    return map_kept_softmax(rows, temperature, count, scratch, summaries);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const RowSummary summary = map_long_softmax(row_of(rows, i), temperature);
    if (summaries) summaries[i] = summary;
  }
}

// Long rows have been written as factor p, or p in a limit: what the labels add.
template <class W>
void add_label(const RowsToMap<W>& row, double temperature, std::int64_t i,
               const RowSummary& summary) {
  const kernels::RowLabel<W> label(row.loss, i, row.scores.data);
  if (!std::isfinite(summary.max) || std::isnan(summary.excess)) {
    return label.of_limit(summary, temperature, static_cast<std::size_t>(row.cols), row.out.data);
  }
  label.add(summary.max, summary.excess, temperature);
  if (row.out.data) label.subtract(row.out.data);
}

template <class W>
void softmax_rows(const RowsToMap<W>& rows, double temperature, std::int64_t count, W* scratch,
                  RowSummary* summaries) {
  if (rows.cols > kernels::kLongestWholeRow) {
    if (!rows.loss) return long_softmax_rows(rows, temperature, count, scratch, summaries);
    std::vector<RowSummary> all(static_cast<std::size_t>(count));
    long_softmax_rows(rows, temperature, count, scratch, all.data());
    for (std::int64_t i = 0; i < count; ++i) {
      add_label(row_of(rows, i), temperature, i, all[static_cast<std::size_t>(i)]);
    }
    return;
  }
  const auto scale = kernels::make_scale<W>(temperature);
  kernels::softmax_rows(softmax_batch(rows, scale, count, scratch, summaries));
}

template <class W>
kernels::EntmaxBatch<W> entmax_batch(const RowsToMap<W>& rows, Law law, std::int64_t count,
                                     W* scratch, RowSummary* summaries) {
  kernels::EntmaxBatch<W> batch;
  batch.scores = rows.scores.data;
  batch.scores_stride = rows.scores.stride;
  batch.out = rows.out.data;
  batch.out_stride = rows.out.stride;
  batch.rows = count;
  batch.cols = rows.cols;
  batch.alpha = law.alpha;
  batch.temperature = law.temperature;
  batch.scratch = scratch;
  batch.summaries = summaries;
  batch.loss = rows.loss;
  batch.stream = rows.stream;
  batch.more = rows.more;
  return batch;
}

template <class W>
void entmax_rows(const RowsToMap<W>& rows, Law law, std::int64_t count, W* scratch,
                 RowSummary* summaries) {
  if (rows.cols > kernels::kLongestWholeRow) {
    for (std::int64_t i = 0; i < count; ++i) {
      auto row = row_of(rows, i);
      row.entropy = summaries || rows.loss;
      const RowSummary summary = map_long_entmax(row, law, scratch);
      if (summaries) summaries[i] = summary;
      if (rows.loss) add_label(row, law.temperature, i, summary);
    }
    return;
  }
  W* const room = has_candidates(rows.cols) ? inside_page(scratch) : scratch;
  kernels::entmax_rows(entmax_batch(rows, law, count, room, summaries));
}

// -sum p log(p / g) from -sum p log p.
template <class W>
double with_weights(double entropy, const double* p, const W* log_weights, std::int64_t n) {
  for (std::int64_t i = 0; log_weights && i < n; ++i) {
    if (p[i] > 0) entropy += p[i] * static_cast<double>(log_weights[i]);
  }
  return entropy;
}

// softmax of the prepared row high + low, in whole rows or parts, at T = 1.
RowSummary softmax_of_sums(const double* high, const double* low, std::int64_t n, Output output,
                           double* scratch, double* out) {
  const auto unit = kernels::make_scale<double>(1.0);
  if (n <= kernels::kLongestWholeRow) {
    RowSummary summary;
    kernels::SoftmaxBatch<double> batch;
    batch.scores = high;
    batch.low = low;
    batch.out = out;
    batch.rows = 1;
    batch.cols = n;
    batch.scales = &unit;
    batch.scratch = scratch;
    batch.summaries = &summary;
    batch.output = output;
    kernels::softmax_rows(batch);
    return summary;
  }
  const auto whole = kernels::part_of_row(high, low, n, unit, kernels::Sum::kWithMoment);
  if (output != Output::kNothing) {
    kernels::write_part(high, low, n, unit, whole, output, false, out);
  }
  return kernels::summary_of(whole, 1.0);
}

template <class W>
RowSummary weighted_softmax(const RowsToMap<W>& row, double temperature, const W* log_weights,
                            W max, double* scratch, double* out) {
  const std::int64_t n = row.cols;
  double *high = scratch, *low = scratch + n, *work = scratch + 2 * n;
  kernels::prepare_row(row.scores.data, log_weights, n, max, temperature, high, low);
  // The entropy needs p, whatever else is asked for.
  const bool logarithm = row.output == Output::kLogProbabilities;
  RowSummary summary = softmax_of_sums(high, low, n, Output::kProbabilities, work, out);
  if (row.entropy) summary.entropy = with_weights(summary.entropy, out, log_weights, n);
  if (logarithm) softmax_of_sums(high, low, n, Output::kLogProbabilities, work, out);
  summary.excess = summary.log_partition;  // the prepared row is relative to max
  summary.max = static_cast<double>(max);
  summary.log_partition += static_cast<double>(max) / temperature;
  summary.support = std::count_if(high, high + n, [](double z) { return z > -kInfinity; });
  return summary;
}

template <class W>
RowSummary weighted_entmax(const RowsToMap<W>& row, Law law, const W* log_weights, W max,
                           double* scratch, double* out) {
  const std::int64_t n = row.cols;
  double *y = scratch, *low = scratch + n, *weights = scratch + 2 * n, *work = scratch + 3 * n;
  kernels::prepare_row(row.scores.data, static_cast<const W*>(nullptr), n, max, law.temperature, y,
                       low);
  if (log_weights) std::copy_n(log_weights, n, weights);
  RowSummary summary = kernels::entmax_weighted_row(
      y, low, log_weights ? weights : nullptr, n, law.alpha,
      static_cast<long double>(max) / static_cast<long double>(law.temperature), work, out);
  summary.threshold = summary.threshold * law.temperature + static_cast<double>(max);
  summary.max = static_cast<double>(max);
  return summary;
}

}  // namespace

template <class W>
void map_plain_rows(const RowsToMap<W>& rows, Law law, std::int64_t count, W* scratch,
                    RowSummary* summaries) {
  if (law.limit().limit != Limit::kRegular) return limit_rows(rows, law, count, summaries);
  if (is_softmax<W>(law.alpha)) {
    return softmax_rows(rows, law.temperature, count, scratch, summaries);
  }
  entmax_rows(rows, law, count, scratch, summaries);
}

template <class W>
void map_columns(const RowsToMap<W>& rows, Law law, std::int64_t count, W* scratch,
                 RowSummary* summaries) {
  if constexpr (std::is_same_v<W, float>) {
    if (!is_softmax<W>(law.alpha)) {
      return kernels::entmax_columns(entmax_batch(rows, law, count, scratch, summaries));
    }
  }
  const auto scale = kernels::make_scale<W>(law.temperature);
  kernels::softmax_columns(softmax_batch(rows, scale, count, scratch, summaries));
}

template <class W>
std::int64_t column_lanes(const RowsToMap<W>& rows, Law law, std::int64_t count) {
  return is_softmax<W>(law.alpha) ? kernels::column_scratch_size(count, rows.cols, rows.output)
                                  : kernels::tile_size(rows.cols);
}

template <class W>
bool maps_columns(Law law, std::int64_t rows, std::int64_t cols, std::ptrdiff_t stride,
                  Output output) {
  if (cols < 2 || law.limit().limit != Limit::kRegular) return false;
  if (sizeof(W) == 8) {
    return is_softmax<W>(law.alpha) && rows >= 8 && cols <= kernels::kLongestTiledColumn &&
           output == Output::kProbabilities;
  }
  if (!is_softmax<W>(law.alpha)) {
    return law.alpha <= 2 && rows >= 8 && cols <= kernels::kLongestShortRow;
  }
  return rows >= (cols > kernels::kLongestKeptRow ? 2 : 8) ||
         kernels::fill_vectors(rows, cols, stride);
}

template <class W>
RowSummary map_weighted_row(const RowsToMap<W>& row, Law law, const W* log_weights,
                            double* scratch) {
  const auto n = static_cast<std::size_t>(row.cols);
  const W max = kernels::detail::largest_score(row.scores.data, log_weights, n);
  if (law.limit().limit != Limit::kRegular || !std::isfinite(max)) {
    return kernels::limit_row(row.scores.data, log_weights, n, law.limit(),
                              row.output == Output::kLogProbabilities, row.out.data);
  }
  double *out = scratch, *work = scratch + row.cols;
  const RowSummary summary =
      is_softmax<W>(law.alpha) ? weighted_softmax(row, law.temperature, log_weights, max, work, out)
                               : weighted_entmax(row, law, log_weights, max, work, out);
  if (row.out.data) {
    std::transform(out, out + n, row.out.data, [](double p) { return static_cast<W>(p); });
  }
  return summary;
}

template void map_plain_rows(const RowsToMap<float>&, Law, std::int64_t, float*, RowSummary*);
template void map_plain_rows(const RowsToMap<double>&, Law, std::int64_t, double*, RowSummary*);
template void map_columns(const RowsToMap<float>&, Law, std::int64_t, float*, RowSummary*);
template void map_columns(const RowsToMap<double>&, Law, std::int64_t, double*, RowSummary*);
template std::int64_t column_lanes(const RowsToMap<float>&, Law, std::int64_t);
template std::int64_t column_lanes(const RowsToMap<double>&, Law, std::int64_t);
template bool maps_columns<float>(Law, std::int64_t, std::int64_t, std::ptrdiff_t, Output);
template bool maps_columns<double>(Law, std::int64_t, std::int64_t, std::ptrdiff_t, Output);
template RowSummary map_weighted_row(const RowsToMap<float>&, Law, const float*, double*);
template RowSummary map_weighted_row(const RowsToMap<double>&, Law, const double*, double*);

}  // namespace gibbs::maps
