#pragma once
// A batch of rows and what is wanted of their losses.

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <vector>

#include "gibbs/losses/fenchel_young.hpp"
#include "losses/row_loss.hpp"
#include "losses/target_rows.hpp"
#include "maps/column_sums.hpp"
#include "maps/lanes.hpp"
#include "maps/row_mapper.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::losses {

using detail::LossOf;
using kernels::RowSummary;
using maps::Buffer;

// Elements of a task: its scores and probabilities stay in the second cache. Rows of a block: their
// summaries stay in the first.
inline constexpr std::int64_t kTaskElements = 65536, kBlockRows = 256;

template <Score T>
class LossRun {
 public:
  using W = working_t<T>;

  LossRun(LossOf of, const Rows<const T>& scores, const Targets<T>& targets, const PerRow& alpha,
          const LossOptions<T>& options)
      : of_(of),
        scores_(scores),
        options_(options),
        targets_(targets, options, scores.cols),
        source_(scores, options.mask),
        mapper_(alpha, options.temperature, options.log_degeneracy),
        direct_(maps::is_contiguous(options.grad_scores) && !options.grad_scores.empty() &&
                static_cast<const void*>(options.grad_scores.data) != scores.data),
        parameters_(!options.grad_temperature.empty() || !options.grad_alpha.empty() ||
                    !options.grad_log_degeneracy.empty()),
        needs_p_(!options.grad_scores.empty() || !options.probabilities.empty() || parameters_ ||
                 targets_.are_dense() || !is_cross_entropy(alpha)),
        plain_(!targets_.are_dense() && !parameters_ && options.probabilities.empty() &&
               options.entropy.empty() && options.log_degeneracy.empty() && options.z_loss == 0 &&
               options.class_weights.empty() && options.sample_weights.empty()),
        sums_columns_(!options.grad_log_degeneracy.empty() &&
                      options.grad_log_degeneracy.rows == 1 && scores.rows != 1),
        columns_(sums_columns_ ? scores.cols : 0),
        losses_(static_cast<std::size_t>(scores.rows)),
        gradients_(parameters_ ? losses_.size() : 0),
        scale_(options.scale) {}

  // The sum of the rows' losses, or their mean.
  double reduced() {
    if (options_.reduction == Reduction::kMean) {
      const double weight = targets_.total_weight();
      scale_ = weight == 0 ? 0 : options_.scale / weight;
    }
    run();
    double sum = 0;
    for (const double loss : losses_) sum += loss;
    return sum;
  }

  void each(std::span<W> out) {
    run();
    std::transform(losses_.begin(), losses_.end(), out.begin(),
                   [](double loss) { return static_cast<W>(loss); });
  }

 private:
  // Only softmax has a kernel that sums and writes nothing.
  static bool is_cross_entropy(const PerRow& alpha) {
    return alpha.is_one_number() && maps::is_softmax<W>(alpha[0]);
  }

  void run() {
    const std::int64_t rows = scores_.rows, cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t task_rows = std::max<std::int64_t>(kTaskElements / cols, 1);
    const std::int64_t block = std::min(task_rows, kBlockRows);
    const std::int64_t step = sums_columns_ ? maps::rows_per_group(rows) : task_rows;
    maps::for_each_task((rows + step - 1) / step, rows * cols, [&](std::int64_t task) {
      double* const sums = sums_columns_ ? columns_.group(task) : nullptr;
      const std::int64_t end = std::min(rows, (task + 1) * step);
      for (std::int64_t row = task * step; row < end; row += block) {
        map_block(row, std::min(block, end - row), sums);
      }
    });
    deliver();
  }

