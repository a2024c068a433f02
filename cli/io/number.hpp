#pragma once
// Numbers to text and back, to the same bits.

#include <cstddef>
#include <gibbs/types.hpp>
#include <string>
#include <string_view>

namespace gibbs::cli {

enum class Parsed { kNumber, kNotANumber, kOutOfRange };

// Reads the whole of `text` as one decimal number, rounded to nearest, or as inf, infinity or nan
// in any case, with a sign or without.
// edges     kOutOfRange: a finite number that T could only hold as infinity
template <Score T>
Parsed parse_number(std::string_view text, T& value);

// The most bytes that write_number may touch; the number itself is shorter.
inline constexpr std::size_t kNumberRoom = 64;

// Writes the shortest decimal that reads back to the same bits, plain or with an exponent,
// whichever is shorter; inf, -inf, nan. Returns the end.
template <Score T>
char* write_number(char* to, T value);

template <Score T>
std::string number_text(T value) {
  std::string text(kNumberRoom, '\0');
  text.resize(static_cast<std::size_t>(write_number(text.data(), value) - text.data()));
  return text;
}

// "float64", "float32", "float16", "bfloat16"
template <Score T>
const char* dtype_name();

// What is said of a number that is kOutOfRange, as it was written.
template <Score T>
std::string out_of_range(const std::string& number) {
  return number + " is out of the range of " + dtype_name<T>();
}

}  // namespace gibbs::cli
