#include "maps/long_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/entmax.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

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

constexpr std::int64_t kPartRoom = 64 + kPageRoom;  // lanes

std::size_t part_count(std::int64_t cols) {
  return static_cast<std::size_t>((cols + kPart - 1) / kPart);
}

// The parts of a row, each computed by part_at(part, first column, columns), as one.
template <class PartAt>
Part total_of(std::int64_t cols, double temperature, const PartAt& part_at) {
  std::vector<Part> parts(part_count(cols));
  for_each_part(cols, [&](std::int64_t part, std::int64_t first, std::int64_t count) {
    parts[static_cast<std::size_t>(part)] = part_at(first, count);
  });
  Part whole;
  for (const Part& part : parts) whole = kernels::merge(whole, part, temperature);
  return whole;
}

bool has_total(const Part& whole) { return std::isfinite(whole.total.max) && whole.total.sum > 0; }

template <class W>
RowSummary limit_of(const RowsToMap<W>& row, Law law) {
  return kernels::limit_row<W>(row.scores.data, static_cast<const W*>(nullptr),
                               static_cast<std::size_t>(row.cols), law.limit(),
                               row.output == Output::kLogProbabilities, row.out.data);
}

// The candidates of a row, part by part: where they came to lie, or for alpha < 1 the scores.
template <class W>
std::vector<kernels::EntmaxCandidates<W>> candidates_of(const RowsToMap<W>& row, double width,
                                                        W* scratch) {
  std::vector<kernels::EntmaxCandidates<W>> parts(part_count(row.cols));
  for_each_part(row.cols, [&](std::int64_t part, std::int64_t first, std::int64_t cols) {
    // Room between parts: the filter writes whole vectors.
    W* const to = inside_page(scratch + first + part * kPartRoom);
    parts[static_cast<std::size_t>(part)] =
        kernels::candidates_of_part(row.scores.data + first, cols, width, to);
  });
  return parts;
}

// All candidates within `width` of the row's maximum, moved together to the front of scratch.
template <class W>
kernels::EntmaxCandidates<W> joined(const std::vector<kernels::EntmaxCandidates<W>>& parts, W max,
                                    double width, W* to) {
  kernels::EntmaxCandidates<W> all{max, to, 0};
  for (const auto& part : parts) {
    all.count += kernels::keep_candidates(part, max, width, to + all.count);
  }
  return all;
}

template <class W>
RowSummary map_long_edge(const RowsToMap<W>& row, Law law,
                         const std::vector<kernels::EntmaxCandidates<W>>& parts, W max,
                         W* scratch) {
  const double width = law.temperature / (law.alpha - 1);
  const auto all = joined(parts, max, width, scratch);
  const Buffer<double> z(law.alpha > 2 ? all.count : 0);
  auto edge = kernels::edge_of(all, law.alpha, law.temperature, z.data());
  if (std::isnan(edge.summary.log_partition)) return limit_of(row, law);  // of NaN
  if (!row.out.data) return edge.summary;
  if (row.loss) edge.factor = row.loss->factor;
  for_each_part(row.cols, [&](std::int64_t, std::int64_t first, std::int64_t cols) {
    kernels::write_edge(row.scores.data + first, cols, edge, law.alpha, row.stream,
                        row.out.data + first);
  });
  return edge.summary;
}

template <class W>
kernels::TsallisSums sums_of(const std::vector<kernels::EntmaxCandidates<W>>& parts, W max, Law law,
                             std::int64_t cols, double delta, kernels::TsallisPass pass) {
  std::vector<kernels::TsallisSums> sums(parts.size());
  for_each_task(static_cast<std::int64_t>(parts.size()), cols, [&](std::int64_t i) {
    const auto& part = parts[static_cast<std::size_t>(i)];
    sums[static_cast<std::size_t>(i)] = kernels::sums_of_part(
        part.scores, part.count, law.alpha - 1, max, law.temperature, delta, pass);
  });
  kernels::TsallisSums total;
  for (const auto& part : sums) {
    total.p += part.p;
    total.q += part.q;
    total.r += part.r;
    total.pv += part.pv;
  }
  return total;
}

template <class W>
RowSummary map_long_tsallis(const RowsToMap<W>& row, Law law,
                            const std::vector<kernels::EntmaxCandidates<W>>& parts, W max) {
  const double b = law.alpha - 1;
  const auto root =
      kernels::newton_on_norm<W>(b, false, [&](double delta, kernels::TsallisPass pass) {
        return sums_of(parts, max, law, row.cols, delta, pass);
      });
  if (std::isnan(root.step)) return limit_of(row, law);  // of NaN
  const double delta = std::max(0.0, root.delta + root.step);
  const double factor = row.loss ? row.loss->factor : 1;
  for_each_part(row.out.data ? row.cols : 0,
                [&](std::int64_t, std::int64_t first, std::int64_t cols) {
                  kernels::write_tsallis(row.scores.data + first, cols, b, max, law.temperature,
                                         delta, factor, row.stream, row.out.data + first);
                });
  if (!row.entropy) return {};  // no summary is wanted
  const auto sums = sums_of(parts, max, law, row.cols, delta, kernels::TsallisPass::kMoment);
  return kernels::entmax_summary(static_cast<double>(max), law.temperature, law.alpha, delta, sums);
}

}  // namespace

