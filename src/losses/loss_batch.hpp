#pragma once
// A batch of rows, block by block: what every loss does around its own arithmetic.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include "gibbs/losses/targets.hpp"
#include "kernels/labels.hpp"
#include "kernels/softmax.hpp"
#include "losses/target_rows.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::losses {

// Elements of a task: its scores and probabilities stay in the second cache. Rows of a block: their
// summaries stay in the first.
inline constexpr std::int64_t kTaskElements = 65536, kBlockRows = 512;

// Rows [first, first + count) of a batch as lanes, and where their gradients belong (null: nothing
// is written). `out` is not the scores.
template <class W>
struct Block {
  std::int64_t first, count, task;
  maps::Lanes<const W> scores;
  maps::Lanes<W> out;
  bool more;  // rows follow in memory
};

template <Score T>
class LossBatch {
 public:
  using W = working_t<T>;

  LossBatch(const Rows<const T>& scores, const LossOptions<T>& options)
      : scores_(scores),
        options_(options),
        source_(scores, options.mask),
        direct_(maps::is_contiguous(options.grad_scores) && !options.grad_scores.empty() &&
                static_cast<const void*>(options.grad_scores.data) != scores.data),
        streams_(direct_ && maps::is_large(options.grad_scores)),
        scale_(options.scale) {}

  std::int64_t cols() const { return scores_.cols; }
  bool wants_gradient() const { return !options_.grad_scores.empty(); }
  // What each loss is multiplied with, beside the weight of its row.
  double scale() const { return scale_; }
  // Whether the gradients go around the caches.
  bool streams() const { return streams_; }
  // The loss of a row of a task, once.
  void add_loss(std::int64_t task, std::int64_t row, double loss) {
    const auto i = static_cast<std::size_t>(row);
    if (losses_.empty()) {
      auto& sums = sums_[static_cast<std::size_t>(task)];
      sums[i % sums.size()] += loss;
    } else {
      losses_[i] = loss;
    }
  }
  // Losses of rows first, first + 1, ..., before the scale.
  void add_losses(std::int64_t task, std::int64_t first, std::span<const double> losses) {
    if (losses_.empty()) {
      return kernels::add_losses(losses, scale_, sums_[static_cast<std::size_t>(task)]);
    }
    const auto start = static_cast<std::size_t>(first);
    for (std::size_t i = 0; i < losses.size(); ++i) losses_[start + i] = scale_ * losses[i];
  }

  // A row is written while the next is read, so a task has some, where that leaves work for many
  // threads; those share out the longest rows themselves.
  std::int64_t rows_of_task() const {
    const std::int64_t cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t tasks = cols <= kernels::kLongestWholeRow ? 16 : 2;
    return std::max(
        {kTaskElements / cols, std::min<std::int64_t>(scores_.rows / tasks, 32), std::int64_t{1}});
  }

  // The sum of the losses that `run` makes of the rows, or their mean.
  template <class Run>
  double reduced(const TargetRows<T>& targets, const Run& run) {
    if (options_.reduction == Reduction::kMean) {
      const double weight = targets.total_weight();
      // Weights beyond what can be added up have no mean; 1 / inf would make it 0.
      const double all = std::isinf(weight) ? std::numeric_limits<double>::quiet_NaN() : weight;
      scale_ = weight == 0 ? 0 : options_.scale / all;
    }
    run();
    double sum = 0;
    for (const auto& of_task : sums_) sum = std::accumulate(of_task.begin(), of_task.end(), sum);
    return sum;
  }

  // Those of all rows.
  template <class Run>
  void each(std::span<W> out, const Run& run) {
    losses_.resize(out.size());
    run();
    std::ranges::transform(losses_, out.begin(), [](double loss) { return static_cast<W>(loss); });
  }

  // body(block) for all rows, `step` of them to a task; the blocks have lanes to write to where
  // `writes`.
  template <class Body>
  void for_each_block(bool writes, std::int64_t step, const Body& body) {
    const std::int64_t rows = scores_.rows;
    const std::int64_t cols = std::max<std::int64_t>(scores_.cols, 1);
    const bool copies = source_.copies() || (writes && !direct_);
    const std::int64_t count =
        std::min({rows_of_task(), kBlockRows,
                  copies ? std::max(kTaskElements / cols, std::int64_t{1}) : kBlockRows});
    const std::int64_t cost = rows * cols;
    const std::int64_t tasks = (rows + step - 1) / step;
    sums_.assign(static_cast<std::size_t>(tasks), kernels::PartialSums{});
    maps::for_each_task(tasks, cost, [&](std::int64_t task) {
      const std::int64_t end = std::min(rows, (task + 1) * step);
      for (std::int64_t row = task * step; row < end; row += count) {
        one_block(writes, row, std::min(count, end - row), task, body);
      }
    });
  }

 private:
  template <class Body>
  void one_block(bool writes, std::int64_t first, std::int64_t count, std::int64_t task,
                 const Body& body) const {
    const std::int64_t cols = scores_.cols, stride = maps::padded(cols);
    const maps::Buffer<W> in(source_.copies() ? count * stride : 0);
    const maps::Buffer<W> out(writes && !direct_ ? count * stride : 0);
    body(Block<W>{first, count, task, source_.lanes(first, count, 0, cols, in.data(), stride),
                  writes ? out_lanes(first, out.data(), stride) : maps::Lanes<W>{nullptr, 0},
                  !source_.copies() && first + count < scores_.rows});
    if (wants_gradient() && !direct_) {
      kernels::write_block(out.data(), stride,
                           maps::block_of(options_.grad_scores, first, count, 0, cols),
                           maps::is_large(options_.grad_scores));
    }
  }

  maps::Lanes<W> out_lanes(std::int64_t first, W* buffer, std::int64_t stride) const {
    if constexpr (std::is_same_v<T, W>) {
      const auto& out = options_.grad_scores;
      if (direct_) return {out.data + first * out.row_stride, out.row_stride};
    }
    return {buffer, stride};
  }

  const Rows<const T>& scores_;
  const LossOptions<T>& options_;
  maps::Source<T> source_;
  bool direct_, streams_;
  std::vector<double> losses_;              // of rows, where each is wanted
  std::vector<kernels::PartialSums> sums_;  // of tasks
  double scale_;
};

}  // namespace gibbs::losses
