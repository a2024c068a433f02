#pragma once
// The levels that can be occupied.

#include <cstdint>
#include <vector>

#include "gibbs/thermo/countable_levels.hpp"

namespace gibbs::thermo {

// degeneracies > 0; index: where each level stands in the list it came from.
struct Spectrum {
  std::vector<std::int64_t> quanta, degeneracies;
  std::vector<std::size_t> index;

  std::int64_t highest() const;
};

// Those with g > 0, in quanta as they are.
Spectrum occupiable(const CountableLevels& levels);

// What N systems of such levels have together; quanta counted from the lowest level in units of
// their common divisor.
struct Counted {
  Spectrum spectrum;
  std::int64_t count = 0, energy = 0;
};

// throws    std::invalid_argument: count not from `least` to 2^52; count times quanta beyond 2^61;
//           an energy that the systems cannot have, by its size or by the divisor of their quanta
Counted counted(const char* function, const CountableLevels& levels, std::int64_t count,
                std::int64_t energy, std::int64_t least);

// most_probable_occupation: 4 systems of these levels cannot have the energy 7
[[noreturn]] void refuse_energy(const char* function, std::int64_t count, std::int64_t energy);

// Without the levels above what all systems have together, or as far below the highest: one system
// there would be too many. Never without any level.
Counted within_reach(Counted problem);

// The same problem from the highest level down.
Counted upside_down(Counted problem);

}  // namespace gibbs::thermo
