#include "io/number.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>

namespace gibbs::cli {

namespace {

// digits * 10^exponent, digits without trailing zeros.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

// A word for what has no digits, or an empty view.
std::string_view word_of(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  return {};
}

char* append(char* to, std::string_view text) {
  return static_cast<char*>(std::memcpy(to, text.data(), text.size())) + text.size();
}

int width_of(int exponent) {
  const int size = std::abs(exponent);
  return (exponent < 0 ? 1 : 0) + (size < 10 ? 1 : size < 100 ? 2 : 3);
}

// The eight decimal digits of a number below 10^8 as bytes 0 to 9, the first digit in the lowest byte.
// All four pairs, then all eight digits, are divided at once: x * 10486 >> 20 is x / 100 below 10^4,
// x * 103 >> 10 is x / 10 below 100. std::to_chars takes 49 ns for 17 digits, this 8.
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
// depends on how many there are: a misprediction costs as much as all the rest.
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

// Moves the digits after the first `before` on by one and puts a point between.
char* insert_point(char* digits, int before, char* end) {
  std::memmove(digits + before + 1, digits + before, static_cast<std::size_t>(end - digits - before));
  digits[before] = '.';
  return end + 1;
}

// d.ddde-5
char* write_scientific(char* to, const Digits& digits, int exponent) {
  char* end = digits.write(to);
  if (digits.count() > 1) end = insert_point(to, 1, end);
  *end++ = 'e';
  return std::to_chars(end, end + 4, exponent).ptr;
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

char* write_decimal(char* to, bool negative, Decimal decimal) {
  if (negative) *to++ = '-';
  return write_digits(to, Digits(decimal.digits), decimal.exponent);
}

// The digits alone cost 26 ns a double; fmt::format_to and std::to_chars take 126 and 146 for the
// same, most of it for a layout that any precision and fill can be asked of. Hence fmt's inside.
template <class Float>
char* write_float(char* to, Float value) {
  if (const std::string_view word = word_of(value); !word.empty()) return append(to, word);
  const auto decimal = fmt::detail::dragonbox::to_decimal(std::abs(value));
  return write_decimal(to, std::signbit(value), {decimal.significand, decimal.exponent});
}

// The value with `precision` + 1 digits.
Decimal rounded(float value, int precision) {
  std::array<char, 32> text{};
  char* const end = std::to_chars(text.data(), text.data() + text.size(), value,
                                  std::chars_format::scientific, precision)
                        .ptr;
  Decimal decimal;
  const char* c = text.data();
  for (; *c != 'e'; ++c) {
    if (*c != '.') decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(*c - '0');
  }
  ++c;
  std::from_chars(*c == '+' ? c + 1 : c, end, decimal.exponent);
  decimal.exponent -= precision;
  return decimal;
}

// True when readers that go through float and those that go through double both find the bits.
template <class T>
bool reads_back(std::string_view text, T value) {
  float single = 0;
  double wide = 0;
  fast_float::from_chars(text.data(), text.data() + text.size(), single);
  fast_float::from_chars(text.data(), text.data() + text.size(), wide);
  return T(single).bits == value.bits && T(static_cast<float>(wide)).bits == value.bits;
}

// Every text of a 16-bit type: 65536 of them, made on first use in some 30 ms.
template <class T>
class ShortTexts {
 public:
  ShortTexts() {
    for (std::size_t bits = 0; bits < texts_->size(); ++bits) {
      const T value = T::from_bits(static_cast<std::uint16_t>(bits));
      std::array<char, kNumberRoom> room{};
      const char* end = write_slowly(room.data(), value);
      Text& text = (*texts_)[bits];
      text.size = static_cast<char>(end - room.data());
      std::memcpy(text.bytes.data(), room.data(), text.bytes.size());
    }
  }

  char* write(char* to, T value) const {
    const Text& text = (*texts_)[value.bits];
    std::memcpy(to, text.bytes.data(), text.bytes.size());
    return to + text.size;
  }

 private:
  struct Text {
    std::array<char, 15> bytes;
    char size;
  };

  static char* write_slowly(char* to, T value) {
    const auto wide = static_cast<float>(value);
    if (const std::string_view word = word_of(wide); !word.empty()) return append(to, word);
    char* end = to;
    for (int precision = 0; precision < 9; ++precision) {
      end = write_decimal(to, std::signbit(wide), rounded(std::abs(wide), precision));
      if (reads_back({to, static_cast<std::size_t>(end - to)}, value)) break;
    }
    return end;
  }

  std::unique_ptr<std::array<Text, 65536>> texts_ = std::make_unique<std::array<Text, 65536>>();
};

template <class T>
char* write_short(char* to, T value) {
  static const ShortTexts<T> texts;
  return texts.write(to, value);
}

template <class Float>
Parsed parse_float(std::string_view text, Float& value) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return Parsed::kNotANumber;
  }
  const char* const end = text.data() + text.size();
  const auto [stop, error] = fast_float::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return Parsed::kNotANumber;
  if (!std::isinf(value)) return Parsed::kNumber;
  const bool has_digits = text.find_first_of("0123456789") != std::string_view::npos;
  return has_digits ? Parsed::kOutOfRange : Parsed::kNumber;
}

}  // namespace

template <Score T>
Parsed parse_number(std::string_view text, T& value) {
  working_t<T> wide = 0;
  const Parsed parsed = parse_float(text, wide);
  if (parsed != Parsed::kNumber) return parsed;
  value = T(wide);
  const bool lost = std::isinf(static_cast<working_t<T>>(value)) && !std::isinf(wide);
  return lost ? Parsed::kOutOfRange : Parsed::kNumber;
}

template <Score T>
char* write_number(char* to, T value) {
  if constexpr (sizeof(T) == 2) {
    return write_short(to, value);
  } else {
    return write_float(to, value);
  }
}

template <>
const char* dtype_name<double>() {
  return "float64";
}
template <>
const char* dtype_name<float>() {
  return "float32";
}
template <>
const char* dtype_name<float16>() {
  return "float16";
}
template <>
const char* dtype_name<bfloat16>() {
  return "bfloat16";
}

template Parsed parse_number(std::string_view, double&);
template Parsed parse_number(std::string_view, float&);
template Parsed parse_number(std::string_view, float16&);
template Parsed parse_number(std::string_view, bfloat16&);
template char* write_number(char*, double);
template char* write_number(char*, float);
template char* write_number(char*, float16);
template char* write_number(char*, bfloat16);

}  // namespace gibbs::cli
