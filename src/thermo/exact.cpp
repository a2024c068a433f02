#include "thermo/exact.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace gibbs::thermo {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front of `rest`.
std::string take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  std::string digits(rest.substr(0, count));
  rest.remove_prefix(count);
  return digits;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

// The exponent after an e: the whole rest.
std::optional<std::int64_t> exponent_of(std::string_view rest) {
  const bool plus = take(rest, "+");
  if (plus && !rest.empty() && rest.front() == '-') return {};
  std::int64_t exponent = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
  if (error != std::errc() || end != rest.data() + rest.size()) return {};
  // Far beyond what anyone reads, and far enough from the end of the range to be added to.
  constexpr std::int64_t kEnd = std::int64_t{1} << 60;
  return std::clamp(exponent, -kEnd, kEnd);
}

// An Integer reads a leading 0 as the sign of an octal number.
Integer integer_of(const std::string& digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? Integer(0) : Integer(digits.substr(first));
}

Integer power_of_ten(std::int64_t power) {
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(power));
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  take(text, "+-");
  std::string digits = take_digits(text);
  const bool has_point = take(text, ".");
  const std::string behind = has_point ? take_digits(text) : "";
  digits += behind;
  if (digits.empty()) return {};
  std::int64_t exponent = 0;
  if (take(text, "eE")) {
    const auto given = exponent_of(text);
    if (!given) return {};
    exponent = *given;
  } else if (!text.empty()) {
    return {};
  }
  const Integer value = integer_of(digits);
  return Decimal{negative ? -value : value, exponent - static_cast<std::int64_t>(behind.size())};
}

Decimal shortest_decimal(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return *parse_decimal({buffer, static_cast<std::size_t>(end - buffer)});
}

// The quotient is taken to 55 or 56 bits, and its last bit stands for all that are cut off: the
// conversion to double then rounds as the exact quotient would.
Binary rounded_quotient(const Integer& numerator, const Integer& denominator) {
  if (numerator == 0) return {};
  const auto bits = [](const Integer& i) { return static_cast<std::int64_t>(msb(i)); };
  const std::int64_t shift = 55 - (bits(numerator) - bits(denominator));
  const Integer above = shift > 0 ? Integer(numerator << shift) : numerator;
  const Integer below = shift < 0 ? Integer(denominator << -shift) : denominator;
  Integer quotient, remainder;
  divide_qr(above, below, quotient, remainder);
  const auto head = static_cast<std::uint64_t>(quotient) | (remainder == 0 ? 0U : 1U);
  int exponent = 0;
  const double mantissa = std::frexp(static_cast<double>(head), &exponent);
  return {2 * mantissa, exponent - 1 - shift};
}

Binary rounded(const Decimal& decimal) {
  if (decimal.power < 0) return rounded_quotient(decimal.digits, power_of_ten(-decimal.power));
  return rounded_quotient(decimal.digits * power_of_ten(decimal.power), 1);
}

}  // namespace gibbs::thermo
