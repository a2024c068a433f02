#pragma once
// The second derivative of entmax.

#include <concepts>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of entmax_hvp: alpha, temperature and log_degeneracy as given to the map.
template <Score T>
struct EntmaxHvpOptions {
  PerRow alpha = 1.5;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
};

namespace detail {
template <Score T>
void entmax_hvp(Rows<const T> probabilities, Rows<const T> upstream, Rows<const T> direction,
                Rows<T> product, const EntmaxHvpOptions<T>& options);
}  // namespace detail

// Given p = entmax(x), upstream v and a direction w: the Hessian of <v, p> in the scores times w,
// which is the derivative of <w, entmax_vjp(v)> (the double backward) and the second derivative of
// p along v and w. With s, vbar and b as in entmax_vjp, wbar likewise and r = p / g:
//   product_i = (t_i - s_i sum_j t_j / sum_j s_j) / T^2
//   t_i = (2 - alpha) p_i r_i^(-2 b) (w_i - wbar)(v_i - vbar) on the support, 0 elsewhere
// Symmetric in v and w. For a loss l of p: l'' in the scores times w is entmax_hvp(p, l'(p), w) +
// entmax_vjp(p, l''(p) entmax_vjp(p, w)).
//
// range     as entmax; product may be any of the inputs
// accuracy  computed in double or better and rounded once
// edges     p_i = 0: 0, whatever v_i and w_i are. A row with NaN in p, or in v or w where p > 0:
// NaN.
//           alpha = 2: 0. T = 0 or inf, alpha = inf: 0. Above alpha 1.5 t_i grows as p_i^(3 - 2
//           alpha) towards the edge of the support
// throws    std::invalid_argument, as entmax
// source    docs/derivatives.md
template <Batch In, Batch Up, Batch Along, BatchOut<score_t<In>> Out>
  requires(std::same_as<score_t<In>, score_t<Up>>&& std::same_as<score_t<In>, score_t<Along>>)
void entmax_hvp(const In& probabilities, const Up& upstream, const Along& direction, Out&& product,
                const EntmaxHvpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax_hvp<T>(Rows<const T>(probabilities), Rows<const T>(upstream),
                        Rows<const T>(direction), Rows<T>(std::forward<Out>(product)), options);
}

}  // namespace gibbs
