#pragma once
// What a chain may not be told.

#include <cstdint>

#include "gibbs/sampling/chain.hpp"

namespace gibbs::sampling {

// What a chain needs beside its parameters.
struct ChainNeeds {
  bool mirostat = false;  // the states of a mirostat
  bool coin = false;      // noise of its own for each draw
};

// Throws std::invalid_argument in the name of `function` for parameters out of range (chain.hpp)
// and tokens that are none of `cols` columns.
ChainNeeds check_chain(const char* function, const Chain& chain, std::int64_t cols);

}  // namespace gibbs::sampling
