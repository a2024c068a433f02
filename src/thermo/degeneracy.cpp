#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "gibbs/thermo/levels.hpp"
#include "thermo/exact.hpp"
#include "thermo/read_degeneracy.hpp"

namespace gibbs::thermo {
namespace {

// ln 2 to 106 bits, by MPFR in tests/thermo/levels_test.cpp.
constexpr double kHi = 0x1.62e42fefa39efp-1, kLo = 0x1.abc9e3b39803fp-56;

// Digits enough for any count: more would only take time and memory to read.
constexpr std::int64_t kMostDigits = 1'000'000;

}  // namespace

std::optional<Degeneracy> read_degeneracy(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Where a double holds it, from_chars has rounded once.
  if (error == std::errc() && end == text.data() + text.size() && std::isnormal(value)) {
    return value > 0 ? std::optional<Degeneracy>(value) : std::nullopt;
  }
  const auto decimal = text.size() <= kMostDigits ? parse_decimal(text) : std::nullopt;
  if (!decimal || decimal->digits < 0 || std::abs(decimal->power) > kMostDigits) return {};
  const Binary rounded_once = rounded(*decimal);
  return Degeneracy::of_scaled(rounded_once.mantissa, rounded_once.exponent);
}

Degeneracy::Degeneracy(double states) {
  if (!(states >= 0 && std::isfinite(states))) {
    base::refuse_value("Degeneracy", "a degeneracy must be finite and not negative", states);
  }
  *this = of_scaled(states, 0);
}

Degeneracy Degeneracy::of_scaled(double states, std::int64_t exponent) {
  Degeneracy g{Unchecked()};
  if (states == 0) return g;
  int shift = 0;
  g.mantissa_ = 2 * std::frexp(states, &shift);
  g.exponent_ = exponent + shift - 1;
  return g;
}

Degeneracy Degeneracy::of_log(double log_states) {
  if (log_states == -std::numeric_limits<double>::infinity()) return 0;
  if (!(std::abs(log_states) <= kLargestLog)) {
    base::refuse_value("Degeneracy", "ln g must be -inf or from -1e15 to 1e15", log_states);
  }
  const double exponent = std::floor(log_states / kHi);
  const double rest = std::fma(-exponent, kLo, std::fma(-exponent, kHi, log_states));
  return of_scaled(std::exp(rest), static_cast<std::int64_t>(exponent));
}

Degeneracy Degeneracy::of_decimal(const std::string& digits) {
  if (const auto g = read_degeneracy(digits)) return *g;
  base::refuse("Degeneracy",
               "a degeneracy must be a number from 0 to 1e1000000, got " + shortened(digits));
}

double Degeneracy::value() const {
  const auto exponent = std::clamp<std::int64_t>(exponent_, -5000, 5000);
  return std::ldexp(mantissa_, static_cast<int>(exponent));
}

// The mantissa is taken from [1/sqrt 2, sqrt 2), so that g = 1 - 2^-53 does not cancel.
double Degeneracy::log() const {
  if (mantissa_ == 0) return -std::numeric_limits<double>::infinity();
  const bool halve = mantissa_ > 1.4142135623730951;
  const double rest = std::log(halve ? mantissa_ / 2 : mantissa_);
  const auto exponent = static_cast<double>(exponent_ + (halve ? 1 : 0));
  return std::fma(exponent, kHi, std::fma(exponent, kLo, rest));
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kShown = 40;
  return '"' + (text.size() > kShown ? text.substr(0, kShown) + "..." : text) + '"';
}

}  // namespace gibbs::thermo
