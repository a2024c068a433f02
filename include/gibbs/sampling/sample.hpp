#pragma once
// Draws from the law of each row: the fast way, by one search per draw.

#include "gibbs/sampling/draw.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void sample(Rows<const T> scores, Rows<std::int64_t> tokens, const DrawOptions<T>& options);
}  // namespace detail

// tokens(i, j) = draw first_draw + j of row i, a column drawn with probability p: by inversion of
// the running sum, in two steps. The block of 256 columns comes from one uniform, the column in it
// from another, so that each step has double precision whatever the row's length is.
//
// range     tokens: rows x draws. The piece of a row is no law of its own: first_category only
//           names the noise of gumbel_max
// accuracy  the law of each draw is exact to 1e-12 of p, at any number of columns; a category with
//           p = 0 is never drawn. log_probability: 1e-15 of double scores, 2e-7 of others
// edges     NaN, no state: kNoToken, and status says why. T = 0: one of the highest, by degeneracy
// cost      one draw: 1.1 log_sum_exp of the row. More than eight: the row in doubles, and for each
//           draw a search that begins where a table says
// throws    std::invalid_argument: as entmax; tokens without as many rows; not as many row_ids
// source    inversion: Devroye 1986, chapter III; the table: Chen & Asau 1974
//
// A token depends on (seed, stream, row id, draw) and its own row alone: the same on every SIMD
// target, thread count and machine. (alpha other than 1: p may differ in its last bit between
// targets.)
template <Batch In>
void sample(const In& scores, Rows<std::int64_t> tokens,
            const DrawOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::sample<T>(Rows<const T>(scores), tokens, options);
}

}  // namespace gibbs
