#pragma once
// What a loss compares scores with, and what it can be told.

#include <concepts>
#include <cstdint>
#include <ranges>
#include <span>
#include <utility>

#include "gibbs/per_row.hpp"
#include "gibbs/rows.hpp"
#include "gibbs/types.hpp"

namespace gibbs {

// What each row of scores should have given: a class label, or probabilities of all classes.
// Never owns.
//
// range     labels in [0, cols), or LossOptions::ignore_index; probabilities rows x cols, not
//           negative, each row of sum 1
template <Score T>
struct Targets {
  std::span<const std::int32_t> labels32 = {};
  std::span<const std::int64_t> labels64 = {};
  Rows<const T> probabilities = {};

  // One label per row: a vector, an array, a span.
  template <std::ranges::contiguous_range R>
    requires(std::convertible_to<R, std::span<const std::int32_t>>)
  constexpr Targets(R&& labels)  // NOLINT(google-explicit-constructor)
      : labels32(std::span<const std::int32_t>(labels)) {}
  template <std::ranges::contiguous_range R>
    requires(std::convertible_to<R, std::span<const std::int64_t>>)
  constexpr Targets(R&& labels)  // NOLINT(google-explicit-constructor)
      : labels64(std::span<const std::int64_t>(labels)) {}
  // Probabilities: Rows, or anything contiguous (one row).
  template <Batch B>
    requires std::same_as<score_t<B>, T>
  constexpr Targets(B&& rows)  // NOLINT(google-explicit-constructor)
      : probabilities(std::forward<B>(rows)) {}

  constexpr bool are_labels() const { return probabilities.empty(); }
  constexpr std::int64_t rows() const {
    return are_labels() ? static_cast<std::int64_t>(labels32.size() + labels64.size())
                        : probabilities.rows;
  }
  constexpr std::int64_t label(std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return labels32.empty() ? labels64[i] : labels32[i];
  }
};

// How the losses of rows become one number: their sum, or the sum over the weight that counts,
//   mean = sum_i s_i w(y_i) loss_i / sum_i s_i w(y_i),  w(y) = sum_k w_k y_k,
// with sample weights s and class weights w. No row that counts: 0.
enum class Reduction { kMean, kSum };

// Options of the losses.
//
//   row's loss = L(x, y) + z_loss (T log Z)^2
//
// Inputs: an empty view means "not given".
//   temperature, log_degeneracy, mask   as in MapOptions
//   class_weights    w, one per class, >= 0: the target becomes w y / sum(w y), and the row counts
//                    sum(w y) times
//   sample_weights   one per row, >= 0
//   label_smoothing  e in [0, 1]: the target becomes (1 - e) y + e / n over the row's n states
//                    (those neither masked nor of log g = -inf nor of score -inf)
//   ignore_index     rows with this label have loss 0, gradient 0 and no weight
//   z_loss           >= 0: the weight of (T log Z)^2
//   reduction        of the loss that is returned, and of its derivatives; losses of rows, each
//                    with its weight, have none
//   scale            multiplies losses and derivatives: 1 / loss_weight of several batches makes
//                    their sums the mean over all
// Outputs, written when not empty, derivatives of the loss:
//   grad_scores          rows x cols
//   grad_temperature     one per row, or one number: their sum; grad_alpha the same
//   grad_log_degeneracy  rows x cols, or 1 x cols: the sum over rows
//   probabilities        rows x cols: the prediction
//   entropy              one per row: H_alpha of the prediction
template <Score T>
struct LossOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<const working_t<T>> class_weights = {};
  std::span<const working_t<T>> sample_weights = {};
  double label_smoothing = 0;
  std::int64_t ignore_index = -100;
  double z_loss = 0;
  Reduction reduction = Reduction::kMean;
  double scale = 1;
  Rows<T> grad_scores = {};
  std::span<working_t<T>> grad_temperature = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
  std::span<working_t<T>> grad_alpha = {};
  Rows<T> probabilities = {};
  std::span<working_t<T>> entropy = {};
};

}  // namespace gibbs
