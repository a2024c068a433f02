#pragma once
// Gumbel-max: draws by the highest perturbed score, with noise of each category's own.

#include <limits>
#include <span>

#include "gibbs/log_sum.hpp"
#include "gibbs/sampling/draw.hpp"

namespace gibbs {

// The winner of a piece of a row, and what tells its probability once all pieces are merged.
struct GumbelWinner {
  static constexpr double kNone = -std::numeric_limits<double>::infinity();

  // What comes before the value: the winner's score where that is +inf, where T is 0 or so small
  // that x / T + log g overflows; there x / T is left out of what follows, and only winners of the
  // same rank compete. 0 in all other rows, -inf without a winner.
  double rank = kNone;
  double value = kNone, low = 0;     // x / T + log g + G of the winner: rounded, and the rest
  std::int64_t category = kNoToken;  // first_category + its column
  double log_weight = kNone;         // x / T + log g of the winner
  LogSum total;                      // of all exp(x / T + log g) of that rank
  bool nan = false;

  DrawStatus status() const {
    if (nan) return DrawStatus::kNaN;
    return category == kNoToken ? DrawStatus::kNoState : DrawStatus::kDrawn;
  }
  double log_probability() const { return log_weight - total.log(); }
};

// Whether a comes before b: the higher, of equal ones the lower category.
inline bool comes_before(const GumbelWinner& a, const GumbelWinner& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.value != b.value) return a.value > b.value;
  if (a.low != b.low) return a.low > b.low;
  return a.category != kNoToken && a.category < b.category;
}

// The winner of both. Associative and commutative to the bit but for the rounding of `total`.
inline GumbelWinner merge(const GumbelWinner& a, const GumbelWinner& b) {
  GumbelWinner winner = comes_before(b, a) ? b : a;
  if (a.rank == b.rank) winner.total = merge(a.total, b.total);
  winner.nan = a.nan || b.nan;
  return winner;
}

namespace detail {
template <Score T>
void gumbel_max(Rows<const T> scores, Rows<std::int64_t> tokens, const DrawOptions<T>& options);
template <Score T>
void gumbel_max_pieces(Rows<const T> scores, std::span<GumbelWinner> winners,
                       const DrawOptions<T>& options);
}  // namespace detail

// tokens(i, j) = the category (first_category + column) with the highest x / T + log g + G at draw
// first_draw + j of row i: one drawn with probability p. The noise of a category does not depend on
// which others there are, so a filter that leaves the winner leaves the token.
//
// range     tokens: rows x draws
// accuracy  noise and sums in double, from 64 bits with an exact upper tail
// edges     as sample. At alpha other than 1 log p stands for x / T + log g; where ranks decide
//           (GumbelWinner) log g does
// cost      one draw: random bits for every category (about 0.7 ns each), noise for few
// throws    as sample
// source    Yellott 1977; Maddison, Tarlow & Minka 2014
template <Batch In>
void gumbel_max(const In& scores, Rows<std::int64_t> tokens,
                const DrawOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::gumbel_max<T>(Rows<const T>(scores), tokens, options);
}

// The same of pieces of rows: winners[i] of row i at draw first_draw, to be merged with those of
// the other pieces, which have another first_category and the same row id. The merged token is that
// of the whole row, to the bit, at any temperature and any scores. A row that lies on several
// machines is drawn from so.
//
// throws    as gumbel_max; alpha other than 1: such laws are no sums over pieces
template <Batch In>
void gumbel_max_pieces(const In& scores, std::span<GumbelWinner> winners,
                       const DrawOptions<score_t<In>>& options = {}) {
  using T = score_t<In>;
  detail::gumbel_max_pieces<T>(Rows<const T>(scores), winners, options);
}

}  // namespace gibbs
