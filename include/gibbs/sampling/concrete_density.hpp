#pragma once
// The density of relaxed draws: the Concrete law, by log y.

#include <cstdint>
#include <span>
#include <utility>

#include "gibbs/options.hpp"

namespace gibbs {

// With respect to what a density is.
//   kSimplex   dy_1 ... dy_(n-1): the density of y on the simplex
//   kLog       d log(y_1 / y_n) ... d log(y_(n-1) / y_n): the density of log y (Maddison's
//              ExpConcrete), which is that of y times the product of all y
enum class ConcreteMeasure { kSimplex, kLog };

// Options of concrete_log_density, those of log_gumbel_softmax that make its law.
template <Score T>
struct ConcreteDensityOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  ConcreteMeasure measure = ConcreteMeasure::kSimplex;
};

// Options of concrete_log_density_vjp: the same, and outputs, written when not empty:
//   grad_log_relaxed               by log y, each free of the others
//   grad_temperature, grad_tau     one per row, or one number: their sum
//   grad_log_degeneracy            rows x cols, or 1 x cols: the sum over rows
template <Score T>
struct ConcreteDensityVjpOptions {
  PerRow temperature = 1.0;
  PerRow tau = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  ConcreteMeasure measure = ConcreteMeasure::kSimplex;
  Rows<T> grad_log_relaxed = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_tau = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
};

namespace detail {
template <Score T>
void concrete_log_density(Rows<const T> scores, Rows<const T> log_relaxed,
                          std::span<double> log_density, const ConcreteDensityOptions<T>& options);
template <Score T>
void concrete_log_density_vjp(Rows<const T> scores, Rows<const T> log_relaxed,
                              std::span<const double> upstream, Rows<T> grad_scores,
                              const ConcreteDensityVjpOptions<T>& options);
}  // namespace detail

// The logarithm of the density of y = gumbel_softmax(x), one number per row. With n states and
// q_i = x_i / T + log g_i - tau log y_i,
//   log (n - 1)! + (n - 1) log tau + sum_i (q_i - log sum_j exp q_j)  [- sum_i log y_i: kSimplex].
//
// range     any scores; 0 < tau < inf; T in [0, inf]; any strides
// accuracy  computed in double, whatever the types are
// edges     a NaN: NaN. States that are absent (-inf, g = 0, T = 0 below the maximum) are none of
//           the n, and log y must be -inf there; a masked state needs a score of -inf here. A point
//           of the boundary, where a present state has log y = -inf, and no state: -inf.
// throws    std::invalid_argument, as softmax; tau outside its range; a wrong number of outputs
// source    Maddison, Mnih & Teh 2017, equations 10 and 25
template <Batch In, Batch Y>
  requires std::same_as<score_t<In>, score_t<Y>>
void concrete_log_density(const In& scores, const Y& log_relaxed, std::span<double> log_density,
                          const ConcreteDensityOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::concrete_log_density<T>(Rows<const T>(scores), Rows<const T>(log_relaxed), log_density,
                                  options);
}

// Given one upstream number u per row, with c_i = u (1 - n softmax(q)_i):
//   grad_x = c / T;  grad_log_g = c;  grad_log_y = -tau c  [- u: kSimplex];
//   grad_tau = u (n - 1) / tau - sum_i c_i log y_i;  grad_T = -(1/T^2) sum_i c_i x_i.
//
// edges     absent states: 0. A NaN in a row or its u: the row is NaN. Where the density is 0, all
//           are 0. T = 0 or inf: grad_x and grad_T are 0.
// throws    std::invalid_argument, as concrete_log_density
template <Batch In, Batch Y, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Y>>
void concrete_log_density_vjp(const In& scores, const Y& log_relaxed,
                              std::span<const double> upstream, Out&& grad_scores,
                              const ConcreteDensityVjpOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::concrete_log_density_vjp<T>(Rows<const T>(scores), Rows<const T>(log_relaxed), upstream,
                                      Rows<T>(std::forward<Out>(grad_scores)), options);
}

}  // namespace gibbs
