#pragma once
// A batch of rows against labels or numbers per class, for losses that need no map.

#include <span>
#include <vector>

#include "base/check.hpp"
#include "losses/check_loss.hpp"
#include "losses/loss_batch.hpp"
#include "losses/row_score_loss.hpp"
#include "maps/column_sums.hpp"

namespace gibbs::losses {

// What such losses have in common of their options.
template <Score T, class Options>
LossOptions<T> loss_options(const Options& given) {
  LossOptions<T> options;
  options.mask = given.mask;
  options.sample_weights = given.sample_weights;
  options.reduction = given.reduction;
  options.scale = given.scale;
  options.grad_scores = given.grad_scores;
  return options;
}

// The loss of the batch; where `each` is not null, it is filled instead and 0 returned.
// row_loss(row, target, weight, grad) is the loss of a row and writes its gradient.
//
// throws    std::invalid_argument in the name of `function`
template <Score T, class RowLoss>
double run_score_loss(const char* function, const Rows<const T>& scores, const Targets<T>& targets,
                      const std::span<working_t<T>>* each, const LossOptions<T>& options,
                      const RowLoss& row_loss) {
  using W = working_t<T>;
  const TargetRows<T> target_rows(targets, options, scores.cols);
  check_loss(function, scores, target_rows, 1.0, options);
  if (each) {
    base::check_length(function, "losses", static_cast<std::int64_t>(each->size()), scores.rows);
  }
  LossBatch<T> batch(scores, options);
  std::vector<double> by_temperature(
      options.grad_temperature.empty() ? 0 : static_cast<std::size_t>(scores.rows));
  const auto one_row = [&](const W* x, W* out, std::int64_t task, std::int64_t index,
                           double* room) {
    const MappedRow<W> row{x,      nullptr, nullptr, scores.cols, 1, options.temperature[index],
                           nullptr};
    double weight = 0;
    const RowTarget target = target_rows.target(row, index, room, &weight);
    weight *= batch.scale();
    if (weight == 0) {  // ignored, or of no weight: whatever the row holds
      if (out) std::fill_n(out, scores.cols, W{0});
      return;
    }
    const RowScoreLoss found = row_loss(row, target, weight, out);
    batch.add_loss(task, index, weight * found.loss);
    if (!by_temperature.empty()) {
      by_temperature[static_cast<std::size_t>(index)] = weight * found.by_temperature;
    }
  };
  const auto run = [&] {
    batch.for_each_block(batch.wants_gradient(), batch.rows_of_task(), [&](const Block<W>& block) {
      const maps::Buffer<double> room(
          target_rows.are_dense() ? std::max<std::int64_t>(scores.cols, 1) : 0);
      for (std::int64_t i = 0; i < block.count; ++i) {
        one_row(block.scores.data + i * block.scores.stride,
                block.out.data ? block.out.data + i * block.out.stride : nullptr, block.task,
                block.first + i, room.data());
      }
    });
    maps::deliver_rows(options.grad_temperature, by_temperature,
                       [](double of_row) { return of_row; });
  };
  if (!each) return batch.reduced(target_rows, run);
  batch.each(*each, run);
  return 0;
}

}  // namespace gibbs::losses
