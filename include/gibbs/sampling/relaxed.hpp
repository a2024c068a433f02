#pragma once
// Relaxed draws: points of the simplex that tend to one-hot draws, and their derivatives.

#include <cstdint>
#include <span>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// Options of the relaxations whose alpha is fixed.
//   seed, stream     whose noise (noise.hpp)
//   first_row        the id of row 0; row i has first_row + i, below 2^64,
//   row_ids          or row_ids[i] where these are given
//   first_category   the id of column 0
//   draw             the number of the draw
//   temperature      T >= 0 of the law that is drawn from, softmax(x / T + log g)
//   tau              >= 0, how far the draw is relaxed: 0 one-hot, infinity uniform
//   log_degeneracy, mask      as MapOptions
template <Score T>
struct RelaxedOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t draw = 0;
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
};

// Options of gumbel_entmax: those of RelaxedOptions, and
//   alpha            of the map, as entmax
template <Score T>
struct RelaxedEntmaxOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t draw = 0;
  PerRow alpha = 1.5;
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
};

// Options of the derivatives; temperature and tau as given to the relaxation.
//   scores               as given to the relaxation; grad_temperature alone needs them
// Outputs, written when not empty:
//   grad_temperature, grad_tau     one per row, or one number: their sum
//   grad_log_degeneracy            rows x cols, or 1 x cols: the sum over rows
template <Score T>
struct RelaxedVjpOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const T> scores = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_tau = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
};

// Options of gumbel_entmax_vjp: those of RelaxedVjpOptions, alpha as given, and
//   grad_alpha           one per row, or one number: their sum
template <Score T>
struct RelaxedEntmaxVjpOptions {
  PerRow alpha = 1.5;
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const T> scores = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_tau = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
  std::span<working_t<T>> grad_alpha = {};
};

namespace detail {

// What is written of a relaxation; an empty view is not wanted.
template <Score T>
struct RelaxedOutputs {
  Rows<T> soft = {}, log_soft = {}, one_hot = {};
};
template <Score T>
void relax(const char* function, Rows<const T> scores, const RelaxedOutputs<T>& outputs,
           const RelaxedEntmaxOptions<T>& options);
template <Score T>
void relaxed_vjp(const char* function, bool of_log, Rows<const T> relaxed, Rows<const T> upstream,
                 Rows<T> grad_scores, const RelaxedEntmaxVjpOptions<T>& options);

template <Score T>
RelaxedEntmaxOptions<T> with_alpha(double alpha, const RelaxedOptions<T>& o) {
  return {o.seed,        o.stream, o.first_row,      o.row_ids, o.first_category, o.draw, alpha,
          o.temperature, o.tau,    o.log_degeneracy, o.mask};
}
template <Score T>
RelaxedEntmaxVjpOptions<T> with_alpha(double alpha, const RelaxedVjpOptions<T>& o) {
  return {alpha,      o.temperature,        o.tau, o.scores, o.grad_temperature,
          o.grad_tau, o.grad_log_degeneracy};
}

}  // namespace detail

// y = softmax(z / tau) with z_i = x_i / T + log g_i + G_i, the G_i independent Gumbel noise: the
// Concrete law. For every tau, y_k is the largest with probability softmax(x / T + log g)_k.
//
// range     as softmax; tau in [0, inf]; the output may be the input
// accuracy  z is taken relative to the largest score and rounded to working_t three times; of it, y
//           is softmax's
// edges     those of softmax, with -inf, masked and g = 0: y = 0. tau = 0: exactly one-hot, ties of
//           z to the lower index. tau = inf: equal shares of the states. No state: y = 0.
// cost      that of gumbel_noise and of softmax, in cache: no noise of the batch is kept
// throws    std::invalid_argument, as softmax; tau < 0 or NaN; not as many row_ids as rows
// source    Maddison, Mnih & Teh 2017; Jang, Gu & Poole 2017
template <Batch In, BatchOut<score_t<In>> Out>
void gumbel_softmax(const In& scores, Out&& relaxed,
                    const RelaxedOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("gumbel_softmax", Rows<const T>(scores),
                   {.soft = Rows<T>(std::forward<Out>(relaxed))},
                   detail::with_alpha<T>(1, options));
}

// log y of the same y, where nothing underflows; the density needs it (concrete_density.hpp).
//
// edges     as gumbel_softmax with log 0 = -inf; no state: every entry -inf
template <Batch In, BatchOut<score_t<In>> Out>
void log_gumbel_softmax(const In& scores, Out&& log_relaxed,
                        const RelaxedOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("log_gumbel_softmax", Rows<const T>(scores),
                   {.log_soft = Rows<T>(std::forward<Out>(log_relaxed))},
                   detail::with_alpha<T>(1, options));
}

