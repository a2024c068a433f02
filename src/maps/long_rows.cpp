#include "maps/long_rows.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "maps/threads.hpp"

namespace gibbs::maps {
namespace {

using kernels::kPart;
using kernels::Output;
using kernels::Part;
using kernels::RowSummary;

// Calls body(part, first column, columns) for every part of a row.
template <class Body>
void for_each_part(std::int64_t cols, const Body& body) {
  for_each_task((cols + kPart - 1) / kPart, cols, [&](std::int64_t part) {
    body(part, part * kPart, std::min(kPart, cols - part * kPart));
  });
}

std::size_t part_count(std::int64_t cols) {
  return static_cast<std::size_t>((cols + kPart - 1) / kPart);
}

template <class W>
Part total_of(const RowsToMap<W>& row, const kernels::Scale<W>& scale) {
  const auto sum = row.entropy                       ? kernels::Sum::kWithMoment
                   : row.output == Output::kNothing ? kernels::Sum::kForLog
                                                    : kernels::Sum::kExact;
  std::vector<Part> parts(part_count(row.cols));
  for_each_part(row.cols, [&](std::int64_t part, std::int64_t first, std::int64_t cols) {
    parts[static_cast<std::size_t>(part)] =
        kernels::part_of_row(row.scores.data + first, nullptr, cols, scale, sum);
  });
  Part whole;
  for (const Part& part : parts) whole = kernels::merge(whole, part, scale.temperature);
  return whole;
}

}  // namespace

template <class W>
RowSummary map_long_softmax(const RowsToMap<W>& row, double temperature, bool more) {
  const auto scale = kernels::make_scale<W>(temperature);
  const Part whole = total_of(row, scale);
  if (!std::isfinite(whole.total.max) || !(whole.total.sum > 0)) {
    return kernels::limit_row<W>(row.scores.data, static_cast<const W*>(nullptr),
                                 static_cast<std::size_t>(row.cols), kernels::LimitLaw{},
                                 row.output == Output::kLogProbabilities, row.out.data);
  }
  if (row.output != Output::kNothing) {
    for_each_part(row.cols, [&](std::int64_t, std::int64_t first, std::int64_t cols) {
      const W* x = row.scores.data + first;
      kernels::write_part(x, nullptr, cols, scale, whole, row.output, row.stream,
                          row.out.data + first, more ? x + row.scores.stride : x);
    });
  }
  return kernels::summary_of(whole, temperature);
}

template RowSummary map_long_softmax(const RowsToMap<float>&, double, bool);
template RowSummary map_long_softmax(const RowsToMap<double>&, double, bool);

}  // namespace gibbs::maps
