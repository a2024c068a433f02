#pragma once
// What all draws of a batch share: their checks, their rows in threads, what they say of each.

#include "base/check.hpp"
#include "gibbs/sampling/draw.hpp"
#include "gibbs/sampling/noise.hpp"
#include "maps/threads.hpp"
#include "sampling/draw_law.hpp"
#include "sampling/row_ids.hpp"

namespace gibbs::sampling {

template <Score T>
class DrawRun {
 public:
  // Throws std::invalid_argument in the name of `function`.
  DrawRun(const char* function, const Rows<const T>& scores, const Rows<std::int64_t>& tokens,
          const DrawOptions<T>& options)
      : tokens_(tokens),
        options_(options),
        laws_(function, scores, options),
        ids_(function, options.first_row, options.row_ids, scores.rows),
        rows_(scores.rows),
        cost_(scores.rows * (scores.cols + tokens.cols)) {
    base::check_size(function, "tokens", {tokens.rows, tokens.cols});
    base::check_same_shape(function, "tokens", {tokens.rows, tokens.cols}, "rows x draws",
                           {scores.rows, tokens.cols});
    if (!options.log_probability.empty()) {
      base::check_same_shape(function, "log_probability",
                             {options.log_probability.rows, options.log_probability.cols}, "tokens",
                             {tokens.rows, tokens.cols});
    }
    if (options.status.empty()) return;
    base::check_length(function, "status", static_cast<std::int64_t>(options.status.size()),
                       scores.rows);
  }

  // draw(i, noise, law) of every row that has a state; the others are told that they have none. A
  // law has its groups if `groups` says so.
  template <class Draw>
  void run(bool groups, const Draw& draw) const {
    const std::int64_t step = std::max<std::int64_t>(kTaskElements * rows_ / (cost_ + 1), 1);
    maps::for_each_task((rows_ + step - 1) / step, cost_, [&](std::int64_t task) {
      for (std::int64_t i = task * step; i < std::min(rows_, (task + 1) * step); ++i) {
        one_row(groups, i, draw);
      }
    });
  }

  // No token in the draws of row i from the j-th on.
  void none(std::int64_t i, std::int64_t j) const {
    for (; j < tokens_.cols; ++j) tell(i, j, kNoToken, std::numeric_limits<double>::quiet_NaN());
  }
  void tell(std::int64_t i, std::int64_t j, std::int64_t token, double log_probability) const {
    tokens_(i, j) = token;
    if (wants_log()) options_.log_probability(i, j) = log_probability;
  }
  bool wants_log() const { return !options_.log_probability.empty(); }
  std::int64_t draws() const { return tokens_.cols; }
  std::uint64_t draw(std::int64_t j) const {
    return options_.first_draw + static_cast<std::uint64_t>(j);
  }

 private:
  static constexpr std::int64_t kTaskElements = 65536;

  template <class Draw>
  void one_row(bool groups, std::int64_t i, const Draw& draw) const {
    const RowNoise noise({options_.seed, options_.stream}, ids_[i]);
    const auto body = [&](const auto& law) { draw(i, noise, law); };
    const auto status = groups ? laws_.visit_with_groups(i, body) : laws_.visit(i, body);
    if (status != DrawStatus::kDrawn) none(i, 0);
    if (!options_.status.empty()) options_.status[static_cast<std::size_t>(i)] = status;
  }

  const Rows<std::int64_t>& tokens_;
  const DrawOptions<T>& options_;
  DrawLaws<T> laws_;
  RowIds ids_;
  std::int64_t rows_, cost_;
};

// log of the sum of weights exp(x / T).
template <class V>
double log_total(const DrawLaw<V>& law) {
  const auto scale = kernels::make_scale<V>(law.temperature);
  const auto part = kernels::part_of_row(law.x, static_cast<const V*>(nullptr), law.n, scale,
                                         kernels::Sum::kExact);
  return static_cast<double>(part.total.max) / law.temperature +
         static_cast<double>(std::log(part.total.sum));
}

}  // namespace gibbs::sampling
