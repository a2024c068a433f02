#pragma once
// A list of filters, and whose rules decide at their boundaries.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "gibbs/sampling/filters.hpp"
#include "gibbs/sampling/mirostat.hpp"
#include "gibbs/sampling/penalties.hpp"

namespace gibbs {

using Filter = std::variant<Temperature, DynamicTemperature, TopK, TopP, MinP, TypicalP,
                            EpsilonCutoff, EtaCutoff, TopNSigma, TopH, PLess, Xtc, Mirostat,
                            MirostatV2, Penalties, Dry, LogitBias>;

// What happens at a boundary. The rules of kGibbs are those of filters.hpp; in all of them
//   - the order of states is that of their scores, ties by the lower column first;
//   - masses and probabilities are compared with a slack of 2^-20 of themselves (2^-40 for scores
//     in double), so that {0.4, 0.3} has the mass 0.7, and what equals a bound is within;
//   - of equal states at a threshold (min-p, cutoffs, p-less, sigma) all are kept.
// The others differ from these in:
//                    kGibbs             kLlamaCpp              kHuggingFace
//   top-k, ties      exactly k          exactly k              all that equal the k-th
//   top-k, k = 0     off                off, as k < 0          refused
//   top-p            0 < p <= 1         any p: <= 0 keeps      0 <= p <= 1; 0 keeps one
//                                       one, >= 1 is off
//   min-p            0 <= p <= 1        any p: <= 0 is off,    0 <= p <= 1
//                                       > 1 keeps the maxima
//   typical-p        mass >= p,         mass > p,              mass >= p, 0 < p < 1,
//                    0 < p <= 1         any p: >= 1 is off     all that tie with the last
//   temperature 0    ties share         the first maximum,     refused
//                                       as T < 0
//   top-n-sigma      n >= 0             any n: <= 0 is off     n >= 0
//   top-h            entropy among the  as kGibbs              sum of -p log p over the kept, p
//                    kept                                      and H of the 100 most likely
enum class Boundaries : std::uint8_t { kGibbs, kLlamaCpp, kHuggingFace };

// Filters, applied one after the other, in any order and number (one mirostat at most).
struct Chain {
  std::vector<Filter> filters = {};
  Boundaries boundaries = Boundaries::kGibbs;
};

// One chain for all rows, or one for each; they must outlive the call.
class ChainPerRow {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a chain is a batch of one
  ChainPerRow(const Chain& chain) : chains_(&chain, 1), one_(true) {}
  ChainPerRow(std::span<const Chain> chains) : chains_(chains) {}
  ChainPerRow(const std::vector<Chain>& chains) : chains_(chains) {}
  // NOLINTEND(google-explicit-constructor)

  const Chain& operator[](std::int64_t row) const {
    return chains_[one_ ? 0 : static_cast<std::size_t>(row)];
  }
  bool is_one() const { return one_; }
  std::int64_t size() const { return static_cast<std::int64_t>(chains_.size()); }

 private:
  std::span<const Chain> chains_;
  bool one_ = false;
};

}  // namespace gibbs
