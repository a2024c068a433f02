#include "gibbs/family/constrained.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/check.hpp"
#include "family/constraints.hpp"
#include "kernels/ahead.hpp"
#include "kernels/clipped.hpp"
#include "kernels/softmax.hpp"
#include "maps/engine.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

using family::ConstrainedLaw;
using family::ConstrainedSummary;
using family::Constraints;
using family::Generator;
using family::State;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Elements of a task.
constexpr std::int64_t kTaskElements = 16384;

template <Score T>
Constraints<T> constraints_of(const ConstrainedMap& map, const ConstrainedOptions<T>& o) {
  return {o.lower, o.upper, o.weights, o.log_degeneracy, map.upper};
}

// entmax has its own kernels.
template <Score T>
bool is_entmax(const ConstrainedMap& map, const ConstrainedOptions<T>& o) {
  return map.divergence.kind == Divergence::kAlpha && !constraints_of(map, o).any() &&
         o.budget.is_one_number() && o.budget[0] == 1;
}

template <Score T>
class ConstrainedRun {
 public:
  using W = working_t<T>;

  ConstrainedRun(const ConstrainedMap& map, const Rows<const T>& scores, const Rows<T>& out,
                 const ConstrainedOptions<T>& options)
      : map_(map),
        scores_(scores),
        out_(out),
        options_(options),
        constraints_(constraints_of(map, options)),
        source_(scores, options.mask) {}

  void run() const {
    const std::int64_t cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t step = std::max<std::int64_t>(kTaskElements / cols, 1);
    maps::for_each_task(
        (scores_.rows + step - 1) / step, scores_.rows * cols,
        [&](std::int64_t task) { block(task * step, std::min(scores_.rows, (task + 1) * step)); });
  }

 private:
  // The limit alpha = infinity is that of T = 0.
  ConstrainedLaw law(std::int64_t row) const {
    const double alpha = map_.divergence.alpha[row];
    const bool argmax = alpha == kInfinity;
    return {Generator(map_.divergence.kind, argmax ? 1 : alpha),
            argmax ? 0 : options_.temperature[row], options_.budget[row],
            std::is_same_v<W, double>};
  }

  void block(std::int64_t first, std::int64_t end) const {
    if (has_kernel()) return block_by_kernel(first, end);
    const maps::Buffer<W> lanes(scores_.cols);
    const maps::Buffer<State> states(scores_.cols);
    for (std::int64_t row = first; row < end; ++row) map_row(row, lanes.data(), states.data());
  }

  // Without degeneracy and weights three members have one.
  bool has_kernel() const {
    const PerRow& alpha = map_.divergence.alpha;
    const bool softmax = map_.divergence.kind == Divergence::kAlpha && alpha.is_one_number() &&
                         alpha[0] == 1 && options_.lower.empty();
    const bool fermi = map_.divergence.kind == Divergence::kFermiDirac && options_.lower.empty() &&
                       options_.upper.empty() && map_.upper >= 1;
    return options_.weights.empty() && options_.log_degeneracy.empty() &&
           (softmax || fermi || map_.divergence.kind == Divergence::kEuclidean);
  }

  // What rows have in common.
  kernels::ClippedRow<W> clipped_rows() const {
    kernels::ClippedRow<W> clipped;
    clipped.clip = map_.divergence.kind == Divergence::kEuclidean ? kernels::Clip::kProjection
                   : map_.divergence.kind == Divergence::kAlpha   ? kernels::Clip::kExponential
                                                                  : kernels::Clip::kFermi;
    clipped.most = static_cast<W>(map_.upper);
    clipped.n = scores_.cols;
    return clipped;
  }

  // Whether the kernel may try: it does not know the ends of a budget's range.
  bool may_clip(std::int64_t row) const {
    const double most = map_.divergence.kind == Divergence::kFermiDirac ? 1 : map_.upper;
    return kernels::has_scale<W>(options_.temperature[row]) && options_.budget[row] > 0 &&
           options_.budget[row] < most * static_cast<double>(scores_.cols);
  }

