#include "gibbs/losses/fenchel_young_hvp.hpp"

#include "base/check.hpp"
#include "losses/check_loss.hpp"
#include "losses/loss_run.hpp"

namespace gibbs::detail {

template <Score T>
double fenchel_young_hvp(Rows<const T> scores, const Targets<T>& targets, const PerRow& alpha,
                         Rows<const T> direction, Rows<T> product, const LossOptions<T>& options) {
  constexpr const char* kName = "fenchel_young_hvp";
  const base::Shape shape{scores.rows, scores.cols};
  const gibbs::losses::TargetRows<T> rows(targets, options, scores.cols);
  gibbs::losses::check_loss(kName, scores, rows, alpha, options);
  base::check_same_shape(kName, "direction", {direction.rows, direction.cols}, "scores", shape);
  base::check_same_shape(kName, "product", {product.rows, product.cols}, "scores", shape);
  return gibbs::losses::LossRun<T>(LossOf::kFenchelYoung, scores, rows, alpha, options,
                                   {direction, product})
      .reduced();
}

template double fenchel_young_hvp(Rows<const double>, const Targets<double>&, const PerRow&,
                                  Rows<const double>, Rows<double>, const LossOptions<double>&);
template double fenchel_young_hvp(Rows<const float>, const Targets<float>&, const PerRow&,
                                  Rows<const float>, Rows<float>, const LossOptions<float>&);
template double fenchel_young_hvp(Rows<const bfloat16>, const Targets<bfloat16>&, const PerRow&,
                                  Rows<const bfloat16>, Rows<bfloat16>,
                                  const LossOptions<bfloat16>&);
template double fenchel_young_hvp(Rows<const float16>, const Targets<float16>&, const PerRow&,
                                  Rows<const float16>, Rows<float16>, const LossOptions<float16>&);

}  // namespace gibbs::detail
