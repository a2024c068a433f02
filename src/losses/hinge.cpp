#include "gibbs/losses/hinge.hpp"

#include "losses/score_loss_run.hpp"

namespace gibbs::detail {

template <Score T>
double hinge_loss(Rows<const T> scores, const Targets<T>& targets,
                  const std::span<working_t<T>>* each, const HingeOptions<T>& options) {
  base::check_not_negative("hinge_loss", "cost", options.cost);
  LossOptions<T> of_loss = gibbs::losses::loss_options<T>(options);
  of_loss.ignore_index = options.ignore_index;
  return gibbs::losses::run_score_loss<T>(
      "hinge_loss", scores, targets, each, of_loss,
      [&](const auto& row, const auto& target, double weight, auto* grad) {
        return gibbs::losses::hinge(row, target, options.cost, weight, grad);
      });
}

template double hinge_loss(Rows<const double>, const Targets<double>&, const std::span<double>*,
                           const HingeOptions<double>&);
template double hinge_loss(Rows<const float>, const Targets<float>&, const std::span<float>*,
                           const HingeOptions<float>&);
template double hinge_loss(Rows<const bfloat16>, const Targets<bfloat16>&, const std::span<float>*,
                           const HingeOptions<bfloat16>&);
template double hinge_loss(Rows<const float16>, const Targets<float16>&, const std::span<float>*,
                           const HingeOptions<float16>&);

}  // namespace gibbs::detail