  void block_by_kernel(std::int64_t first, std::int64_t end) const {
    const std::int64_t n = scores_.cols;
    // The value is computed from scores that an output in place would have replaced.
    const bool direct = maps::is_contiguous(out_) && options_.value.empty();
    const maps::Buffer<W> lanes(source_.copies() ? n : 0), p(direct ? 0 : n),
        lower(options_.lower.empty() ? 0 : n), upper(options_.upper.empty() ? 0 : n),
        scratch(kernels::clipped_scratch_size(n));
    auto clipped = clipped_rows();
    constexpr std::int64_t kFewestStreamed = 1024;  // fewer wait for the last line of a row
    clipped.stream = direct && maps::is_large(scores_) && !is_in_place() && n >= kFewestStreamed;
    for (std::int64_t row = first; row < end; ++row) {
      kernels::ClippedRoot root;
      if (may_clip(row)) {
        const double temperature = options_.temperature[row];
        clipped.budget = options_.budget[row];
        if (temperature != clipped.scale.temperature) {
          clipped.scale = kernels::make_scale<W>(temperature);
        }
        clipped.x = source_.lanes(row, 1, 0, n, lanes.data(), n).data;
        clipped.lower = maps::weights_of_row(options_.lower, row, 0, n, lower.data());
        clipped.upper = maps::weights_of_row(options_.upper, row, 0, n, upper.data());
        clipped.next = next_lanes(row, clipped.x);
        clipped.scratch = scratch.data();
        clipped.out = direct ? direct_lanes(row) : p.data();
        root = kernels::clip_row(clipped);
        if (root.solved) {
          const W* const of_row = clipped.out;
          deliver(row, summary_of(row, clipped.x, of_row, root.tau),
                  [=](std::int64_t j) { return of_row[j]; });
        }
      }
      if (root.solved && !direct) {
        kernels::write_block(p.data(), n, maps::block_of(out_, row, 1, 0, n), false);
      } else if (!root.solved) {
        const maps::Buffer<State> states(n);
        map_row(row, lanes.data(), states.data());
      }
    }
    if (clipped.stream) kernels::flush_clipped_rows();
  }

  bool is_in_place() const { return static_cast<const void*>(scores_.data) == out_.data; }

  W* direct_lanes(std::int64_t row) const {
    if constexpr (std::is_same_v<T, W>) return &out_(row, 0);
    return nullptr;
  }

  // The scores that the kernel reads after those at x; these again where it would not.
  const W* next_lanes(std::int64_t row, const W* x) const {
    if constexpr (std::is_same_v<T, W>) {
      const std::int64_t next = row + kernels::rows_ahead<W>(scores_.cols);
      if (next < scores_.rows && !source_.copies() && scores_.cols <= kernels::kLongestWholeRow) {
        return &scores_(next, 0);
      }
    }
    return x;
  }

  ConstrainedSummary summary_of(std::int64_t row, const W* x, const W* p, double tau) const {
    ConstrainedSummary summary{0, tau};
    if (options_.value.empty()) return summary;
    const Generator f(map_.divergence.kind, 1);
    long double gain = 0, divergence = 0;
    for (std::int64_t j = 0; j < scores_.cols; ++j) {
      const auto of = static_cast<double>(p[j]);
      if (static_cast<double>(x[j]) == -kInfinity) continue;
      divergence += f.value(of);
      if (of != 0) gain += static_cast<long double>(of) * static_cast<long double>(x[j]);
    }
    summary.value = static_cast<double>(gain - options_.temperature[row] * divergence);
    return summary;
  }

  void map_row(std::int64_t row, W* buffer, State* states) const {
    const std::int64_t n = scores_.cols;
    const W* x = source_.lanes(row, 1, 0, n, buffer, n).data;
    for (std::int64_t j = 0; j < n; ++j) {
      states[j] = constraints_.state(row, j);
      states[j].score = static_cast<double>(x[j]);
    }
    deliver(row, family::solve_row(law(row), {states, static_cast<std::size_t>(n)}),
            [=](std::int64_t j) { return static_cast<W>(states[j].p); });
    for (std::int64_t j = 0; j < n; ++j) out_(row, j) = T(static_cast<W>(states[j].p));
  }

  template <class Probability>
  void deliver(std::int64_t row, const ConstrainedSummary& summary, const Probability& p) const {
    const auto i = static_cast<std::size_t>(row);
    if (!options_.value.empty()) options_.value[i] = static_cast<W>(summary.value);
    if (!options_.multiplier.empty()) options_.multiplier[i] = static_cast<W>(summary.multiplier);
    if (options_.support.empty()) return;
    std::int64_t support = 0;
    for (std::int64_t j = 0; j < scores_.cols; ++j) support += p(j) > 0;
    options_.support[i] = support;
  }

  const ConstrainedMap& map_;
  const Rows<const T>& scores_;
  const Rows<T>& out_;
  const ConstrainedOptions<T>& options_;
  Constraints<T> constraints_;
  maps::Source<T> source_;
};

