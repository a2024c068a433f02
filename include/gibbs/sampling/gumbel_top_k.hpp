#pragma once
// Draws without replacement.

#include <utility>

#include "gibbs/sampling/draw.hpp"

namespace gibbs {

namespace detail {
template <Score T>
void gumbel_top_k(Rows<const T> scores, Rows<std::int64_t> tokens, Rows<double> perturbed,
                  const DrawOptions<T>& options);
template <Score T>
void inclusion_probabilities(Rows<const T> scores, std::int64_t k, Rows<double> probabilities,
                             const DrawOptions<T>& options);
}  // namespace detail

// The k = tokens.cols categories with the highest x / T + log g + G, in that order: the first is
// drawn with probability p, each other one in proportion to p among those not yet drawn.
// log_probability(i, m) = log(p_m / (1 - p_0 - ... - p_{m-1})), of the m-th token given those
// before; their sum is the log-probability of the ordered draw. `perturbed`, rows x k, if not
// empty: the perturbed scores, -inf for kNoToken.
//
// range     tokens: rows x k. Rows with fewer than k states: all of them, then kNoToken
// accuracy  1 - p_0 - ... is summed over what is left, and so keeps its digits
// edges     as gumbel_max; the first token is that of gumbel_max
// cost      as gumbel_max; with log_probability one more pass over the row
// throws    as gumbel_max; perturbed of another shape than tokens
// source    Vieira 2014; Kool, van Hoof & Welling 2019
template <Batch In>
void gumbel_top_k(const In& scores, Rows<std::int64_t> tokens,
                  const DrawOptions<score_t<In>>& options = {}, Rows<double> perturbed = {}) {
  using T = score_t<In>;
  detail::gumbel_top_k<T>(Rows<const T>(scores), tokens, perturbed, options);
}

// probabilities(i, j) = the probability that category j is among the k of gumbel_top_k:
//   integral over t of p_j e^(-p_j t) P(fewer than k of the others have come by the time t),
// where category i comes at a time that is exponential with rate p_i. They sum to k (or to the
// number of states, if that is less), and are not k p.
//
// range     k >= 0; of the options only the law counts
// accuracy  1e-12
// edges     NaN: the row is NaN. p = 0: 0
// cost      n exponentials at each of 72 sqrt(k) times, at least 150; at those at which it is open
//           whether k have come, fewer than 200, some 4 n k operations and 2 k^2 doubles: 0.2 s for
//           k = 500 of n = 1000
// throws    std::invalid_argument: as gumbel_top_k; k < 0; shapes differ
// source    the race of exponentials: Efraimidis & Spirakis 2006; Kool, van Hoof & Welling 2019
template <Batch In, BatchOut<double> Out>
void inclusion_probabilities(const In& scores, std::int64_t k, Out&& probabilities,
                             const DrawOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::inclusion_probabilities<T>(Rows<const T>(scores), k,
                                     Rows<double>(std::forward<Out>(probabilities)), options);
}

}  // namespace gibbs
