#pragma once
// Counter-based random bits: a pure function of a counter and a key.

#include <array>
#include <cstdint>

namespace gibbs {

// Philox4x32-10: ten rounds of multiplication that turn 128 bits of counter into 128 random bits,
// one to one for each key of 64 bits.
// source    Salmon, Moraes, Dror & Shaw 2011
struct Philox4x32 {
  using Counter = std::array<std::uint32_t, 4>;
  using Key = std::array<std::uint32_t, 2>;

  static constexpr int kRounds = 10;
  static constexpr Key kMultipliers{0xD2511F53u, 0xCD9E8D57u};  // of the words 0 and 2
  static constexpr Key kWeyl{0x9E3779B9u, 0xBB67AE85u};         // golden ratio, sqrt(3) - 1

  static constexpr Counter bits(Counter counter, Key key) {
    for (int i = 0; i < kRounds; ++i) {
      counter = round(counter, key);
      key = {key[0] + kWeyl[0], key[1] + kWeyl[1]};
    }
    return counter;
  }

 private:
  static constexpr Counter round(const Counter& c, const Key& key) {
    const std::uint64_t a = std::uint64_t{kMultipliers[0]} * c[0];
    const std::uint64_t b = std::uint64_t{kMultipliers[1]} * c[2];
    return {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
            static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
  }
};

}  // namespace gibbs
