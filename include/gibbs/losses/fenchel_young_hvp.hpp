#pragma once
// The second derivative of the Fenchel-Young losses.

#include <concepts>
#include <utility>

#include "gibbs/losses/fenchel_young.hpp"

namespace gibbs {

namespace detail {
template <Score T>
double fenchel_young_hvp(Rows<const T> scores, const Targets<T>& targets, const PerRow& alpha,
                         Rows<const T> direction, Rows<T> product, const LossOptions<T>& options);
}  // namespace detail

// The Hessian of fenchel_young_loss in the scores times a direction v, as a Newton step by
// conjugate gradients asks for. Every row has its own block, of weight w (1, 1 / n in a mean, ...):
//   product = w ((1 + 2 z V) J v + 2 z p <p, v>)
//   J v     = s_i (v_i - vbar) / T, as entmax_vjp gives it
// with z_loss z and V = T log Z. The targets count by their weight alone; cross_entropy has the
// same Hessian, at alpha 1. Returned: the loss of the batch, as fenchel_young_loss returns it with
// these options, whose outputs are written too. Where p is at hand and z is 0, entmax_vjp(p, v) is
// J v for less.
//
// range     as fenchel_young_loss; product may be direction, but not scores
// accuracy  computed in double from p and rounded once
// edges     p_i = 0: 0. A row of weight 0: 0. NaN in a row, or in v where p > 0: NaN. T = 0 or inf,
//           alpha = inf: J = 0. A loss that is infinite has the Hessian of its V; where V is
//           infinite z counts as 0
// throws    std::invalid_argument, as fenchel_young_loss; direction or product of another shape
template <Batch In, Batch Along, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Along>>
double fenchel_young_hvp(const In& scores, const Targets<score_t<In>>& targets, const PerRow& alpha,
                         const Along& direction, Out&& product,
                         const LossOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  return detail::fenchel_young_hvp<T>(Rows<const T>(scores), targets, alpha,
                                      Rows<const T>(direction), Rows<T>(std::forward<Out>(product)),
                                      options);
}

}  // namespace gibbs
