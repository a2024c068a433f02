#pragma once
// The most probable outcome of N draws.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace gibbs::thermo {

// Levels in the order of ties: by energy, then as they stand.
template <class Energies>
std::vector<std::size_t> order_of_ties(const Energies& energies) {
  std::vector<std::size_t> order(energies.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t s) { return energies[s]; });
  return order;
}

// argmax of N! prod p_s^n_s / n_s! with sum n_s = N. What is nearer than 1e-13 of p is a tie,
// which goes to more systems in the levels that come first in the order.
std::vector<std::int64_t> multinomial_mode(std::span<const std::size_t> order,
                                           std::span<const double> probabilities,
                                           std::int64_t count);

}  // namespace gibbs::thermo
