#pragma once
// normmax: the map regularised by a norm.

#include <concepts>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of normmax; see MapOptions.
//   alpha    of the norm, 1 < alpha <= inf
//   value    max over p of <p, x> - T |p|_alpha, one per row
template <Score T>
struct NormmaxOptions {
  PerRow alpha = 2.0;
  PerRow temperature = 1.0;
  Rows<const bool> mask = {};
  std::span<working_t<T>> value = {};
  std::span<std::int64_t> support = {};
  std::span<working_t<T>> threshold = {};
};

// Options of normmax_vjp: alpha and temperature as given to the map; outputs as in
// EntmaxVjpOptions.
template <Score T>
struct NormmaxVjpOptions {
  PerRow alpha = 2.0;
  PerRow temperature = 1.0;
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_alpha = {};
};

namespace detail {
template <Score T>
void normmax(Rows<const T> scores, Rows<T> probabilities, const NormmaxOptions<T>& options);
template <Score T>
void normmax_vjp(Rows<const T> probabilities, Rows<const T> upstream, Rows<T> grad_scores,
                 const NormmaxVjpOptions<T>& options);
}  // namespace detail

// p = argmax over the simplex of <p, x> - T |p|_alpha: p_i = q_i / sum q with
//   q_i = ((x_i - tau) / T)_+^(1 / (alpha - 1)) and tau such that |q|_alpha = 1.
// alpha = inf: equal shares of the states above tau.
//
// range     any scores; T in [0, inf]; any strides; the output may be the input
// accuracy  |p - exact| <= 2e-7 in float, 1e-15 in double; at alpha > 2, where p is steep at tau,
//           1e-10 in double
// edges     those of softmax at g = 1; T = 0: shared equally among the maxima
// cost      one read and one write of memory per element; no sort
// throws    std::invalid_argument, as softmax; alpha <= 1 or NaN
// source    Blondel, Martins & Niculae 2020
template <Batch In, BatchOut<score_t<In>> Out>
void normmax(const In& scores, Out&& probabilities,
             const NormmaxOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::normmax<T>(Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)), options);
}

// Given p = normmax(x) and upstream v, with b_i = p_i^(2 - alpha) on the support:
//   grad_x = |p|^(alpha - 1) / ((alpha - 1) T) (b v - b <p, v> - p <b, v> + p <p, v> sum b)
// and the derivatives in T and alpha. The Jacobian is symmetric.
//
// edges     p_i = 0: gradient 0. NaN: as entmax_vjp. T = 0 or inf, alpha = inf: all 0
// throws    std::invalid_argument, as normmax
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void normmax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                 const NormmaxVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::normmax_vjp<T>(Rows<const T>(probabilities), Rows<const T>(upstream),
                         Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
