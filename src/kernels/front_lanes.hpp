#pragma once
// The order that brings chosen lanes of eight to the front.

#include <array>
#include <cstddef>
#include <cstdint>

namespace gibbs::kernels {

// For each choice of lanes, a bit each, the chosen lanes in order and then the others.
constexpr std::array<std::array<std::uint8_t, 8>, 256> front_lanes() {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (unsigned chosen = 0; chosen < table.size(); ++chosen) {
    std::size_t to = 0;
    for (const unsigned bit : {1U, 0U}) {
      for (std::uint8_t lane = 0; lane < 8; ++lane) {
        if (((chosen >> lane) & 1U) == bit) table[chosen][to++] = lane;
      }
    }
  }
  return table;
}

alignas(64) inline constexpr auto kFrontLanes = front_lanes();

}  // namespace gibbs::kernels
