#pragma once
// The number types that scores and probabilities may have.

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace gibbs {

// bfloat16 as storage: the upper half of an IEEE binary32. Arithmetic on it is done in float.
// edges: to_float is exact; from float rounds to nearest, ties to even; a NaN stays a NaN.
struct bfloat16 {
  std::uint16_t bits = 0;

  constexpr bfloat16() = default;
  explicit constexpr bfloat16(float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    const bool nan = (word & 0x7FFFFFFFu) > 0x7F800000u;
    const std::uint32_t rounded = (word + 0x7FFFu + ((word >> 16) & 1u)) >> 16;
    bits = static_cast<std::uint16_t>(nan ? (word >> 16) | 0x40u : rounded);
  }
  explicit constexpr operator float() const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
  static constexpr bfloat16 from_bits(std::uint16_t bits) {
    bfloat16 value;
    value.bits = bits;
    return value;
  }
};

// IEEE binary16 as storage. Arithmetic on it is done in float.
// edges: to_float is exact; from float rounds to nearest, ties to even; above 65504 + half: inf.
struct float16 {
  std::uint16_t bits = 0;

  constexpr float16() = default;
  explicit constexpr float16(float value) : bits(round_to_bits(value)) {}
  explicit constexpr operator float() const {
    const std::uint32_t sign = (bits & 0x8000u) << 16;
    const std::uint32_t magnitude = bits & 0x7FFFu;
    if (magnitude >= 0x7C00u) {  // infinity or NaN
      return std::bit_cast<float>(sign | 0x7F800000u | ((magnitude & 0x3FFu) << 13));
    }
    // Shifted into place the exponent is 112 too small; the product is exact, subnormals too.
    const float shifted = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(shifted) | sign);
  }
  static constexpr float16 from_bits(std::uint16_t bits) {
    float16 value;
    value.bits = bits;
    return value;
  }

 private:
  static constexpr std::uint16_t round_to_bits(float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (word >> 16) & 0x8000u;
    const std::uint32_t magnitude = word & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) return static_cast<std::uint16_t>(sign | 0x7E00u);
    if (magnitude >= 0x477FF000u) return static_cast<std::uint16_t>(sign | 0x7C00u);
    if (magnitude < 0x38800000u) {  // subnormal: adding 0.5 puts the rounding at 2^-24
      const float sum = std::bit_cast<float>(magnitude) + 0.5f;
      return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(sum) - 0x3F000000u));
    }
    const std::uint32_t rebiased = magnitude - 0x38000000u;
    const std::uint32_t rounded = (rebiased + 0xFFFu + ((rebiased >> 13) & 1u)) >> 13;
    return static_cast<std::uint16_t>(sign | rounded);
  }
};

// What scores and probabilities may be made of.
template <class T>
concept Score = std::same_as<T, double> || std::same_as<T, float> || std::same_as<T, bfloat16> ||
    std::same_as<T, float16>;

// The type in which scores of type T are computed: double for double, float for all others.
template <Score T>
using working_t = std::conditional_t<std::same_as<T, double>, double, float>;

}  // namespace gibbs