// Value T log Z and multiplier T (log Z + (alpha - 1) H - 1 / alpha), which `value` and `entropy`
// hold as log Z and H; in the limits both are the highest score, or infinite with T.
template <Score T>
void turn_into_value(const PerRow& alpha, const PerRow& temperature, std::span<working_t<T>> value,
                     std::span<working_t<T>> entropy, std::span<const working_t<T>> top) {
  using W = working_t<T>;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const double t = temperature[row], a = alpha[row];
    const double log_z = static_cast<double>(value[i]), h = static_cast<double>(entropy[i]);
    const bool limit = t == 0 || a == kInfinity;
    value[i] = limit ? top[i] : static_cast<W>(t * log_z);
    entropy[i] = limit ? top[i] : static_cast<W>(t * (log_z + (a - 1) * h - 1 / a));
  }
}

template <Score T>
void run_entmax(const ConstrainedMap& map, const Rows<const T>& scores, const Rows<T>& out,
                const ConstrainedOptions<T>& options) {
  using W = working_t<T>;
  const auto rows = static_cast<std::size_t>(scores.rows);
  const bool summary = !options.value.empty() || !options.multiplier.empty();
  std::vector<W> value(summary ? rows : 0), entropy(value.size()), top(value.size());
  maps::Request<T> request;
  request.scores = scores;
  request.out = out;
  request.options = {map.divergence.alpha,
                     options.temperature,
                     options.log_degeneracy,
                     options.mask,
                     value,
                     entropy,
                     options.support,
                     top};
  maps::run(request);
  turn_into_value<T>(map.divergence.alpha, options.temperature, value, entropy, top);
  std::copy_n(value.begin(), options.value.size(), options.value.begin());
  std::copy_n(entropy.begin(), options.multiplier.size(), options.multiplier.begin());
}

template <Score T>
void check(const ConstrainedMap& map, const Rows<const T>& scores, const Rows<T>& out,
           const ConstrainedOptions<T>& o) {
  const char* const name = map.name;
  const Constraints<T> constraints = constraints_of(map, o);
  maps::Request<T> request;
  request.scores = scores;
  request.out = out;
  request.options = {
      map.divergence.alpha, o.temperature, o.log_degeneracy, o.mask, {}, {}, o.support, {}};
  maps::check(name, "probabilities", request);
  const auto length = [&](const char* argument, auto span) {
    if (!span.empty()) {
      base::check_length(name, argument, static_cast<std::int64_t>(span.size()), scores.rows);
    }
  };
  length("value", o.value);
  length("multiplier", o.multiplier);
  base::check_budget(name, o.budget, scores.rows);
  family::check_constraints(name, constraints, scores.rows, scores.cols);
  family::check_budgets(name, constraints, o.mask, o.budget,
                        map.divergence.kind == Divergence::kFermiDirac, scores.rows, scores.cols);
  const PerRow& alpha = map.divergence.alpha;
  for (std::int64_t i = 0; !is_entmax(map, o) && i < alpha.size(); ++i) {
    if (alpha[i] > 2 && alpha[i] < kInfinity) {
      base::refuse_value(name, "alpha must be at most 2 with bounds, weights or a budget",
                         alpha[i]);
    }
  }
}

template <Score T>
ConstrainedOptions<T> without_repeats(ConstrainedOptions<T> o, std::int64_t rows) {
  o.lower = family::without_repeats(o.lower, rows);
  o.upper = family::without_repeats(o.upper, rows);
  o.weights = family::without_repeats(o.weights, rows);
  o.log_degeneracy = family::without_repeats(o.log_degeneracy, rows);
  return o;
}

}  // namespace

template <Score T>
void constrained(const ConstrainedMap& map, Rows<const T> scores, Rows<T> probabilities,
                 const ConstrainedOptions<T>& options) {
  ConstrainedMap member = map;
  ConstrainedOptions<T> plain = without_repeats(options, scores.rows);
  if (family::is_one_bound(plain.upper, scores.cols)) {
    member.upper = static_cast<double>(plain.upper(0, 0));
    plain.upper = {};
  }
  check(member, scores, probabilities, plain);
  if (is_entmax(member, plain)) return run_entmax(member, scores, probabilities, plain);
  ConstrainedRun<T>(member, scores, probabilities, plain).run();
}

template void constrained(const ConstrainedMap&, Rows<const double>, Rows<double>,
                          const ConstrainedOptions<double>&);
template void constrained(const ConstrainedMap&, Rows<const float>, Rows<float>,
                          const ConstrainedOptions<float>&);
template void constrained(const ConstrainedMap&, Rows<const bfloat16>, Rows<bfloat16>,
                          const ConstrainedOptions<bfloat16>&);
template void constrained(const ConstrainedMap&, Rows<const float16>, Rows<float16>,
                          const ConstrainedOptions<float16>&);

}  // namespace gibbs::detail
