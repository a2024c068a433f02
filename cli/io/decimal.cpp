#include "io/decimal.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>

namespace gibbs::cli {

namespace {

int width_of(int exponent) {
  const int size = std::abs(exponent);
  return (exponent < 0 ? 1 : 0) + (size < 10 ? 1 : size < 100 ? 2 : 3);
}

// The eight decimal digits of a number below 10^8 as bytes 0 to 9, the first digit in the lowest
// byte. All four pairs, then all eight digits, are divided at once: x * 10486 >> 20 is x / 100
// below 10^4, x * 103 >> 10 is x / 10 below 100. With std::to_chars in its place a double took 95
// ns to write instead of 55.
std::uint64_t eight_digits(std::uint32_t number) {
  const std::uint64_t fours = number / 10000 | std::uint64_t{number % 10000} << 32;
  const std::uint64_t hundreds = (fours * 10486 >> 20) & 0x7F0000007F;
  const std::uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16;
  const std::uint64_t tens = (pairs * 103 >> 10) & 0x000F000F000F000F;
  return tens | (pairs - 10 * tens) << 8;
}

constexpr auto kPowersOfTen = [] {
  std::array<std::uint64_t, 20> powers{};
  std::uint64_t power = 1;
  for (std::uint64_t& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();

// 1233 / 4096 is log10(2), near enough up to 2^64.
int count_digits(std::uint64_t number) {
  const auto guess = static_cast<std::size_t>((64 - std::countl_zero(number)) * 1233 >> 12);
  return static_cast<int>(guess) + (number >= kPowersOfTen[guess] ? 1 : 0);
}

// The digits of a number from 1 to 10^17 - 1. Zeros fill them up to 17 behind, so that no branch
// depends on how many there are.
class Digits {
 public:
  explicit Digits(std::uint64_t number)
      : count_(count_digits(number)),
        filled_(number * kPowersOfTen[static_cast<std::size_t>(kMost - count_)]) {}

  int count() const { return count_; }

  // Writes them all, and zeros behind up to 17.
  char* write(char* to) const {
    constexpr std::uint64_t kEight = 100'000'000;
    const auto first = static_cast<std::uint32_t>(filled_ / kEight);  // nine digits
    to[0] = static_cast<char>('0' + first / kEight);
    put(to + 1, eight_digits(static_cast<std::uint32_t>(first % kEight)));
    put(to + 9, eight_digits(static_cast<std::uint32_t>(filled_ % kEight)));
    return to + count_;
  }

 private:
  static constexpr int kMost = 17;
  static void put(char* to, std::uint64_t digits) {
    static_assert(std::endian::native == std::endian::little);
    digits |= 0x3030303030303030;
    std::memcpy(to, &digits, sizeof digits);
  }

  int count_;
  std::uint64_t filled_;
};

// Moves the digits after the first `before` on by one and puts a point between. Moves 16 always,
// the most there can be: a length known in advance needs no call.
char* insert_point(char* digits, int before, char* end) {
  std::array<char, 16> behind;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::memcpy(behind.data(), digits + before, behind.size());
  std::memcpy(digits + before + 1, behind.data(), behind.size());
  digits[before] = '.';
  return end + 1;
}

// |exponent| below 1000.
char* write_exponent(char* to, int exponent) {
  if (exponent < 0) *to++ = '-';
  const int size = std::abs(exponent);
  if (size >= 100) *to++ = static_cast<char>('0' + size / 100);
  if (size >= 10) *to++ = static_cast<char>('0' + size / 10 % 10);
  *to++ = static_cast<char>('0' + size % 10);
  return to;
}

// d.ddde-5
char* write_scientific(char* to, const Digits& digits, int exponent) {
  char* end = digits.write(to);
  if (digits.count() > 1) end = insert_point(to, 1, end);
  *end++ = 'e';
  return write_exponent(end, exponent);
}

// Lays out digits whose last stands for 10^exponent.
char* write_digits(char* to, const Digits& digits, int exponent) {
  const int count = digits.count();
  const int point = count + exponent;  // digits before the decimal point
  const int plain = exponent >= 0 ? point : point > 0 ? count + 1 : count + 2 - point;
  if (plain > count + (count > 1 ? 2 : 1) + width_of(point - 1)) {
    return write_scientific(to, digits, point - 1);
  }
  if (point <= 0) {
    std::memcpy(to, "0.000000", 8);  // a longer run of zeros is scientific
    return digits.write(to + 2 - point);
  }
  char* const end = digits.write(to);
  if (exponent < 0) return insert_point(to, point, end);
  std::memset(end, '0', static_cast<std::size_t>(exponent));
  return end + exponent;
}

}  // namespace

char* write_decimal(char* to, bool negative, Decimal decimal) {
  if (negative) *to++ = '-';
  return write_digits(to, Digits(decimal.digits), decimal.exponent);
}

}  // namespace gibbs::cli
