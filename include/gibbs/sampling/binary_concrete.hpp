#pragma once
// Relaxed draws of independent yes-or-no states, their density, and the derivatives of both.

#include <cstdint>
#include <span>
#include <utility>

#include "gibbs/options.hpp"
#include "gibbs/sampling/concrete_density.hpp"

namespace gibbs {

// Options of binary_concrete; the noise and T as RelaxedOptions (relaxed.hpp).
//   mask     1 x cols or rows x cols; false: y = 0
// Outputs, written when not empty:
//   logits   log(y / (1 - y)) = z / tau, where nothing underflows or rounds to 1
template <Score T>
struct BinaryConcreteOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t draw = 0;
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const bool> mask = {};
  Rows<T> logits = {};
};

// Options of the derivatives; T and tau as given to the relaxation.
//   scores     as given to binary_concrete; grad_temperature alone needs them
// Outputs, written when not empty:
//   grad_temperature, grad_tau     one per row, or one number: their sum
template <Score T>
struct BinaryConcreteVjpOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const T> scores = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_tau = {};
};

// Options of the density: with respect to dy, or to d logit(y) (kLog).
struct BinaryConcreteDensityOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  ConcreteMeasure measure = ConcreteMeasure::kSimplex;
};
template <Score T>
struct BinaryConcreteDensityVjpOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  ConcreteMeasure measure = ConcreteMeasure::kSimplex;
  Rows<T> grad_logits = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_tau = {};
};

namespace detail {
template <Score T>
void binary_concrete(Rows<const T> scores, Rows<T> relaxed,
                     const BinaryConcreteOptions<T>& options);
template <Score T>
void binary_concrete_vjp(Rows<const T> logits, Rows<const T> upstream, Rows<T> grad_scores,
                         const BinaryConcreteVjpOptions<T>& options);
template <Score T>
void binary_concrete_log_density(Rows<const T> scores, Rows<const T> logits,
                                 Rows<double> log_density,
                                 const BinaryConcreteDensityOptions& options);
template <Score T>
void binary_concrete_log_density_vjp(Rows<const T> scores, Rows<const T> logits,
                                     Rows<const double> upstream, Rows<T> grad_scores,
                                     const BinaryConcreteDensityVjpOptions<T>& options);
}  // namespace detail

// y = 1 / (1 + exp(-z / tau)) with z = x / T + L, element by element, L = log(u / (1 - u)) logistic
// noise of the category's own 64 bits: gumbel_softmax of the two scores x and 0. For every tau,
// y > 1/2 with probability 1 / (1 + exp(-x / T)).
//
// range     any scores; T and tau in [0, inf]; the output may be the input
// accuracy  in double, whatever the type is, and rounded once: the same bits on every target
// edges     a NaN: NaN, that element alone. -inf or masked: 0; +inf: 1. tau = inf: 1/2; tau = 0: 1
//           where z > 0, else 0. T = 0: x counts as infinite, 0 as 0. T = inf: as 0.
// throws    std::invalid_argument: shapes differ; T or tau < 0 or NaN; not as many row_ids as rows
// source    Maddison, Mnih & Teh 2017
template <Batch In, BatchOut<score_t<In>> Out>
void binary_concrete(const In& scores, Out&& relaxed,
                     const BinaryConcreteOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::binary_concrete<T>(Rows<const T>(scores), Rows<T>(std::forward<Out>(relaxed)), options);
}

// Given the logits of y and upstream v, with w = v y (1 - y) / tau:
//   grad_x = w / T;  grad_tau = -sum_j w_j logit_j;  grad_T = -(1/T^2) sum_j w_j x_j.
//
// edges     y = 0 or 1: 0, whatever v is. tau = 0 or inf: 0. T = 0 or inf: grad_x and grad_T are 0.
// throws    std::invalid_argument, as binary_concrete; grad_temperature without scores
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void binary_concrete_vjp(const In& logits, const Up& upstream, Out&& grad_scores,
                         const BinaryConcreteVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::binary_concrete_vjp<T>(Rows<const T>(logits), Rows<const T>(upstream),
                                 Rows<T>(std::forward<Out>(grad_scores)), options);
}

// The logarithm of the density of each y, by its logit l. With q = x / T - tau l,
//   log tau + q - 2 log(1 + exp q)  [- log(y (1 - y)): kSimplex].
//
// accuracy  computed in double
// edges     a NaN: NaN. A y of 0 or 1: -inf, but 0 where x / T is that infinity, which leaves no
//           other y
// throws    std::invalid_argument, as binary_concrete; tau must be positive and finite
template <Batch In, Batch L>
  requires std::same_as<score_t<In>, score_t<L>>
void binary_concrete_log_density(const In& scores, const L& logits, Rows<double> log_density,
                                 const BinaryConcreteDensityOptions& options = {}) {
  using T = score_t<In>;
  detail::binary_concrete_log_density<T>(Rows<const T>(scores), Rows<const T>(logits), log_density,
                                         options);
}

// Given upstream u for each, with t = u tanh(q / 2):
//   grad_x = -t / T;  grad_logit = tau t  [+ u tanh(l / 2): kSimplex];
//   grad_tau = sum_j (u_j / tau + l_j t_j);  grad_T = (1/T^2) sum_j t_j x_j.
//
// edges     where x or l is infinite: 0. T = 0 or inf: grad_x and grad_T are 0.
// throws    std::invalid_argument, as binary_concrete_log_density
template <Batch In, Batch L, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<L>>
void binary_concrete_log_density_vjp(
    const In& scores, const L& logits, Rows<const double> upstream, Out&& grad_scores,
    const BinaryConcreteDensityVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::binary_concrete_log_density_vjp<T>(Rows<const T>(scores), Rows<const T>(logits), upstream,
                                             Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
