#pragma once
// What every map can be told, and what it can tell beside its probabilities.

#include <cstdint>
#include <span>

#include "gibbs/per_row.hpp"
#include "gibbs/rows.hpp"
#include "gibbs/types.hpp"

namespace gibbs {

// Options of the maps whose alpha is fixed: softmax, log_softmax, log_sum_exp, sparsemax, argmax.
//
//   p = argmax over the simplex of <p, x> + T H(p; g)
//
// Inputs: an empty view means "not given".
//   temperature      T >= 0, in units of the scores; 0 and infinity are the limits
//   log_degeneracy   log g, 1 x cols (one per column) or rows x cols; -inf: the state is absent;
//                    +inf or NaN: the row is NaN
//   mask             1 x cols or rows x cols; false: the state is absent, whatever its score
// Outputs, one per row, written when the span is not empty:
//   log_partition    log Z = max over p of <p, x>/T + H(p; g); at alpha 1 log sum g exp(x/T).
//                    T log Z is the optimal value in units of the scores, -T log Z the free energy
//   entropy          H(p; g); see entropy.hpp
//   support          number of states with p > 0
//   threshold        tau, in units of the scores: p > 0 only where x > tau (argmax: x = tau);
//                    -inf where no score is too low (alpha <= 1, T = inf)
template <Score T>
struct MapOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> log_partition = {};
  std::span<working_t<T>> entropy = {};
  std::span<std::int64_t> support = {};
  std::span<working_t<T>> threshold = {};
};

// Options of entmax: those of MapOptions, and alpha.
//   alpha            0 < alpha <= infinity; 1 softmax, 2 sparsemax, infinity argmax
template <Score T>
struct EntmaxOptions {
  PerRow alpha = 1.5;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  Rows<const bool> mask = {};
  std::span<working_t<T>> log_partition = {};
  std::span<working_t<T>> entropy = {};
  std::span<std::int64_t> support = {};
  std::span<working_t<T>> threshold = {};
};

// Options of a vector-Jacobian product. temperature and log_degeneracy as given to the map.
// Outputs, written when not empty:
//   grad_temperature     one per row, or one number: their sum
//   grad_log_degeneracy  rows x cols, or 1 x cols: the sum over rows
template <Score T>
struct VjpOptions {
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  std::span<working_t<T>> grad_temperature = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
};

// Options of entmax_vjp: those of VjpOptions, alpha as given to the map, and
//   grad_alpha           one per row, or one number: their sum
template <Score T>
struct EntmaxVjpOptions {
  PerRow alpha = 1.5;
  PerRow temperature = 1.0;
  Rows<const working_t<T>> log_degeneracy = {};
  std::span<working_t<T>> grad_temperature = {};
  Rows<working_t<T>> grad_log_degeneracy = {};
  std::span<working_t<T>> grad_alpha = {};
};

}  // namespace gibbs
