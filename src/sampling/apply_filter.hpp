#pragma once
// One filter after the other, on the law of a row.

#include <cstdint>

#include "gibbs/sampling/chain.hpp"
#include "gibbs/sampling/noise.hpp"
#include "sampling/row_law.hpp"

namespace gibbs::sampling {

// What the filters of one row need beside their law.
struct RowContext {
  RowNoise noise{{}, 0};
  std::uint64_t draw = 0;
  std::int64_t cols = 0;
  double mu = 0;                // of a mirostat
  WideNumber temperature = {};  // set by the filters: the product of their temperatures
  std::int64_t states = 0;      // of the row, before any filter
};

// Applies a checked chain. Stops where no state is left.
template <class W>
void apply_chain(const Chain& chain, RowContext& context, TruncationRoom<W>& room, RowLaw<W>& law);

// The edits that a filter of penalties asks for, ascending, one for each token.
void edits_of(const Penalties& penalties, std::vector<Edit>& edits);
void edits_of(const LogitBias& bias, std::vector<Edit>& edits);
template <class W>
void edits_of(const Dry& dry, TruncationRoom<W>& room);

}  // namespace gibbs::sampling
