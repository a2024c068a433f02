#pragma once
// The common case of reading a double, in a third of the time of the general one.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace gibbs::cli {

// How many of eight characters, from the first, are digits.
inline int leading_digits(std::uint64_t text) {
  const std::uint64_t digits = text ^ 0x3030303030303030;  // 0 to 9 where there is a digit
  const std::uint64_t above_nine = (digits + 0x7676767676767676) | digits;
  return std::countr_zero(above_nine & 0x8080808080808080) / 8;  // 8 where all are
}

// The number that eight digits spell: pairs, then fours, then all eight are joined at once.
inline std::uint64_t eight_digits_value(std::uint64_t text) {
  const std::uint64_t digits = text & 0x0F0F0F0F0F0F0F0F;
  const std::uint64_t pairs = (digits * 10 + (digits >> 8)) & 0x00FF00FF00FF00FF;
  const std::uint64_t fours = (pairs * 100 + (pairs >> 16)) & 0x0000FFFF0000FFFF;
  return (fours * 10000 + (fours >> 32)) & 0xFFFFFFFF;
}

inline constexpr std::array<std::uint64_t, 9> kWholePowers = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
inline constexpr std::array kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Appends up to eight digits at p to the number and steps over them; how many there were.
inline int take_digits(const char*& p, std::uint64_t& number) {
  std::uint64_t text = 0;
  std::memcpy(&text, p, sizeof text);
  const int count = leading_digits(text);
  if (count == 0) return 0;
  // Moved to the upper end, so that what follows the digits falls out and zeros come before them.
  number = number * kWholePowers[static_cast<std::size_t>(count)] +
           eight_digits_value(text << (64 - 8 * count));
  p += count;
  return count;
}

// Reads [-]digits.digits, up to 7 before the point, 15 after it, 19 in all, when the digits without
// the point are at most 2^53: they and the power of ten are exact doubles then, and their quotient
// is the nearest double (Clinger 1990).
// Returns the end, or nullptr where the general way must be taken; within 32 characters of `end`
// too.
inline const char* read_quick_double(const char* p, const char* end, double& value) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kMostExact = std::uint64_t{1} << 53;
  if (end - p < 32) return nullptr;
  const bool negative = *p == '-';
  p += negative ? 1 : 0;
  std::uint64_t number = 0;
  const int before = take_digits(p, number);
  if (before == 0 || before == 8 || *p != '.') return nullptr;
  ++p;
  int after = take_digits(p, number);
  if (after == 8) after += take_digits(p, number);
  if (after == 0 || after == 16 || before + after > 19 || number > kMostExact) return nullptr;
  const double size = static_cast<double>(number) / kPowers[static_cast<std::size_t>(after)];
  value = negative ? -size : size;
  return p;
}

}  // namespace gibbs::cli
