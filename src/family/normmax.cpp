#include "gibbs/family/normmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/check.hpp"
#include "family/norm_alpha.hpp"
#include "kernels/entmax.hpp"
#include "kernels/limit_row.hpp"
#include "kernels/root.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kTaskElements = 65536;

struct NormmaxSummary {
  double value, threshold;
  std::int64_t support;
};

// One row: u_i = (x_i - tau) / T with sum u^(alpha / (alpha - 1)) = 1 over the candidates, the
// scores less than T below the maximum. R: what the root is found in.
template <class W, class R>
class NormmaxRow {
 public:
  NormmaxRow(const kernels::EntmaxCandidates<W>& candidates, double alpha, double temperature)
      : candidates_(candidates), temperature_(temperature) {
    // 1 / (alpha - 1) and alpha / (alpha - 1)
    to_probability_ = alpha == kInfinity ? 0 : 1 / (R{alpha} - 1);
    to_unit_ = 1 + to_probability_;
    kernels::RootSearch<R> search;
    search.power = static_cast<double>(1 / to_unit_);
    search.start = -1;
    t_ = kernels::find_root<R>(search, [&](R t) { return taken(t); }).t;
    for (std::int64_t i = 0; i < candidates_.count; ++i) sum_ += weight_of(candidates_.scores[i]);
  }

  double p(W score) const { return static_cast<double>(weight_of(score) / sum_); }
  double threshold() const {
    return static_cast<double>(t_ * R{temperature_} + R{candidates_.max});
  }

  // <p, x> - T |p|, where |p| = 1 / sum q, as |q| = 1.
  double value() const {
    R gain = 0;
    for (std::int64_t i = 0; i < candidates_.count; ++i) {
      const W score = candidates_.scores[i];
      gain += weight_of(score) * shifted(score);
    }
    const R value = R{candidates_.max} + R{temperature_} * ((gain - 1) / sum_);
    return static_cast<double>(value);
  }

 private:
  R shifted(W score) const { return (R{score} - R{candidates_.max}) / R{temperature_}; }

  // A state nearer to the threshold than rounding is at it.
  R weight_of(W score) const {
    const R u = shifted(score) - t_;
    if (!(u > 8 * std::numeric_limits<R>::epsilon())) return 0;
    return to_probability_ == 1 ? u : std::pow(u, to_probability_);
  }

  kernels::Falling<R> taken(R t) const {
    kernels::Falling<R> all{-1, 0};
    for (std::int64_t i = 0; i < candidates_.count; ++i) {
      const R u = shifted(candidates_.scores[i]) - t;
      if (!(u > 0)) continue;
      const R q = to_probability_ == 1 ? u : std::pow(u, to_probability_);
      all.excess += q * u;
      all.slope += to_unit_ * q;
    }
    return all;
  }

  const kernels::EntmaxCandidates<W>& candidates_;
  double temperature_;
  R to_probability_, to_unit_, t_ = 0, sum_ = 0;
};

template <class W, class R>
NormmaxSummary solve_regular(const kernels::EntmaxCandidates<W>& candidates, const W* x,
                             std::int64_t n, double alpha, double temperature, W* out) {
  const NormmaxRow<W, R> row(candidates, alpha, temperature);
  const double threshold = row.threshold();
  const auto lowest = static_cast<double>(candidates.max) - temperature;
  std::int64_t support = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    const bool near = static_cast<double>(x[j]) > std::min(lowest, threshold);
    out[j] = near ? static_cast<W>(row.p(x[j])) : W{0};
    support += out[j] > 0;
  }
  return {row.value(), threshold, support};
}

template <class W>
NormmaxSummary solve_limit(const W* x, std::int64_t n, double temperature, W* out) {
  using kernels::Limit;
  const Limit limit = temperature == 0           ? Limit::kZeroTemperature
                      : temperature == kInfinity ? Limit::kInfiniteTemperature
                                                 : Limit::kRegular;
  const auto summary = kernels::limit_row<W>(
      x, static_cast<const W*>(nullptr), static_cast<std::size_t>(n), {limit, 1, 1}, false, out);
  const bool flat = limit == Limit::kInfiniteTemperature && std::isfinite(summary.max);
  return {flat ? -kInfinity : summary.max, summary.threshold, summary.support};
}

