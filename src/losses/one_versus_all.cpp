#include "gibbs/losses/one_versus_all.hpp"

#include "losses/score_loss_run.hpp"

namespace gibbs::detail {

template <Score T>
double one_versus_all_loss(Rows<const T> scores, const Targets<T>& targets,
                           const std::span<working_t<T>>* each,
                           const OneVersusAllOptions<T>& options) {
  LossOptions<T> of_loss = gibbs::losses::loss_options<T>(options);
  of_loss.ignore_index = options.ignore_index;
  of_loss.temperature = options.temperature;
  of_loss.grad_temperature = options.grad_temperature;
  return gibbs::losses::run_score_loss<T>(
      "one_versus_all_loss", scores, targets, each, of_loss,
      [](const auto& row, const auto& target, double weight, auto* grad) {
        return gibbs::losses::one_versus_all(row, target, weight, grad);
      });
}

template double one_versus_all_loss(Rows<const double>, const Targets<double>&,
                                    const std::span<double>*, const OneVersusAllOptions<double>&);
template double one_versus_all_loss(Rows<const float>, const Targets<float>&,
                                    const std::span<float>*, const OneVersusAllOptions<float>&);
template double one_versus_all_loss(Rows<const bfloat16>, const Targets<bfloat16>&,
                                    const std::span<float>*, const OneVersusAllOptions<bfloat16>&);
template double one_versus_all_loss(Rows<const float16>, const Targets<float16>&,
                                    const std::span<float>*, const OneVersusAllOptions<float16>&);

}  // namespace gibbs::detail
