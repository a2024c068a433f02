#pragma once
// The targets of a batch, row by row: labels, probabilities, class weights, smoothing.

#include <algorithm>
#include <cstdint>
#include <span>

#include "gibbs/losses/targets.hpp"
#include "kernels/labels.hpp"
#include "losses/row_loss.hpp"

namespace gibbs::losses {

template <Score T>
class TargetRows {
 public:
  using W = working_t<T>;

  TargetRows(const Targets<T>& targets, const LossOptions<T>& options, std::int64_t cols)
      : targets_(targets),
        options_(options),
        cols_(cols),
        are_columns_(kernels::are_columns(targets.labels32, cols) &&
                     kernels::are_columns(targets.labels64, cols)),
        all_count_(are_columns_ && (options.ignore_index < 0 || options.ignore_index >= cols)) {}

  const Targets<T>& targets() const { return targets_; }
  // Whether all labels are in [0, cols), and whether none is ignored.
  bool are_columns() const { return are_columns_; }
  bool all_count() const { return all_count_; }

  bool ignores(std::int64_t row) const {
    return targets_.are_labels() && targets_.label(row) == options_.ignore_index;
  }
  // Whether a target has mass on more than its label, and needs room for cols doubles.
  bool are_dense() const { return !targets_.are_labels() || options_.label_smoothing > 0; }
  // s_i w(y_i), before smoothing: how often the row counts in a mean.
  double weight(std::int64_t row) const {
    if (ignores(row)) return 0;
    double weight = 1;
    if (!options_.class_weights.empty()) {
      weight = 0;
      for_each_entry(row, [&](std::int64_t k, double y) { weight += y * class_weight(k); });
    }
    return sample_weight(row) * weight;
  }
  double total_weight() const {
    if (targets_.are_labels() && options_.class_weights.empty() &&
        options_.sample_weights.empty()) {
      if (all_count_) return static_cast<double>(targets_.rows());
      return static_cast<double>(counted(targets_.labels32) + counted(targets_.labels64));
    }
    double total = 0;
    for (std::int64_t row = 0; row < targets_.rows(); ++row) total += weight(row);
    return total;
  }

  std::int64_t label(std::int64_t row) const { return targets_.label(row); }
  // Labels of rows first, first + 1, ..., in `room` unless they lie so already; 0 for those that
  // are ignored.
  const std::int64_t* labels(std::int64_t first, std::span<std::int64_t> room) const {
    const auto start = static_cast<std::size_t>(first);
    const auto copy = [&](const auto& from) {
      for (std::size_t i = 0; i < room.size(); ++i) {
        const std::int64_t label = from[start + i];
        room[i] = label == options_.ignore_index ? 0 : label;
      }
    };
    if (targets_.labels32.empty()) {
      if (all_count_) return targets_.labels64.data() + start;
      copy(targets_.labels64);
    } else {
      copy(targets_.labels32);
    }
    return room.data();
  }

  // The target of a row, and how often its loss counts: if not at all, the target may be anything.
  // `room` holds it where are_dense().
  RowTarget target(const MappedRow<W>& mapped, std::int64_t row, double* room,
                   double* weight) const {
    *weight = 0;
    if (ignores(row)) return {};
    if (!are_dense()) {
      *weight = this->weight(row);
      return {targets_.label(row), nullptr};
    }
    std::fill_n(room, cols_, 0.0);
    for_each_entry(row, [&](std::int64_t k, double y) { room[k] = y; });
    if (options_.label_smoothing > 0) smooth(mapped, room);
    *weight = sample_weight(row) * (options_.class_weights.empty() ? 1 : reweigh(room));
    return {-1, room};
  }

 private:
  template <class Label>
  std::int64_t counted(std::span<const Label> labels) const {
    std::int64_t count = 0;
    for (const Label label : labels) count += label != options_.ignore_index ? 1 : 0;
    return count;
  }
  template <class Body>
  void for_each_entry(std::int64_t row, const Body& body) const {
    if (targets_.are_labels()) return body(targets_.label(row), 1.0);
    for (std::int64_t k = 0; k < cols_; ++k) {
      body(k, static_cast<double>(static_cast<W>(targets_.probabilities(row, k))));
    }
  }
  double sample_weight(std::int64_t row) const {
    const auto& weights = options_.sample_weights;
    return weights.empty() ? 1 : static_cast<double>(weights[static_cast<std::size_t>(row)]);
  }
  double class_weight(std::int64_t k) const {
    return static_cast<double>(options_.class_weights[static_cast<std::size_t>(k)]);
  }

  void smooth(const MappedRow<W>& mapped, double* y) const {
    const double kept = 1 - options_.label_smoothing;
    std::int64_t states = 0;
    for (std::int64_t k = 0; k < cols_; ++k) states += mapped.is_absent(k) ? 0 : 1;
    const double share = options_.label_smoothing / static_cast<double>(states);
    for (std::int64_t k = 0; k < cols_; ++k) {
      y[k] = kept * y[k] + (mapped.is_absent(k) ? 0 : share);
    }
  }

  // y becomes w y / sum w y; returns the sum. A row whose classes all weigh nothing counts not at
  // all, and keeps its target.
  double reweigh(double* y) const {
    double sum = 0;
    for (std::int64_t k = 0; k < cols_; ++k) sum += class_weight(k) * y[k];
    for (std::int64_t k = 0; k < cols_ && sum != 0; ++k) y[k] *= class_weight(k) / sum;
    return sum;
  }

  const Targets<T>& targets_;
  const LossOptions<T>& options_;
  std::int64_t cols_;
  bool are_columns_, all_count_;
};

}  // namespace gibbs::losses