// A NaN is kept among the candidates.
template <class W>
bool in_a_limit(const kernels::EntmaxCandidates<W>& c) {
  return !std::isfinite(c.max) ||
         std::any_of(c.scores, c.scores + c.count, [](W score) { return std::isnan(score); });
}

// out may be x; buffer: kernels::entmax_scratch_size(n) lanes.
template <class W>
NormmaxSummary solve_row(const W* x, std::int64_t n, double alpha, double temperature, W* buffer,
                         W* out) {
  if (!(temperature > 0 && temperature < kInfinity)) return solve_limit(x, n, temperature, out);
  const auto candidates = kernels::candidates_of_part(x, n, temperature, buffer);
  if (in_a_limit(candidates)) return solve_limit(x, n, temperature, out);
  using Fine = std::conditional_t<std::is_same_v<W, double>, long double, double>;
  return solve_regular<W, Fine>(candidates, x, n, alpha, temperature, out);
}

template <Score T>
void run(const Rows<const T>& scores, const Rows<T>& out, const NormmaxOptions<T>& o) {
  using W = working_t<T>;
  const std::int64_t n = scores.cols;
  const maps::Source<T> source(scores, o.mask);
  const std::int64_t step = std::max<std::int64_t>(kTaskElements / std::max<std::int64_t>(n, 1), 1);
  maps::for_each_task((scores.rows + step - 1) / step, scores.rows * n, [&](std::int64_t task) {
    const maps::Buffer<W> lanes(n), p(n), scratch(kernels::entmax_scratch_size(n));
    for (std::int64_t row = task * step; row < std::min(scores.rows, (task + 1) * step); ++row) {
      const auto i = static_cast<std::size_t>(row);
      const W* x = source.lanes(row, 1, 0, n, lanes.data(), n).data;
      const auto summary =
          solve_row(x, n, o.alpha[row], o.temperature[row], scratch.data(), p.data());
      kernels::write_block(p.data(), n, maps::block_of(out, row, 1, 0, n), false);
      if (!o.value.empty()) o.value[i] = static_cast<W>(summary.value);
      if (!o.threshold.empty()) o.threshold[i] = static_cast<W>(summary.threshold);
      if (!o.support.empty()) o.support[i] = summary.support;
    }
  });
}

}  // namespace

template <Score T>
void normmax(Rows<const T> scores, Rows<T> probabilities, const NormmaxOptions<T>& o) {
  const base::Shape shape{scores.rows, scores.cols};
  base::check_size("normmax", "scores", shape);
  base::check_same_shape("normmax", "probabilities", {probabilities.rows, probabilities.cols},
                         "scores", shape);
  family::check_norm_alpha("normmax", o.alpha, scores.rows);
  base::check_temperature("normmax", o.temperature, scores.rows);
  if (!o.mask.empty()) {
    base::check_row_or_same("normmax", "mask", {o.mask.rows, o.mask.cols}, shape);
  }
  const auto length = [&](const char* name, auto span) {
    if (!span.empty()) {
      base::check_length("normmax", name, static_cast<std::int64_t>(span.size()), scores.rows);
    }
  };
  length("value", o.value);
  length("support", o.support);
  length("threshold", o.threshold);
  run(scores, probabilities, o);
}

template void normmax(Rows<const double>, Rows<double>, const NormmaxOptions<double>&);
template void normmax(Rows<const float>, Rows<float>, const NormmaxOptions<float>&);
template void normmax(Rows<const bfloat16>, Rows<bfloat16>, const NormmaxOptions<bfloat16>&);
template void normmax(Rows<const float16>, Rows<float16>, const NormmaxOptions<float16>&);
}  // namespace gibbs::detail
