#pragma once
// Occupations of small systems, one by one: the definitions, with no cleverness.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gibbs::testing {

__extension__ using Wide = unsigned __int128;
using Counts = std::vector<std::int64_t>;

struct SmallSystem {
  Counts quanta, degeneracies;
  std::int64_t count = 0, energy = 0;
};

// N! prod g^n / n!, as a product of binomials.
inline Wide ways(const Counts& n, const Counts& g) {
  Wide product = 1;
  std::int64_t placed = 0;
  for (std::size_t s = 0; s < n.size(); ++s) {
    for (std::int64_t i = 1; i <= n[s]; ++i) {
      product = product * static_cast<Wide>(++placed) / static_cast<Wide>(i);
    }
  }
  for (std::size_t s = 0; s < n.size(); ++s) {
    for (std::int64_t i = 0; i < n[s]; ++i) product *= static_cast<Wide>(g[s]);
  }
  return product;
}

inline std::string text_of(Wide value) {
  std::string digits;
  do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return digits;
}

inline std::int64_t energy_of(const Counts& n, const Counts& quanta) {
  std::int64_t energy = 0;
  for (std::size_t s = 0; s < n.size(); ++s) energy += n[s] * quanta[s];
  return energy;
}

// Calls body(n) for every n with sum n = count, levels without states empty.
inline void for_each_occupation(const SmallSystem& system,
                                const std::function<void(const Counts&)>& body) {
  Counts n(system.quanta.size());
  const std::function<void(std::size_t, std::int64_t)> place = [&](std::size_t s,
                                                                   std::int64_t left) {
    if (s == n.size()) {
      if (left == 0) body(n);
      return;
    }
    const std::int64_t most = system.degeneracies[s] > 0 ? left : 0;
    for (n[s] = 0; n[s] <= most; ++n[s]) place(s + 1, left - n[s]);
    n[s] = 0;
  };
  place(0, system.count);
}

// The same for those that have the energy of the system.
inline void for_each_macrostate(const SmallSystem& system,
                                const std::function<void(const Counts&)>& body) {
  for_each_occupation(system, [&](const Counts& n) {
    if (energy_of(n, system.quanta) == system.energy) body(n);
  });
}

}  // namespace gibbs::testing
