#pragma once
// Decimals and quotients of integers of any length, rounded once to the 53 bits of a double.

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gibbs::thermo {

using Integer = boost::multiprecision::cpp_int;

// mantissa 2^exponent, the mantissa in [1, 2) or 0: a double without an end to its range.
struct Binary {
  double mantissa = 0;
  std::int64_t exponent = 0;
};

// digits 10^power.
struct Decimal {
  Integer digits;
  std::int64_t power = 0;
};

// A sign, digits with at most one point, an exponent: "12", "+1.5e400". None if the text is
// anything else.
std::optional<Decimal> parse_decimal(std::string_view text);

// The decimal that to_chars prints: what was meant where a constant was written.
Decimal shortest_decimal(double value);

// numerator / denominator, both positive (or numerator 0), to the nearest, ties to even.
Binary rounded_quotient(const Integer& numerator, const Integer& denominator);
Binary rounded(const Decimal& decimal);

}  // namespace gibbs::thermo
