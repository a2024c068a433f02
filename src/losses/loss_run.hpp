#pragma once
// A batch of rows and what is wanted of their losses.

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>
#include <vector>

#include "gibbs/losses/fenchel_young.hpp"
#include "losses/loss_batch.hpp"
#include "losses/row_loss.hpp"
#include "losses/target_rows.hpp"
#include "maps/column_sums.hpp"
#include "maps/row_mapper.hpp"

namespace gibbs::losses {

using detail::LossOf;
using kernels::RowSummary;
using maps::Buffer;

// The Hessian of the loss in the scores times `direction`; empty where it is not wanted.
template <Score T>
struct HessianProduct {
  Rows<const T> direction = {};
  Rows<T> product = {};
};

template <Score T>
class LossRun {
 public:
  using W = working_t<T>;

  LossRun(LossOf of, const Rows<const T>& scores, const TargetRows<T>& targets, const PerRow& alpha,
          const LossOptions<T>& options, const HessianProduct<T>& hessian = {})
      : of_(of),
        options_(options),
        hessian_(hessian),
        targets_(targets),
        batch_(scores, options),
        mapper_(alpha, options.temperature, options.log_degeneracy),
        parameters_(!options.grad_temperature.empty() || !options.grad_alpha.empty() ||
                    !options.grad_log_degeneracy.empty()),
        plain_(scores.cols > 0 && !targets_.are_dense() && !parameters_ &&
               options.probabilities.empty() && options.entropy.empty() &&
               options.log_degeneracy.empty() && options.z_loss == 0 &&
               options.class_weights.empty() && options.sample_weights.empty() &&
               hessian.product.empty()),
        fused_(plain_ && mapper_.uniform() && mapper_.takes_label(0)),
        needs_p_(!options.grad_scores.empty() || !options.probabilities.empty() || parameters_ ||
                 targets_.are_dense() || !(fused_ || is_cross_entropy(alpha)) ||
                 !hessian.product.empty()),
        sums_columns_(!options.grad_log_degeneracy.empty() &&
                      options.grad_log_degeneracy.rows == 1 && scores.rows != 1),
        columns_(sums_columns_ ? scores.cols : 0),
        gradients_(parameters_ ? static_cast<std::size_t>(scores.rows) : 0),
        rows_(scores.rows) {}

  // The sum of the rows' losses, or their mean.
  double reduced() {
    return batch_.reduced(targets_, [&] { run(); });
  }

  void each(std::span<W> out) {
    batch_.each(out, [&] { run(); });
  }

 private:
  // Where a row's target, its part of the Hessian's product and the sums of its group are held.
  struct Room {
    double *target, *product, *sums;
  };

  // Beside labels alone, only softmax has a kernel that sums and writes nothing.
  static bool is_cross_entropy(const PerRow& alpha) {
    return alpha.is_one_number() && maps::is_softmax<W>(alpha[0]);
  }

  void run() {
    const std::int64_t step = sums_columns_ ? maps::rows_per_group(rows_) : batch_.rows_of_task();
    batch_.for_each_block(needs_p_, step, [&](const Block<W>& block) { map_block(block); });
    deliver();
  }

  // Labels and nothing beside: short rows would spend more time on the other options than in the
  // map.
  void map_labels(const Block<W>& block, maps::RowsToMap<W> rows) {
    std::int64_t room[kBlockRows];
    double losses[kBlockRows];
    const auto count = static_cast<std::size_t>(block.count);
    const std::int64_t* const labels = targets_.labels(block.first, {room, count});
    const kernels::LabelLoss loss{labels, losses, batch_.scale()};
    rows.loss = &loss;
    rows.stream = fused_ && batch_.streams();
    if (fused_) {
      mapper_.map(rows, block.first, block.count, nullptr);
    } else {
      RowSummary summaries[kBlockRows];  // 10 % of the time of 8 columns, only to clear
      mapper_.map(rows, block.first, block.count, summaries);
      finish_labels(rows, block, summaries, loss);
    }
    for (std::int64_t i = 0; !targets_.all_count() && i < block.count; ++i) {
      if (!targets_.ignores(block.first + i)) continue;
      losses[i] = 0;
      clear_gradient(maps::row_of(rows, i));
    }
    batch_.add_losses(block.task, block.first, {losses, count});
  }

  void map_block(const Block<W>& block) {
    maps::RowsToMap<W> rows;
    rows.scores = block.scores;
    rows.out = block.out;
    rows.cols = batch_.cols();
    rows.more = block.more;
    rows.output = needs_p_ ? kernels::Output::kProbabilities : kernels::Output::kNothing;
    rows.entropy = !options_.entropy.empty();
    if (plain_) return map_labels(block, rows);
    RowSummary summaries[kBlockRows];
    mapper_.map(rows, block.first, block.count, summaries);
    finish_rows(rows, block, summaries);
  }

  MappedRow<W> mapped_row(const maps::RowsToMap<W>& row, std::int64_t index, const W* log_g,
                          const RowSummary& summary) const {
    const maps::Law law = mapper_.law(index);
    return {row.scores.data, row.out.data, log_g, row.cols, law.alpha, law.temperature, &summary};
  }

