#include "thermo/bath.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gibbs::thermo {
namespace {

constexpr Twofold kLn2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

// The first 26 bits of a positive number.
double short_head(double value) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) &
                               ~((std::uint64_t{1} << 27) - 1));
}

}  // namespace

bool Bath::frozen() const { return std::isinf(1 / theta.high); }

Bath at_temperature(double temperature, double boltzmann) {
  Bath bath{
      .temperature = temperature, .beta = 0, .theta = {}, .inverted = std::signbit(temperature)};
  bath.theta = two_product(boltzmann, std::abs(temperature));
  if (!std::isfinite(bath.theta.low)) bath.theta.low = 0;
  const auto inverse = static_cast<double>(1 / bath.theta.value());
  bath.beta = bath.inverted ? -inverse : inverse;
  return bath;
}

Bath at_beta(double beta, double boltzmann) {
  Bath bath{.temperature = 0, .beta = beta, .theta = {}, .inverted = std::signbit(beta)};
  bath.theta = inverse_of(std::abs(beta));
  if (!std::isfinite(bath.theta.low)) bath.theta.low = 0;
  const auto temperature = static_cast<double>(bath.theta.value() / boltzmann);
  bath.temperature = bath.inverted ? -temperature : temperature;
  return bath;
}

kernels::ThermalScale thermal_scale(const Bath& bath, double scale, double farthest) {
  constexpr double kSmallestUnit = 0x1p-1000;
  kernels::ThermalScale s;
  const Twofold theta{bath.theta.high * scale, bath.theta.low * scale};
  s.unit = std::max(std::min(theta.high, farthest), kSmallestUnit);
  if (std::isinf(theta.high)) return s;
  const Twofold ln2 = product(theta, kLn2);
  constexpr double kLargest = std::numeric_limits<double>::max();
  s.inverse = std::min(static_cast<double>(1 / theta.value()), kLargest);
  s.log2e_over_theta = std::min(static_cast<double>(1 / ln2.value()), kLargest);
  s.ln2_high = short_head(ln2.high);
  s.ln2_middle = ln2.high - s.ln2_high;
  s.ln2_low = ln2.low;
  return s;
}

}  // namespace gibbs::thermo