template <class W>
RowSummary map_long_entmax(const RowsToMap<W>& row, Law law, W* scratch) {
  const double b = law.alpha - 1;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  auto parts = candidates_of(row, b > 0 ? law.temperature / b : kInfinity, scratch);
  W max = -std::numeric_limits<W>::infinity();
  for (const auto& part : parts) {
    if (!(part.max <= max)) max = part.max;  // a NaN stays
    if (std::isnan(part.max)) break;
  }
  if (!std::isfinite(max)) return limit_of(row, law);
  if (law.alpha == 2 || law.alpha == 1.5 || law.alpha > 2) {
    return map_long_edge(row, law, parts, max, scratch);
  }
  return map_long_tsallis(row, law, parts, max);
}

template RowSummary map_long_entmax(const RowsToMap<float>&, Law, float*);
template RowSummary map_long_entmax(const RowsToMap<double>&, Law, double*);

namespace {

// Whether the exponentials may lie where the probabilities will: in cache anyway, and whole
// vectors.
template <class W>
bool keeps_in_out(const RowsToMap<W>& rows) {
  return !rows.stream && rows.out.data != rows.scores.data &&
         static_cast<std::size_t>(rows.cols) * sizeof(W) % 64 == 0;
}

template <class W>
kernels::KeptRow<W> at_column(kernels::KeptRow<W> row, std::int64_t first) {
  if (row.total) {
    row.x += first;
    row.out += first;
  }
  return row;
}

// What is written of a row with this total.
Part written(const Part& whole, const kernels::LabelLoss* loss) {
  Part scaled = whole;
  if (loss) scaled.total.sum /= static_cast<long double>(loss->factor);
  return scaled;
}

}  // namespace

template <class W>
RowSummary map_long_softmax(const RowsToMap<W>& row, double temperature) {
  const auto scale = kernels::make_scale<W>(temperature);
  const auto sum = row.entropy                      ? kernels::Sum::kWithMoment
                   : row.output == Output::kNothing ? kernels::Sum::kForLog
                                                    : kernels::Sum::kExact;
  const Part whole = total_of(row.cols, temperature, [&](std::int64_t first, std::int64_t cols) {
    return kernels::part_of_row(row.scores.data + first, nullptr, cols, scale, sum);
  });
  if (!has_total(whole)) return limit_of(row, Law{1, temperature});
  if (row.output != Output::kNothing) {
    const Part total = written(whole, row.loss);
    for_each_part(row.cols, [&](std::int64_t, std::int64_t first, std::int64_t cols) {
      kernels::write_part(row.scores.data + first, nullptr, cols, scale, total, row.output,
                          row.stream, row.out.data + first);
    });
  }
  return kernels::summary_of(whole, temperature);
}

template RowSummary map_long_softmax(const RowsToMap<float>&, double);
template RowSummary map_long_softmax(const RowsToMap<double>&, double);

template <class W>
void map_kept_softmax(const RowsToMap<W>& rows, double temperature, std::int64_t count, W* scratch,
                      RowSummary* summaries) {
  const auto scale = kernels::make_scale<W>(temperature);
  W* const maxima = scratch + rows.cols + kernels::kScratchPad;
  W* exps = scratch;
  const auto kept_at = [&](std::int64_t first) {
    return kernels::KeptPart<W>{exps + first, maxima + first / kernels::kKeptBlock};
  };
  const bool in_out = keeps_in_out(rows);
  kernels::KeptRow<W> before;
  Part totals[2];
  const auto write_last = [&] {
    if (!before.total) return;
    for_each_part(rows.cols, [&](std::int64_t, std::int64_t first, std::int64_t cols) {
      kernels::write_kept_part(at_column(before, first), cols, scale, kept_at(first), rows.stream);
    });
    before = {};
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const RowsToMap<W> row = row_of(rows, i);
    if (!rows.stream) write_last();
    if (in_out) exps = row.out.data;
    Part& whole = totals[i % 2];
    whole = total_of(rows.cols, temperature, [&](std::int64_t first, std::int64_t cols) {
      return kernels::keep_part(row.scores.data + first, cols, scale, rows.entropy, kept_at(first),
                                at_column(before, first));
    });
    const bool regular = has_total(whole);
    before = regular ? kernels::KeptRow<W>{row.scores.data, row.out.data, &whole}
                     : kernels::KeptRow<W>{};
    const RowSummary summary =
        regular ? kernels::summary_of(whole, temperature) : limit_of(row, Law{1, temperature});
    if (regular) whole = written(whole, rows.loss);
    if (summaries) summaries[i] = summary;
  }
  write_last();
}

template void map_kept_softmax(const RowsToMap<float>&, double, std::int64_t, float*, RowSummary*);
template void map_kept_softmax(const RowsToMap<double>&, double, std::int64_t, double*,
                               RowSummary*);

}  // namespace gibbs::maps