  void map_block(std::int64_t first, std::int64_t count, double* sums) {
    const std::int64_t cols = scores_.cols, stride = ((cols + 15) / 16 | 1) * 16;
    const Buffer<W> in(source_.copies() ? count * stride : 0);
    const Buffer<W> out(needs_p_ && !direct_ ? count * stride : 0);
    RowSummary summaries[kBlockRows];
    maps::RowsToMap<W> rows;
    rows.scores = source_.lanes(first, count, 0, cols, in.data(), stride);
    rows.out = out_lanes(first, out.data(), stride);
    rows.cols = cols;
    rows.output = needs_p_ ? kernels::Output::kProbabilities : kernels::Output::kNothing;
    rows.entropy = !options_.entropy.empty();
    mapper_.map(rows, first, count, summaries);
    if (plain_) {
      finish_labels(rows, first, count, summaries);
    } else {
      finish_rows(rows, first, count, summaries, sums);
    }
    if (!options_.grad_scores.empty() && !direct_) {
      kernels::write_block(out.data(), stride,
                           maps::block_of(options_.grad_scores, first, count, 0, cols), false);
    }
  }

  MappedRow<W> mapped_row(const maps::RowsToMap<W>& row, std::int64_t index, const W* log_g,
                          const RowSummary& summary) const {
    const maps::Law law = mapper_.law(index);
    return {row.scores.data, row.out.data, log_g, row.cols, law.alpha, law.temperature, &summary};
  }

