#pragma once
// The logarithm of a sum of exponentials with weights of any sign.

#include <span>

#include "gibbs/rows.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void signed_log_sum_exp(Rows<const T> scores, Rows<const working_t<T>> weights,
                        std::span<working_t<T>> log_magnitude, std::span<working_t<T>> sign);
}

// With s = sum_j w_j exp(x_j), one of each per row: log |s|, and its sign -1, 0 or 1. weights are
// 1 x cols or rows x cols; an empty view: all 1. Without room for signs a negative sum is NaN.
//
// accuracy  computed in double; terms that cancel leave the relative error that they leave s
// edges     w_j = 0: the term is absent, whatever x_j is. s = 0, or no term: -inf with sign 0. NaN
//           anywhere, or +inf on both sides: NaN with sign NaN. w_j = +-inf: as x_j = +inf with w_j
//           of +-1, but NaN where x_j = -inf
// cost      one exponential per element and side that occurs
// throws    std::invalid_argument: shapes; a wrong number of outputs
template <Batch In>
void signed_log_sum_exp(const In& scores, Rows<const working_t<score_t<In>>> weights,
                        std::span<working_t<score_t<In>>> log_magnitude,
                        std::span<working_t<score_t<In>>> sign = {}) {
  using T = score_t<In>;
  detail::signed_log_sum_exp<T>(Rows<const T>(scores), weights, log_magnitude, sign);
}

}  // namespace gibbs
