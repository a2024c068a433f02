#pragma once
// Very many draws from one law.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/sampling/draw.hpp"
#include "gibbs/sampling/noise.hpp"

namespace gibbs {

class AliasTable;

namespace detail {
template <Score T>
std::vector<double> row_weights(Rows<const T> scores, const DrawOptions<T>& options);
}  // namespace detail

// A law as n columns of equal height, each shared by at most two categories: a draw costs one
// comparison, whatever n is. Immutable; draws may run on any number of threads.
//
// accuracy  the probability of each category is exact to 2^-52 of it and n 2^-64
// cost      building: three passes over the weights. 16 bytes per category
// source    Walker 1977; Vose 1991
class AliasTable {
 public:
  // From weights in any unit.
  // throws    std::invalid_argument: a weight that is negative, NaN or infinite; a sum that is 0 or
  //           infinite
  explicit AliasTable(std::span<const double> weights);

  // From one row of scores: p = entmax(scores; alpha, T, g), as sample.
  // throws    std::invalid_argument: as sample; not one row; NaN, no state
  template <Batch In>
  static AliasTable of_scores(const In& scores, const DrawOptions<score_t<In>>& options = {}) {
    using T = score_t<In>;
    return AliasTable(detail::row_weights<T>(Rows<const T>(scores), options));
  }

  std::int64_t size() const { return static_cast<std::int64_t>(cells_.size()); }

  // The category of 64 random bits.
  std::int64_t draw(std::uint64_t bits) const {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(bits) * cells_.size();
    const auto column = static_cast<std::size_t>(product >> 64);
    const Cell& cell = cells_[column];
    // Without a branch, which a processor would guess wrong half of the time.
    const auto own = -static_cast<std::int64_t>(static_cast<std::uint64_t>(product) < cell.share);
    return cell.other ^ ((cell.other ^ static_cast<std::int64_t>(column)) & own);
  }

  // tokens[j] = draw first_draw + j of a row: of the bits of category first_draw + j at draw
  // kWholeRow.
  void draw(std::span<std::int64_t> tokens, const NoiseKey& key = {}, std::uint64_t row = 0,
            std::uint64_t first_draw = 0) const;

 private:
  // A column: below `share`, in units of 2^-64, it is its own category's, above it the other's.
  struct Cell {
    std::uint64_t share = 0;
    std::int64_t other = 0;
  };
  std::vector<Cell> cells_;
};

}  // namespace gibbs
