#include "gibbs/losses/squared.hpp"

#include "losses/score_loss_run.hpp"

namespace gibbs::detail {

template <Score T>
double squared_loss(Rows<const T> scores, const Targets<T>& targets,
                    const std::span<working_t<T>>* each, const SquaredOptions<T>& options) {
  LossOptions<T> of_loss = gibbs::losses::loss_options<T>(options);
  of_loss.ignore_index = options.ignore_index;
  return gibbs::losses::run_score_loss<T>(
      "squared_loss", scores, targets, each, of_loss,
      [](const auto& row, const auto& target, double weight, auto* grad) {
        return gibbs::losses::squared(row, target, weight, grad);
      });
}

template double squared_loss(Rows<const double>, const Targets<double>&, const std::span<double>*,
                             const SquaredOptions<double>&);
template double squared_loss(Rows<const float>, const Targets<float>&, const std::span<float>*,
                             const SquaredOptions<float>&);
template double squared_loss(Rows<const bfloat16>, const Targets<bfloat16>&,
                             const std::span<float>*, const SquaredOptions<bfloat16>&);
template double squared_loss(Rows<const float16>, const Targets<float16>&, const std::span<float>*,
                             const SquaredOptions<float16>&);

}  // namespace gibbs::detail
