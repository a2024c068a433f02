#include "maps/row_mapper.hpp"

#include "maps/workspace.hpp"

namespace gibbs::maps {

using kernels::RowSummary;

template <class W>
void RowMapper<W>::map(const RowsToMap<W>& rows, std::int64_t first, std::int64_t count,
                       RowSummary* summaries) const {
  if (!plain() || (rows.loss && !takes_label(0))) {
    return map_one_by_one(rows, first, count, summaries);
  }
  const Buffer<W, kRowInsideBytes> scratch(
      plain_scratch_size(rows.cols, is_softmax<W>(law(0).alpha)));
  map_plain_rows(rows, law(0), count, scratch.data(), summaries);
}

template <class W>
void RowMapper<W>::map_one_by_one(RowsToMap<W> rows, std::int64_t first, std::int64_t count,
                                  RowSummary* summaries) const {
  const Buffer<W> scratch(plain_scratch_size(rows.cols, false));
  const Buffer<W> weights_buffer(weighted() ? rows.cols : 0);
  const Buffer<double> doubles(weighted_scratch_size(rows.cols));
  const kernels::LabelLoss* const labels = rows.loss;
  for (std::int64_t i = 0; i < count; ++i) {
    const Law of_row = law(first + i);
    RowSummary summary;
    kernels::LabelLoss label;
    if (labels) label = {labels->labels + i, labels->losses + i, labels->factor};
    rows.loss = labels && takes_label(first + i) ? &label : nullptr;
    if (!weighted() && is_plain<W>(of_row)) {
      map_plain_rows(rows, of_row, 1, scratch.data(), &summary);
    } else {
      const W* weights =
          weights_of_row(log_degeneracy_, first + i, 0, rows.cols, weights_buffer.data());
      summary = map_weighted_row(rows, of_row, weights, doubles.data());
    }
    if (summaries) summaries[i] = summary;
    rows = row_of(rows, 1);
  }
}

template class RowMapper<double>;
template class RowMapper<float>;

}  // namespace gibbs::maps
