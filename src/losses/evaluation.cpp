#include "gibbs/losses/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "gibbs/entmax.hpp"
#include "gibbs/losses/fenchel_young.hpp"

namespace gibbs::detail {
namespace {

constexpr const char* kName = "evaluate";
constexpr std::int64_t kBlockElements = 65536;  // probabilities held at a time

template <class U>
Rows<U> slice(Rows<U> rows, std::int64_t first, std::int64_t count) {
  if (rows.empty() || rows.rows == 1) return rows;
  rows.data += first * rows.row_stride;
  rows.rows = count;
  return rows;
}

// How many states come before the label by score.
template <Score T>
std::int64_t rank(const Rows<const T>& scores, std::int64_t row, std::int64_t label) {
  using W = working_t<T>;
  const auto own = static_cast<W>(scores(row, label));
  std::int64_t before = 0;
  for (std::int64_t j = 0; j < scores.cols; ++j) {
    const auto other = static_cast<W>(scores(row, j));
    if (std::isnan(other)) return scores.cols;
    before += other > own || (other == own && j < label) ? 1 : 0;
  }
  return std::isnan(own) ? scores.cols : before;
}

template <Score T>
class Evaluator {
 public:
  using W = working_t<T>;

  Evaluator(const Rows<const T>& scores, const Targets<T>& labels, const PerRow& alpha,
            const EvaluationOptions<T>& options)
      : scores_(scores), labels_(labels), alpha_(alpha), options_(options) {}

  Evaluation run() {
    const std::int64_t cols = std::max<std::int64_t>(scores_.cols, 1);
    const std::int64_t step = std::max<std::int64_t>(kBlockElements / cols, 1);
    for (std::int64_t row = 0; row < scores_.rows; row += step) {
      block(row, std::min(step, scores_.rows - row));
    }
    return sum_;
  }

 private:
  void block(std::int64_t first, std::int64_t count) {
    const auto size = static_cast<std::size_t>(count);
    const auto alphas = part_of(alpha_, first, count);
    const auto temperatures = part_of(options_.temperature, first, count);
    const auto rows = slice(scores_, first, count);
    const auto mask = slice(options_.mask, first, count);
    p_.resize(size * static_cast<std::size_t>(scores_.cols));
    support_.resize(size);
    entmax<T>(kName, rows, Rows<T>(p_.data(), count, scores_.cols),
              {.alpha = alphas, .temperature = temperatures, .mask = mask, .support = support_});
    label_.clear();
    for (std::int64_t i = 0; i < count; ++i) label_.push_back(labels_.label(first + i));
    loss_.resize(size);
    losses<T>(kName, LossOf::kFenchelYoung, rows, label_, alphas, loss_,
              {.temperature = temperatures, .mask = mask, .ignore_index = options_.ignore_index});
    for (std::int64_t i = 0; i < count; ++i) add(rows, i);
  }

  // One number, or the part of one number per row that is copied to where it stays.
  PerRow part_of(const PerRow& values, std::int64_t first, std::int64_t count) {
    if (values.is_one_number()) return values;
    auto& copy = &values == &alpha_ ? alpha_part_ : temperature_part_;
    copy.clear();
    for (std::int64_t i = first; i < first + count; ++i) copy.push_back(values[i]);
    return copy;
  }

  void add(const Rows<const T>& rows, std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t label = label_[at];
    if (label == options_.ignore_index) return;
    const std::int64_t before = rank(rows, i, label);
    const T p = p_[at * static_cast<std::size_t>(scores_.cols) + static_cast<std::size_t>(label)];
    sum_ += {1,
             static_cast<double>(loss_[at]),
             before == 0 ? 1 : 0,
             before < std::min<std::int64_t>(5, scores_.cols) ? 1 : 0,
             support_[at],
             static_cast<W>(p) > 0 ? 1 : 0};
  }

  const Rows<const T>& scores_;
  const Targets<T>& labels_;
  const PerRow& alpha_;
  const EvaluationOptions<T>& options_;
  Evaluation sum_;
  std::vector<T> p_;
  std::vector<W> loss_;
  std::vector<std::int64_t> support_, label_;
  std::vector<double> alpha_part_, temperature_part_;
};

}  // namespace

template <Score T>
Evaluation evaluate(Rows<const T> scores, const Targets<T>& labels, const PerRow& alpha,
                    const EvaluationOptions<T>& options) {
  base::check_size(kName, "scores", {scores.rows, scores.cols});
  base::check_alpha(kName, alpha, scores.rows);
  base::check_temperature(kName, options.temperature, scores.rows);
  if (!labels.are_labels()) base::refuse(kName, "targets must be labels, got probabilities");
  base::check_length(kName, "targets", labels.rows(), scores.rows);
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    base::check_label(kName, i, labels.label(i), scores.cols, options.ignore_index);
  }
  if (!options.mask.empty()) {
    base::check_row_or_same(kName, "mask", {options.mask.rows, options.mask.cols},
                            {scores.rows, scores.cols});
  }
  return Evaluator<T>(scores, labels, alpha, options).run();
}

template Evaluation evaluate(Rows<const double>, const Targets<double>&, const PerRow&,
                             const EvaluationOptions<double>&);
template Evaluation evaluate(Rows<const float>, const Targets<float>&, const PerRow&,
                             const EvaluationOptions<float>&);
template Evaluation evaluate(Rows<const bfloat16>, const Targets<bfloat16>&, const PerRow&,
                             const EvaluationOptions<bfloat16>&);
template Evaluation evaluate(Rows<const float16>, const Targets<float16>&, const PerRow&,
                             const EvaluationOptions<float16>&);

}  // namespace gibbs::detail
