#pragma once
// Maps with bounds on every probability and a linear budget, and their named members.

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "gibbs/family/divergence.hpp"
#include "gibbs/rows.hpp"
#include "gibbs/types.hpp"

namespace gibbs {

// Options of the constrained maps. Inputs: an empty view means "not given".
//   budget           what sum_i w_i p_i must be; >= 0
//   temperature      T >= 0, in units of the scores
//   lower, upper     bounds of p, 1 x cols or rows x cols; 0 <= lower <= upper. Not given: 0 and
//                    infinity (a member may have others)
//   weights          w, 1 x cols or rows x cols; positive and finite. Not given: 1
//   log_degeneracy   log g, mask: as in MapOptions. A state that is absent has p = 0 whatever its
//                    bounds are
// Outputs, one per row, written when the span is not empty:
//   value            <p, x> - T D_f(p; g), in units of the scores
//   multiplier       tau, the derivative of the value in the budget; one of its derivatives where
//                    every state is at a bound
//   support          number of states with p > 0
template <Score T>
struct ConstrainedOptions {
  PerRow budget = 1.0;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> lower = {};
  Rows<const working_t<T>> upper = {};
  Rows<const working_t<T>> weights = {};
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> value = {};
  std::span<working_t<T>> multiplier = {};
  std::span<std::int64_t> support = {};
};

// Options of their vector-Jacobian products: the inputs as given to the map (mask: for grad_lower).
// Outputs, written when not empty:
//   grad_temperature, grad_alpha, grad_budget      one per row, or one number: their sum
//   grad_log_degeneracy, grad_lower, grad_upper    rows x cols, or 1 x cols: the sum over rows
template <Score T>
struct ConstrainedVjpOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> lower = {};
  Rows<const working_t<T>> upper = {};
  Rows<const working_t<T>> weights = {};
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> grad_temperature = {};
  std::span<working_t<T>> grad_alpha = {};
  std::span<working_t<T>> grad_budget = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
  Rows<working_t<T>> grad_lower = {};
  Rows<working_t<T>> grad_upper = {};
};

namespace detail {

// What a member fixes: its divergence, and its upper bound where none is given.
struct ConstrainedMap {
  const char* name;
  const char* vjp_name;
  Divergence divergence;
  double upper;
};
template <Score T>
void constrained(const ConstrainedMap& map, Rows<const T> scores, Rows<T> probabilities,
                 const ConstrainedOptions<T>& options);
template <Score T>
void constrained_vjp(const ConstrainedMap& map, Rows<const T> probabilities, Rows<const T> upstream,
                     Rows<T> grad_scores, const ConstrainedVjpOptions<T>& options);

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// A member, called as a function is.
struct NamedConstrained {
  ConstrainedMap map;

  template <Batch In, BatchOut<score_t<In>> Out>
  void operator()(const In& scores, Out&& probabilities,
                  const ConstrainedOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    constrained<T>(map, Rows<const T>(scores), Rows<T>(std::forward<Out>(probabilities)), options);
  }
};

struct NamedConstrainedVjp {
  ConstrainedMap map;

  template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
    requires std::same_as<score_t<In>, score_t<Up>>
  void operator()(const In& probabilities, const Up& upstream, Out&& grad_scores,
                  const ConstrainedVjpOptions<score_t<In>>& options = {}) const {
    using T = score_t<In>;
    constrained_vjp<T>(map, Rows<const T>(probabilities), Rows<const T>(upstream),
                       Rows<T>(std::forward<Out>(grad_scores)), options);
  }
};

}  // namespace detail

// p = argmax of <p, x> - T D_f(p; g) over lower <= p <= upper, <w, p> = budget:
//   p_i = clip(g_i (f')^-1((x_i - tau w_i) / T), lower_i, upper_i) with tau such that <w, p> is the
// budget. Without bounds and weights, at budget 1: the f-softargmax.
//
// range     as entmax; with kAlpha alpha <= 2 unless bounds, weights and budget are left alone:
//           above 2 p rises from 0 with an infinite slope, for which a tau has too few digits
// accuracy  |p - exact| <= 2e-7 max(1, max p) in float, 1e-15 max(1, max p) in double, max p the
//           largest of the row
// edges     those of softmax. +inf: such states are served first. T = 0: the highest x / w first;
//           equals share what is left as D_f would (scores 0, T = 1). Too little room in the states
//           that -inf leaves: they are at `upper`, value -inf. Absent states are left out of D_f
// cost      some ten reads of a row in cache; no sort
// throws    std::invalid_argument, as entmax; budget, a bound or a weight out of its range; bounds
//           that cannot hold the budget
// source    Pardalos & Kovoor 1990; Martins & Kreutzer 2017; Malaviya, Ferreira & Martins 2018
template <Batch In, BatchOut<score_t<In>> Out>
void constrained(const In& scores, Out&& probabilities, const Divergence& divergence,
                 const ConstrainedOptions<score_t<In>>& options = {}) {
  detail::NamedConstrained{{"constrained", "", divergence, detail::kUnbounded}}(
      scores, std::forward<Out>(probabilities), options);
}

