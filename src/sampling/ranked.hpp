#pragma once
// States in an order: their keys, what a prefix of them adds up to, and a sort of a few hundred of
// them that compares nothing: a processor guesses the outcome of every other comparison wrong.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "kernels/truncation.hpp"

namespace gibbs::sampling {

using kernels::Leading;

inline Leading operator+(const Leading& a, const Leading& b) {
  return {a.count + b.count, a.mass + b.mass, a.moment + b.moment};
}
inline Leading operator*(const Leading& a, double share) {
  return {static_cast<std::int64_t>(static_cast<double>(a.count) * share), a.mass * share,
          a.moment * share};
}

template <class W>
W key_of(W x, const kernels::Order<W>& order) {
  if (!order.by_distance || x == -std::numeric_limits<W>::infinity()) return x;
  return std::max(-std::abs(x - order.center), std::numeric_limits<W>::lowest());
}

// A state by its place in a list.
template <class W>
struct Ranked {
  W key{};
  kernels::ColumnOf<W> at = 0;
};

// A number for which smaller means a higher key; 0 and -0 are one.
template <class W>
auto falling_bits(W key) {
  using Bits = std::make_unsigned_t<kernels::ColumnOf<W>>;
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  const auto bits = std::bit_cast<Bits>(key + W{0});
  return (bits & kSign) != 0 ? bits : static_cast<Bits>(~(bits | kSign));
}

// Sorts n states by their keys, the highest first; what is equal keeps its order. No NaN. `room`
// is written over.
template <class W, std::size_t kRoom>
void sort_by_key(std::array<Ranked<W>, kRoom>& states, std::size_t n,
                 std::array<Ranked<W>, kRoom>& room) {
  constexpr std::size_t kDigits = sizeof(W);
  std::array<std::array<std::uint16_t, 256>, kDigits> starts{};
  for (std::size_t i = 0; i < n; ++i) {
    auto bits = falling_bits(states[i].key);
    for (std::size_t d = 0; d < kDigits; ++d, bits >>= 8) ++starts[d][bits & 255];
  }
  auto *from = &states, *to = &room;
  for (std::size_t d = 0; d < kDigits && n > 0; ++d) {
    auto& start = starts[d];
    const auto digit = [&](const Ranked<W>& state) {
      return static_cast<std::size_t>(falling_bits(state.key) >> (8 * d) & 255);
    };
    if (start[digit((*from)[0])] == n) continue;  // all have it
    std::uint16_t sum = 0;
    for (std::uint16_t& here : start) {
      here = std::exchange(sum, static_cast<std::uint16_t>(sum + here));
    }
    for (std::size_t i = 0; i < n; ++i) (*to)[start[digit((*from)[i])]++] = (*from)[i];
    std::swap(from, to);
  }
  if (from != &states) std::copy_n(from->begin(), n, states.begin());
}

}  // namespace gibbs::sampling