  void finish_rows(const maps::RowsToMap<W>& rows, std::int64_t first, std::int64_t count,
                   RowSummary* summaries, double* sums) {
    // A target is dense where there is room for it, of no classes too.
    const Buffer<double> room(targets_.are_dense() ? std::max<std::int64_t>(rows.cols, 1) : 0);
    const Buffer<W> weights(mapper_.weighted() ? rows.cols : 0);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = maps::row_of(rows, i);
      const W* log_g =
          maps::weights_of_row(options_.log_degeneracy, first + i, 0, rows.cols, weights.data());
      finish_row(mapped_row(row, first + i, log_g, summaries[i]), first + i, row.out.data,
                 room.data(), sums);
    }
  }

  // What is most often asked for, labels and nothing beside: short rows would spend more time on
  // the other options than in the map.
  void finish_labels(const maps::RowsToMap<W>& rows, std::int64_t first, std::int64_t count,
                     RowSummary* summaries) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = maps::row_of(rows, i);
      const std::int64_t label = targets_.label(first + i);
      if (label == options_.ignore_index) {
        if (row.out.data) std::fill_n(row.out.data, rows.cols, W{0});
        continue;
      }
      const auto mapped = mapped_row(row, first + i, nullptr, summaries[i]);
      losses_[static_cast<std::size_t>(first + i)] = scale_ * loss_of_label(mapped, label);
      if (!options_.grad_scores.empty()) {
        write_gradient(mapped, {label, nullptr}, {scale_, scale_}, row.out.data);
      }
    }
  }

  maps::Lanes<W> out_lanes(std::int64_t first, W* buffer, std::int64_t stride) const {
    if (!needs_p_) return {nullptr, 0};
    if constexpr (std::is_same_v<T, W>) {
      const auto& out = options_.grad_scores;
      if (direct_) return {out.data + first * out.row_stride, out.row_stride};
    }
    return {buffer, stride};
  }

  // Everything of a row but the map; `out` holds p and receives the gradient.
  void finish_row(const MappedRow<W>& row, std::int64_t index, W* out, double* room, double* sums) {
    const auto i = static_cast<std::size_t>(index);
    if (!options_.entropy.empty()) options_.entropy[i] = static_cast<W>(row.summary->entropy);
    for (std::int64_t j = 0; !options_.probabilities.empty() && j < row.n; ++j) {
      options_.probabilities(index, j) = T(row.p[j]);
    }
    double weight = 0;
    const RowTarget target = targets_.target(row, index, room, &weight);
    weight *= scale_;
    if (weight == 0) {  // ignored, or of no weight: whatever the row holds
      if (out) std::fill_n(out, row.n, W{0});
      if (parameters_) clear_log_degeneracy(index, sums);
      return;
    }
    const double value = row.value();
    const bool regularized = options_.z_loss > 0 && std::isfinite(value);
    const Weights of{weight * (1 + (regularized ? 2 * options_.z_loss * value : 0)), weight};
    losses_[i] = weight * loss_of(row, target, regularized ? value : 0);
    if (parameters_) parameters_of(row, index, target, of, sums);
    if (!options_.grad_scores.empty()) write_gradient(row, target, of, out);
  }

  double loss_of(const MappedRow<W>& row, const RowTarget& target, double value) const {
    const double loss = fenchel_young(row, target) + options_.z_loss * value * value;
    if (of_ == LossOf::kFenchelYoung || !target.probabilities) return loss;
    const double entropy = shannon_entropy(target.probabilities, row.n);
    return entropy == 0 ? loss : loss + row.temperature * entropy;
  }

  void parameters_of(const MappedRow<W>& row, std::int64_t index, const RowTarget& target,
                     Weights of, double* sums) {
    auto& gradients = gradients_[static_cast<std::size_t>(index)];
    const auto& out = options_.grad_log_degeneracy;
    const bool own = !out.empty() && !sums;
    const Buffer<double> buffer(own ? row.n : 0);
    if (own) std::fill_n(buffer.data(), row.n, 0.0);
    gradients = parameter_gradients(row, target, of, own ? buffer.data() : sums);
    if (of_ == LossOf::kCrossEntropy && target.probabilities && !row.is_limit()) {
      gradients.temperature += of.of_y * shannon_entropy(target.probabilities, row.n);
    }
    for (std::int64_t j = 0; own && j < row.n; ++j) {
      out(index, j) = static_cast<W>(buffer.data()[j]);
    }
  }

  void clear_log_degeneracy(std::int64_t index, const double* sums) const {
    const auto& out = options_.grad_log_degeneracy;
    for (std::int64_t j = 0; !out.empty() && !sums && j < scores_.cols; ++j) out(index, j) = W{0};
  }

  // of_p p - of_y y; 0 where there is no state.
  static void write_gradient(const MappedRow<W>& row, const RowTarget& target, Weights of, W* out) {
    const auto of_p = static_cast<W>(of.of_p);
    if (target.probabilities) {
      for (std::int64_t j = 0; j < row.n; ++j) {
        const double p = static_cast<double>(row.p[j]), y = target.probabilities[j];
        out[j] =
            row.is_absent(j) && !std::isnan(p) ? W{0} : static_cast<W>(of.of_p * p - of.of_y * y);
      }
      return;
    }
    const double p = static_cast<double>(row.p[target.label]);
    const bool absent = row.is_absent(target.label) && !std::isnan(p);
    if (of.of_p != 1) {
      for (std::int64_t j = 0; j < row.n; ++j) out[j] *= of_p;
    }
    out[target.label] = absent ? W{0} : static_cast<W>(of.of_p * p - of.of_y);
  }

  // One number per row, or their sum, in the order of rows.
  template <class Get>
  void deliver_rows(std::span<W> out, const Get& get) const {
    if (out.empty()) return;
    double sum = 0;
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      if (out.size() == gradients_.size()) out[i] = static_cast<W>(get(gradients_[i]));
      sum += get(gradients_[i]);
    }
    if (out.size() != gradients_.size()) out[0] = static_cast<W>(sum);
  }

  void deliver() const {
    deliver_rows(options_.grad_temperature,
                 [](const ParameterGradients& g) { return g.temperature; });
    deliver_rows(options_.grad_alpha, [](const ParameterGradients& g) { return g.alpha; });
    for (std::int64_t j = 0; sums_columns_ && j < scores_.cols; ++j) {
      options_.grad_log_degeneracy(0, j) = static_cast<W>(columns_.total(j));
    }
  }

  LossOf of_;
  const Rows<const T>& scores_;
  const LossOptions<T>& options_;
  TargetRows<T> targets_;
  maps::Source<T> source_;
  maps::RowMapper<W> mapper_;
  bool direct_, parameters_, needs_p_, plain_, sums_columns_;
  maps::ColumnSums columns_;
  std::vector<double> losses_;
  std::vector<ParameterGradients> gradients_;
  double scale_;
};

}  // namespace gibbs::losses
