#pragma once
// entmax for every alpha, its named members sparsemax and argmax, and their derivatives.

#include <limits>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void entmax(const char* function, Rows<const T> scores, Rows<T> probabilities,
            const EntmaxOptions<T>& options);
template <Score T>
void entmax_vjp(const char* function, Rows<const T> probabilities, Rows<const T> upstream,
                Rows<T> grad_scores, const EntmaxVjpOptions<T>& options);

template <Score T>
EntmaxOptions<T> with_alpha(double alpha, const MapOptions<T>& options) {
  return {alpha,           options.temperature,   options.log_degeneracy,
          options.mask,    options.log_partition, options.entropy,
          options.support, options.threshold};
}
template <Score T>
EntmaxVjpOptions<T> with_alpha(double alpha, const VjpOptions<T>& options) {
  return {alpha, options.temperature, options.log_degeneracy, options.grad_temperature,
          options.grad_log_degeneracy};
}
}  // namespace detail

// p = argmax over the simplex of <p, x> + T H_alpha(p; g), with the Tsallis entropy
//   H_alpha(p; g) = (1 - sum_i p_i^alpha g_i^(1 - alpha)) / (alpha (alpha - 1)),
// so p_i = g_i [1 + (alpha - 1)(x_i / T - t)]_+^(1 / (alpha - 1)) with t such that sum p = 1.
// alpha 1 is softmax, 1.5 has a closed form, 2 is sparsemax, infinity argmax.
//
// range     0 < alpha <= inf; any scores; T in [0, inf]; any strides; the output may be the input
// accuracy  |p - exact| <= 2e-7 in float, 4 ulp of 1 in double (twice that without FMA); the
// support
//           is exact where the exact gap exceeds that
// edges     those of softmax; a state at the threshold is in the support only if p > 0;
//           alpha = inf: the mass is on the maxima in proportion to g, as at T = 0 (the limit
//           alpha -> inf itself caps p_i at g_i, and so differs where some g < 1)
// cost      no sort; two reads and one write per element, in cache up to rows that fit
// throws    std::invalid_argument, as softmax; alpha <= 0 or NaN
// source    Tsallis 1988; Martins & Astudillo 2016; Peters, Niculae & Martins 2019
template <Batch In, BatchOut<score_t<In>> Out>
void entmax(const In& scores, Out&& probabilities, const EntmaxOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax<T>("entmax", Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)),
                    options);
}

// entmax at alpha 2: the Euclidean projection of x / T on the simplex (at g = 1), mostly zeros.
template <Batch In, BatchOut<score_t<In>> Out>
void sparsemax(const In& scores, Out&& probabilities, const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax<T>("sparsemax", Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)),
                    detail::with_alpha<T>(2, options));
}

// entmax at alpha infinity: all mass on the maxima, shared in proportion to g.
template <Batch In, BatchOut<score_t<In>> Out>
void argmax(const In& scores, Out&& probabilities, const MapOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax<T>("argmax", Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)),
                    detail::with_alpha<T>(std::numeric_limits<double>::infinity(), options));
}

// Given p = entmax(x) and upstream v, with s_i = p_i^(2 - alpha) g_i^(alpha - 1) on the support,
// vbar = sum s v / sum s, r = p / g, b = alpha - 1:
//   grad_x_i     = s_i (v_i - vbar) / T
//   grad_log_g_i = p_i (v_i - vbar)
//   grad_T       = -(1/T) sum_i s_i (v_i - vbar) (r_i^b - 1) / b
//   grad_alpha   = -sum_i p_i (v_i - vbar) (log r_i)^2 psi(b log r_i),
//                  psi(y) = (exp(-y) - 1 + y) / y^2, which is 1/2 at alpha = 1
// The Jacobian is symmetric: the same call gives the forward derivative along v.
//
// edges     p_i = 0: gradient 0, whatever v_i is. NaN: as softmax_vjp. T = 0 or inf, alpha = inf:
//           all but grad_log_g, as at alpha 1, are 0.
// throws    std::invalid_argument, as entmax
// source    Correia, Niculae & Martins 2019 (alpha != 1); the limit at 1 and g: docs/derivatives.md
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void entmax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                const EntmaxVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax_vjp<T>("entmax_vjp", Rows<const T>(probabilities), Rows<const T>(upstream),
                        Rows<T>(std::forward<Out>(grad_scores)), options);
}

// entmax_vjp at alpha 2.
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void sparsemax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                   const VjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax_vjp<T>("sparsemax_vjp", Rows<const T>(probabilities), Rows<const T>(upstream),
                        Rows<T>(std::forward<Out>(grad_scores)), detail::with_alpha<T>(2, options));
}

// entmax_vjp at alpha infinity: zero wherever it exists, NaN where p is NaN.
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void argmax_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                const VjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::entmax_vjp<T>("argmax_vjp", Rows<const T>(probabilities), Rows<const T>(upstream),
                        Rows<T>(std::forward<Out>(grad_scores)),
                        detail::with_alpha<T>(std::numeric_limits<double>::infinity(), options));
}

}  // namespace gibbs