// y = entmax(z / tau; alpha): gumbel_softmax at alpha 1; above it y may be 0 outside some states.
//
// throws    std::invalid_argument, as gumbel_softmax; alpha <= 0 or NaN
template <Batch In, BatchOut<score_t<In>> Out>
void gumbel_entmax(const In& scores, Out&& relaxed,
                   const RelaxedEntmaxOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("gumbel_entmax", Rows<const T>(scores),
                   {.soft = Rows<T>(std::forward<Out>(relaxed))}, options);
}

// gumbel_entmax at alpha 2.
template <Batch In, BatchOut<score_t<In>> Out>
void gumbel_sparsemax(const In& scores, Out&& relaxed,
                      const RelaxedOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("gumbel_sparsemax", Rows<const T>(scores),
                   {.soft = Rows<T>(std::forward<Out>(relaxed))},
                   detail::with_alpha<T>(2, options));
}

// The one-hot draw: 1 exactly where z is largest (ties: the lower index), 0 exactly elsewhere. Its
// stand-in derivative is that of y at tau: gumbel_softmax_vjp, or another relaxation with the same
// noise.
//
// edges     as gumbel_softmax; tau only matters to y
template <Batch In, BatchOut<score_t<In>> Out>
void straight_through(const In& scores, Out&& one_hot,
                      const RelaxedOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("straight_through", Rows<const T>(scores),
                   {.one_hot = Rows<T>(std::forward<Out>(one_hot))},
                   detail::with_alpha<T>(1, options));
}
// The same, and the y = gumbel_softmax(x) of the same noise.
template <Batch In, BatchOut<score_t<In>> Out, BatchOut<score_t<In>> Soft>
void straight_through(const In& scores, Out&& one_hot, Soft&& relaxed,
                      const RelaxedOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relax<T>("straight_through", Rows<const T>(scores),
                   {.soft = Rows<T>(std::forward<Soft>(relaxed)),
                    .one_hot = Rows<T>(std::forward<Out>(one_hot))},
                   detail::with_alpha<T>(1, options));
}

// Given y and upstream v, with w = softmax_vjp of y and v at temperature tau, the derivative in z:
//   grad_x = w / T;  grad_log_g = w;  grad_T = -(1/T^2) sum_i w_i x_i;
//   grad_tau = -(1/tau) sum_i y_i (v_i - vbar) log y_i.
// The noise is not needed.
//
// range     as softmax_vjp; grad_scores may be either input
// edges     y_i = 0: gradient 0. NaN: as softmax_vjp. tau at 0 or inf: all 0. T at 0 or inf: grad_x
//           and grad_T are 0.
// throws    std::invalid_argument, as gumbel_softmax; grad_temperature without scores
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void gumbel_softmax_vjp(const In& relaxed, const Up& upstream, Out&& grad_scores,
                        const RelaxedVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relaxed_vjp<T>("gumbel_softmax_vjp", false, Rows<const T>(relaxed),
                         Rows<const T>(upstream), Rows<T>(std::forward<Out>(grad_scores)),
                         detail::with_alpha<T>(1, options));
}

// The same of log y, with w = log_softmax_vjp of log y and v at temperature tau.
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void log_gumbel_softmax_vjp(const In& log_relaxed, const Up& upstream, Out&& grad_scores,
                            const RelaxedVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relaxed_vjp<T>("log_gumbel_softmax_vjp", true, Rows<const T>(log_relaxed),
                         Rows<const T>(upstream), Rows<T>(std::forward<Out>(grad_scores)),
                         detail::with_alpha<T>(1, options));
}

// The same of gumbel_entmax, with w, grad_tau and grad_alpha those of entmax_vjp at temperature
// tau.
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void gumbel_entmax_vjp(const In& relaxed, const Up& upstream, Out&& grad_scores,
                       const RelaxedEntmaxVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relaxed_vjp<T>("gumbel_entmax_vjp", false, Rows<const T>(relaxed),
                         Rows<const T>(upstream), Rows<T>(std::forward<Out>(grad_scores)), options);
}

// gumbel_entmax_vjp at alpha 2.
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void gumbel_sparsemax_vjp(const In& relaxed, const Up& upstream, Out&& grad_scores,
                          const RelaxedVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::relaxed_vjp<T>("gumbel_sparsemax_vjp", false, Rows<const T>(relaxed),
                         Rows<const T>(upstream), Rows<T>(std::forward<Out>(grad_scores)),
                         detail::with_alpha<T>(2, options));
}

}  // namespace gibbs