  void finish_rows(const maps::RowsToMap<W>& rows, const Block<W>& block, RowSummary* summaries) {
    // A target is dense where there is room for it, of no classes too.
    const Buffer<double> target(targets_.are_dense() ? std::max<std::int64_t>(rows.cols, 1) : 0);
    const Buffer<double> product(hessian_.product.empty() ? 0 : 4 * rows.cols);
    const Room room{target.data(), product.data(),
                    sums_columns_ ? columns_.group(block.task) : nullptr};
    const Buffer<W> weights(mapper_.weighted() ? rows.cols : 0);
    for (std::int64_t i = 0; i < block.count; ++i) {
      const auto row = maps::row_of(rows, i);
      const std::int64_t index = block.first + i;
      const W* log_g =
          maps::weights_of_row(options_.log_degeneracy, index, 0, rows.cols, weights.data());
      finish_row(mapped_row(row, index, log_g, summaries[i]), block.task, index, row.out.data,
                 room);
    }
  }

  static void clear_gradient(const maps::RowsToMap<W>& row) {
    if (row.out.data) std::fill_n(row.out.data, row.cols, W{0});
  }

  // The losses and gradients of labels from what is known of mapped rows, where their kernels made
  // none.
  void finish_labels(const maps::RowsToMap<W>& rows, const Block<W>& block,
                     const RowSummary* summaries, const kernels::LabelLoss& loss) const {
    for (std::int64_t i = 0; i < block.count; ++i) {
      if (mapper_.takes_label(block.first + i)) continue;
      const std::int64_t label = loss.labels[i];
      const auto row = maps::row_of(rows, i);
      if (batch_.wants_gradient()) scale_gradient(row);
      const auto mapped = mapped_row(row, block.first + i, nullptr, summaries[i]);
      loss.losses[i] = loss_of_label(mapped, label);
      if (batch_.wants_gradient() && !mapped.is_absent(label)) {
        W& own = row.out.data[label];
        own = static_cast<W>(static_cast<double>(own) - loss.factor);
      }
    }
  }

  void scale_gradient(const maps::RowsToMap<W>& row) const {
    const auto scale = static_cast<W>(batch_.scale());
    if (scale == 1) return;
    for (std::int64_t j = 0; j < row.cols; ++j) row.out.data[j] *= scale;
  }

  // Everything of a row but the map; `out` holds p and receives the gradient.
  void finish_row(const MappedRow<W>& row, std::int64_t task, std::int64_t index, W* out,
                  const Room& room) {
    const auto i = static_cast<std::size_t>(index);
    if (!options_.entropy.empty()) options_.entropy[i] = static_cast<W>(row.summary->entropy);
    for (std::int64_t j = 0; !options_.probabilities.empty() && j < row.n; ++j) {
      options_.probabilities(index, j) = T(row.p[j]);
    }
    double weight = 0;
    const RowTarget target = targets_.target(row, index, room.target, &weight);
    weight *= batch_.scale();
    if (weight == 0) {  // ignored, or of no weight: whatever the row holds
      if (out) std::fill_n(out, row.n, W{0});
      if (parameters_) clear_log_degeneracy(index, room.sums);
      return clear_product(index);
    }
    const double value = row.value();
    const bool regularized = options_.z_loss > 0 && std::isfinite(value);
    const Weights of{weight * (1 + (regularized ? 2 * options_.z_loss * value : 0)), weight};
    batch_.add_loss(task, index, weight * loss_of(row, target, regularized ? value : 0));
    if (parameters_) parameters_of(row, index, target, of, room.sums);
    if (!hessian_.product.empty()) product_of(row, index, of, regularized, room.product);
    if (batch_.wants_gradient()) write_gradient(row, target, of, out);
  }

  // The square of the optimal value V has the Hessian 2 (p p' + V J).
  void product_of(const MappedRow<W>& row, std::int64_t index, Weights of, bool regularized,
                  double* room) const {
    const auto n = static_cast<std::size_t>(row.n);
    double *v = room, *product = v + n;
    for (std::int64_t j = 0; j < row.n; ++j) {
      v[j] = static_cast<double>(static_cast<W>(hessian_.direction(index, j)));
    }
    const double of_pp = regularized ? 2 * options_.z_loss * of.of_y : 0;
    hessian_times(row, of.of_p, of_pp, v, product, product + n);
    for (std::int64_t j = 0; j < row.n; ++j) {
      hessian_.product(index, j) = T(static_cast<W>(product[j]));
    }
  }

  void clear_product(std::int64_t index) const {
    for (std::int64_t j = 0; j < hessian_.product.cols; ++j) hessian_.product(index, j) = T(W{0});
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
    for (std::int64_t j = 0; !out.empty() && !sums && j < batch_.cols(); ++j) out(index, j) = W{0};
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

  void deliver() const {
    maps::deliver_rows(options_.grad_temperature, gradients_,
                       [](const ParameterGradients& g) { return g.temperature; });
    maps::deliver_rows(options_.grad_alpha, gradients_,
                       [](const ParameterGradients& g) { return g.alpha; });
    for (std::int64_t j = 0; sums_columns_ && j < batch_.cols(); ++j) {
      options_.grad_log_degeneracy(0, j) = static_cast<W>(columns_.total(j));
    }
  }

  LossOf of_;
  const LossOptions<T>& options_;
  HessianProduct<T> hessian_;
  const TargetRows<T>& targets_;
  LossBatch<T> batch_;
  maps::RowMapper<W> mapper_;
  bool parameters_, plain_, fused_, needs_p_, sums_columns_;
  maps::ColumnSums columns_;
  std::vector<ParameterGradients> gradients_;
  std::int64_t rows_;
};

}  // namespace gibbs::losses
