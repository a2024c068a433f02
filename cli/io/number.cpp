#include "io/number.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>

#include "io/decimal.hpp"

namespace gibbs::cli {

namespace {

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
