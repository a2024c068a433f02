#pragma once
// Decimal digits to text.

#include <cstdint>

namespace gibbs::cli {

// digits * 10^exponent; digits from 1 to 10^17 - 1, without trailing zeros.
struct Decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

// Writes the number plain or with an exponent, whichever is shorter; plain where both are as long.
// May touch 48 bytes from `to` on. Returns the end.
char* write_decimal(char* to, bool negative, Decimal decimal);

}  // namespace gibbs::cli
