#include "losses/check_loss.hpp"

#include "base/check.hpp"
#include "maps/engine.hpp"

namespace gibbs::losses {
namespace {

template <Score T>
void check_targets(const char* function, const Rows<const T>& scores, const TargetRows<T>& rows,
                   const LossOptions<T>& options) {
  const Targets<T>& targets = rows.targets();
  if (!targets.are_labels()) {
    return base::check_same_shape(function, "targets", {targets.rows(), targets.probabilities.cols},
                                  "scores", {scores.rows, scores.cols});
  }
  base::check_length(function, "targets", targets.rows(), scores.rows);
  for (std::int64_t i = 0; !rows.are_columns() && i < scores.rows; ++i) {
    base::check_label(function, i, targets.label(i), scores.cols, options.ignore_index);
  }
}

template <class W>
void check_weights(const char* function, const char* argument, std::span<const W> weights,
                   std::int64_t expected, const char* per) {
  if (weights.empty()) return;
  base::check_length(function, argument, static_cast<std::int64_t>(weights.size()), expected, per);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    base::check_entry_not_negative(function, argument, static_cast<std::int64_t>(i),
                                   static_cast<double>(weights[i]));
  }
}

template <Score T>
void check_outputs(const char* function, const Rows<const T>& scores,
                   const LossOptions<T>& options) {
  const base::Shape expected{scores.rows, scores.cols};
  const auto same = [&](const char* name, const Rows<T>& out) {
    if (!out.empty()) {
      base::check_same_shape(function, name, {out.rows, out.cols}, "scores", expected);
    }
  };
  const auto one_or_rows = [&](const char* name, auto out) {
    if (!out.empty()) {
      base::check_one_or_length(function, name, static_cast<std::int64_t>(out.size()), scores.rows);
    }
  };
  same("grad_scores", options.grad_scores);
  same("probabilities", options.probabilities);
  one_or_rows("grad_temperature", options.grad_temperature);
  one_or_rows("grad_alpha", options.grad_alpha);
  const auto& log_g = options.grad_log_degeneracy;
  if (!log_g.empty()) {
    base::check_row_or_same(function, "grad_log_degeneracy", {log_g.rows, log_g.cols}, expected);
  }
  if (!options.entropy.empty()) {
    base::check_length(function, "entropy", static_cast<std::int64_t>(options.entropy.size()),
                       scores.rows);
  }
}

}  // namespace

template <Score T>
void check_what_counts(const char* function, const Rows<const T>& scores,
                       const TargetRows<T>& targets, const LossOptions<T>& options) {
  check_targets(function, scores, targets, options);
  check_weights(function, "class_weights", options.class_weights, scores.cols, "class");
  check_weights(function, "sample_weights", options.sample_weights, scores.rows, "row");
}

template <Score T>
void check_loss(const char* function, const Rows<const T>& scores, const TargetRows<T>& targets,
                const PerRow& alpha, const LossOptions<T>& options) {
  maps::Request<T> map{scores, {}, kernels::Output::kNothing, {}};
  map.options.alpha = alpha;
  map.options.temperature = options.temperature;
  map.options.log_degeneracy = options.log_degeneracy;
  map.options.mask = options.mask;
  maps::check(function, "", map);
  check_what_counts(function, scores, targets, options);
  base::check_share(function, "label_smoothing", options.label_smoothing);
  base::check_not_negative(function, "z_loss", options.z_loss);
  check_outputs(function, scores, options);
}

template void check_what_counts(const char*, const Rows<const double>&, const TargetRows<double>&,
                                const LossOptions<double>&);
template void check_what_counts(const char*, const Rows<const float>&, const TargetRows<float>&,
                                const LossOptions<float>&);
template void check_what_counts(const char*, const Rows<const bfloat16>&,
                                const TargetRows<bfloat16>&, const LossOptions<bfloat16>&);
template void check_what_counts(const char*, const Rows<const float16>&, const TargetRows<float16>&,
                                const LossOptions<float16>&);
template void check_loss(const char*, const Rows<const double>&, const TargetRows<double>&,
                         const PerRow&, const LossOptions<double>&);
template void check_loss(const char*, const Rows<const float>&, const TargetRows<float>&,
                         const PerRow&, const LossOptions<float>&);
template void check_loss(const char*, const Rows<const bfloat16>&, const TargetRows<bfloat16>&,
                         const PerRow&, const LossOptions<bfloat16>&);
template void check_loss(const char*, const Rows<const float16>&, const TargetRows<float16>&,
                         const PerRow&, const LossOptions<float16>&);

}  // namespace gibbs::losses
