#pragma once
// The law of each row of a batch as weights exp((x - max) / T), from which every draw is made.

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/check.hpp"
#include "gibbs/sampling/draw.hpp"
#include "kernels/portable.hpp"
#include "kernels/softmax.hpp"
#include "maps/engine.hpp"
#include "maps/lanes.hpp"
#include "maps/map_rows.hpp"
#include "maps/workspace.hpp"

namespace gibbs::sampling {

// Columns of which the weights are summed together at first: a part of these stays in cache.
inline constexpr std::int64_t kGroup = 4096;

// A row with a state: no NaN, no +inf, the highest score finite, T regular, max / T finite. p_i is
// in proportion to exp((x_i - max) / T).
template <class V>
struct DrawLaw {
  const V* x = nullptr;
  std::int64_t n = 0;
  V max = 0;
  double temperature = 1;
  const kernels::Part* groups = nullptr;  // of kGroup columns each, if they have been summed
  double rank = 0;                        // GumbelWinner's

  // log of the weight, relative to nothing: pieces of a row agree on it.
  double log_weight(std::int64_t i) const { return static_cast<double>(x[i]) / temperature; }
};

// log weights of a row that is not softmax at a regular temperature without degeneracy: log p up to
// a constant, to `out`; of softmax at any temperature one that pieces of the row agree on, at the
// rank that is returned. work: maps::weighted_scratch_size(n).
double log_weights_of_row(const double* x, const double* log_g, std::int64_t n, maps::Law law,
                          double* work, double* out);

template <Score T>
class DrawLaws {
 public:
  using W = working_t<T>;

  // Throws std::invalid_argument in the name of `function`.
  DrawLaws(const char* function, const Rows<const T>& scores, const DrawOptions<T>& options)
      : scores_(scores), options_(options), source_(scores, options.mask) {
    maps::Request<T> request;
    request.scores = scores;
    request.output = kernels::Output::kNothing;
    request.options.alpha = options.alpha;
    request.options.temperature = options.temperature;
    request.options.log_degeneracy = options.log_degeneracy;
    request.options.mask = options.mask;
    maps::check(function, "", request);
  }

  // draw(law) of row i, a DrawLaw<W> or DrawLaw<double>, if it has a state.
  template <class Draw>
  DrawStatus visit(std::int64_t i, const Draw& draw) const {
    const maps::Buffer<W> buffer(source_.copies() ? scores_.cols : 0);
    const W* const x = source_.lanes(i, 1, 0, scores_.cols, buffer.data(), scores_.cols).data;
    return with_max(i, x, kernels::highest_score(x, scores_.cols), nullptr, draw);
  }

  // The same, and the law of a plain row has its groups: one pass where the highest score and a sum
  // of the weights are needed.
  template <class Draw>
  DrawStatus visit_with_groups(std::int64_t i, const Draw& draw) const {
    const std::int64_t n = scores_.cols, count = (n + kGroup - 1) / kGroup;
    if (!is_plain(i)) return visit(i, draw);
    const maps::Buffer<W> buffer(source_.copies() ? n : 0);
    const maps::Buffer<kernels::Part> groups(count);
    const W* const x = source_.lanes(i, 1, 0, n, buffer.data(), n).data;
    const auto scale = kernels::make_scale<W>(options_.temperature[i]);
    kernels::parts_of_row(x, n, kGroup, scale, groups.data());
    long double max = -std::numeric_limits<long double>::infinity(), sum = 0;
    for (std::int64_t g = 0; g < count; ++g) {
      max = std::max(max, groups.data()[g].total.max);
      sum += groups.data()[g].total.sum;
    }
    if (std::isnan(sum)) return DrawStatus::kNaN;
    return with_max(i, x, static_cast<W>(max), groups.data(), draw);
  }

 private:
  bool is_plain(std::int64_t i) const {
    const maps::Law law{options_.alpha[i], options_.temperature[i]};
    return options_.log_degeneracy.empty() && maps::is_softmax<W>(law.alpha) &&
           law.limit().limit == kernels::Limit::kRegular && kernels::has_scale<W>(law.temperature);
  }

  template <class Draw>
  DrawStatus with_max(std::int64_t i, const W* x, W max, const kernels::Part* groups,
                      const Draw& draw) const {
    if (std::isnan(max)) return DrawStatus::kNaN;
    if (max == -std::numeric_limits<W>::infinity()) return DrawStatus::kNoState;
    const double top = static_cast<double>(max) / options_.temperature[i];
    if (!is_plain(i) || std::isinf(top)) return prepared(i, x, draw);
    draw(DrawLaw<W>{x, scores_.cols, max, options_.temperature[i], groups});
    return DrawStatus::kDrawn;
  }

  template <class Draw>
  DrawStatus prepared(std::int64_t i, const W* x, const Draw& draw) const {
    const maps::Law law{options_.alpha[i], options_.temperature[i]};
    const std::int64_t n = scores_.cols;
    const maps::Buffer<double> row(n), weights(n), out(n), work(maps::weighted_scratch_size(n));
    const maps::Buffer<W> lanes(options_.log_degeneracy.empty() ? 0 : n);
    const W* const log_g = maps::weights_of_row(options_.log_degeneracy, i, 0, n, lanes.data());
    std::copy_n(x, n, row.data());
    if (log_g) std::copy_n(log_g, n, weights.data());
    const double rank = log_weights_of_row(row.data(), log_g ? weights.data() : nullptr, n, law,
                                           work.data(), out.data());
    const double max = kernels::highest_score(out.data(), n);
    if (std::isnan(max)) return DrawStatus::kNaN;
    if (max == -std::numeric_limits<double>::infinity()) return DrawStatus::kNoState;
    draw(DrawLaw<double>{out.data(), n, max, 1, nullptr, rank});
    return DrawStatus::kDrawn;
  }

  const Rows<const T>& scores_;
  const DrawOptions<T>& options_;
  maps::Source<T> source_;
};

}  // namespace gibbs::sampling