// Options of f_softargmax, as in ConstrainedOptions.
template <Score T>
struct SoftargmaxOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> value = {};
};

// The same over the simplex alone: no bounds, budget 1.
template <Batch In, BatchOut<score_t<In>> Out>
void f_softargmax(const In& scores, Out&& probabilities, const Divergence& divergence,
                  const SoftargmaxOptions<score_t<In>>& options = {}) {
  ConstrainedOptions<score_t<In>> all;
  all.temperature = options.temperature;
  all.log_degeneracy = options.log_degeneracy;
  all.mask = options.mask;
  all.value = options.value;
  detail::NamedConstrained{{"f_softargmax", "", divergence, detail::kUnbounded}}(
      scores, std::forward<Out>(probabilities), all);
}

// Given p and upstream v, on the states A strictly between their bounds, s = g / f''(p / g),
// vbar = sum_A w s v / sum_A w^2 s, u_i = v_i - w_i vbar:
//   grad_x_i = s_i u_i / T               grad_log_g_i = p_i u_i        (both 0 outside A)
//   grad_lower_i, grad_upper_i = u_i     where p_i is at that bound, else 0
//   grad_budget = vbar                   grad_T = -(1/T) sum_A s_i u_i f'(p_i / g_i)
//   grad_alpha = sum_A u_i dp_i/dalpha   at fixed tau
// The Jacobian in x is symmetric: the same call is the forward derivative along v.
//
// edges     A empty: vbar is 0, and with it every gradient but those of the bounds. NaN: as
//           entmax_vjp. T = 0 or inf: grad_x, grad_T and grad_alpha are 0. A state that is absent
//           for its score alone counts as one at its lower bound, where that is 0
// throws    std::invalid_argument, as constrained
template <Batch In, Batch Up, BatchOut<score_t<In>> Out>
  requires std::same_as<score_t<In>, score_t<Up>>
void constrained_vjp(const In& probabilities, const Up& upstream, Out&& grad_scores,
                     const Divergence& divergence,
                     const ConstrainedVjpOptions<score_t<In>>& options = {}) {
  detail::NamedConstrainedVjp{{"", "constrained_vjp", divergence, detail::kUnbounded}}(
      probabilities, upstream, std::forward<Out>(grad_scores), options);
}

namespace detail {
inline constexpr ConstrainedMap kCappedSoftmax{"capped_softmax", "capped_softmax_vjp",
                                               Divergence::kAlpha, kUnbounded};
inline constexpr ConstrainedMap kCappedSparsemax{"capped_sparsemax", "capped_sparsemax_vjp",
                                                 Divergence::kEuclidean, kUnbounded};
inline constexpr ConstrainedMap kBoxSection{"box_section", "box_section_vjp",
                                            Divergence::kEuclidean, kUnbounded};
inline constexpr ConstrainedMap kBudget{"budget", "budget_vjp", Divergence::kEuclidean, 1};
inline constexpr ConstrainedMap kFermiDirac{"fermi_dirac", "fermi_dirac_vjp",
                                            Divergence::kFermiDirac, kUnbounded};
}  // namespace detail

// The members. Each is called with (scores, probabilities, options), its derivative with
// (probabilities, upstream, grad_scores, options).
//
// NOLINTBEGIN(readability-identifier-naming): they are used as functions are.
//
// Softmax with upper bounds: p = min(upper, g exp((x - tau) / T - 1)).
inline constexpr detail::NamedConstrained capped_softmax{detail::kCappedSoftmax};
inline constexpr detail::NamedConstrainedVjp capped_softmax_vjp{detail::kCappedSoftmax};
// The projection of x / T on {lower <= p <= upper, sum p = 1}.
inline constexpr detail::NamedConstrained capped_sparsemax{detail::kCappedSparsemax};
inline constexpr detail::NamedConstrainedVjp capped_sparsemax_vjp{detail::kCappedSparsemax};
// The same with weights and any budget, <w, p> = budget: a knapsack.
inline constexpr detail::NamedConstrained box_section{detail::kBoxSection};
inline constexpr detail::NamedConstrainedVjp box_section_vjp{detail::kBoxSection};
// Subsets of `budget` states, sparsely: the same with upper = 1 where none is given.
inline constexpr detail::NamedConstrained budget{detail::kBudget};
inline constexpr detail::NamedConstrainedVjp budget_vjp{detail::kBudget};
// Subsets by entropy: p = g / (1 + exp((tau - x) / T)), sum p = budget < sum g. Where -x are
// energies, -tau is the chemical potential.
inline constexpr detail::NamedConstrained fermi_dirac{detail::kFermiDirac};
inline constexpr detail::NamedConstrainedVjp fermi_dirac_vjp{detail::kFermiDirac};
// NOLINTEND(readability-identifier-naming)

}  // namespace gibbs
