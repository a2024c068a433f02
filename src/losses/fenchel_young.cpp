#include "gibbs/losses/fenchel_young.hpp"

#include "base/check.hpp"
#include "losses/check_loss.hpp"
#include "losses/loss_run.hpp"

namespace gibbs::detail {

using gibbs::losses::check_loss, gibbs::losses::check_what_counts, gibbs::losses::LossRun,
    gibbs::losses::TargetRows;

template <Score T>
double loss(const char* function, LossOf of, Rows<const T> scores, const Targets<T>& targets,
            const PerRow& alpha, const LossOptions<T>& options) {
  const TargetRows<T> rows(targets, options, scores.cols);
  check_loss(function, scores, rows, alpha, options);
  return LossRun<T>(of, scores, rows, alpha, options).reduced();
}

template <Score T>
void losses(const char* function, LossOf of, Rows<const T> scores, const Targets<T>& targets,
            const PerRow& alpha, std::span<working_t<T>> out, const LossOptions<T>& options) {
  const TargetRows<T> rows(targets, options, scores.cols);
  check_loss(function, scores, rows, alpha, options);
  base::check_length(function, "losses", static_cast<std::int64_t>(out.size()), scores.rows);
  LossRun<T>(of, scores, rows, alpha, options).each(out);
}

template <Score T>
double loss_weight(Rows<const T> scores, const Targets<T>& targets, const LossOptions<T>& options) {
  base::check_size("loss_weight", "scores", {scores.rows, scores.cols});
  const TargetRows<T> rows(targets, options, scores.cols);
  check_what_counts("loss_weight", scores, rows, options);
  return rows.total_weight();
}

template double loss(const char*, LossOf, Rows<const double>, const Targets<double>&, const PerRow&,
                     const LossOptions<double>&);
template double loss(const char*, LossOf, Rows<const float>, const Targets<float>&, const PerRow&,
                     const LossOptions<float>&);
template double loss(const char*, LossOf, Rows<const bfloat16>, const Targets<bfloat16>&,
                     const PerRow&, const LossOptions<bfloat16>&);
template double loss(const char*, LossOf, Rows<const float16>, const Targets<float16>&,
                     const PerRow&, const LossOptions<float16>&);
template void losses(const char*, LossOf, Rows<const double>, const Targets<double>&, const PerRow&,
                     std::span<double>, const LossOptions<double>&);
template void losses(const char*, LossOf, Rows<const float>, const Targets<float>&, const PerRow&,
                     std::span<float>, const LossOptions<float>&);
template void losses(const char*, LossOf, Rows<const bfloat16>, const Targets<bfloat16>&,
                     const PerRow&, std::span<float>, const LossOptions<bfloat16>&);
template void losses(const char*, LossOf, Rows<const float16>, const Targets<float16>&,
                     const PerRow&, std::span<float>, const LossOptions<float16>&);
template double loss_weight(Rows<const double>, const Targets<double>&, const LossOptions<double>&);
template double loss_weight(Rows<const float>, const Targets<float>&, const LossOptions<float>&);
template double loss_weight(Rows<const bfloat16>, const Targets<bfloat16>&,
                            const LossOptions<bfloat16>&);
template double loss_weight(Rows<const float16>, const Targets<float16>&,
                            const LossOptions<float16>&);

}  // namespace gibbs::detail
