#include "thermo/moments.hpp"

#include <algorithm>
#include <cmath>

namespace gibbs::thermo {
namespace {

constexpr long double kLn2 = 0.693147180559945309417232121458176568L;

// value 2^power, 0 far below.
long double scaled(long double value, std::int64_t power) {
  constexpr std::int64_t kFar = 40000;
  return power == 0 ? value : std::ldexp(value, static_cast<int>(std::clamp(power, -kFar, kFar)));
}

}  // namespace

long double Moments::log_weight() const {
  return std::log(weight) + static_cast<long double>(exponent) * kLn2;
}

Moments merge(const Moments& a, const Moments& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  Moments both;
  both.exponent = std::max(a.exponent, b.exponent);
  const long double of_a = scaled(a.weight, a.exponent - both.exponent),
                    of_b = scaled(b.weight, b.exponent - both.exponent);
  both.weight = of_a + of_b;
  const long double p = of_a / both.weight, q = of_b / both.weight, pq = p * q;
  const long double step = b.mean - a.mean, square = step * step;
  both.mean = p > q ? a.mean + q * step : b.mean - p * step;
  both.second = p * a.second + q * b.second + pq * square;
  both.third =
      p * a.third + q * b.third + pq * step * ((p - q) * square + 3 * (b.second - a.second));
  both.fourth = p * a.fourth + q * b.fourth +
                pq * (square * ((1 - 3 * pq) * square + 6 * (p * b.second + q * a.second)) +
                      4 * step * (b.third - a.third));
  return both;
}

long double log_total(const Moments& a, const Moments& b) {
  if (a.empty()) return b.log_weight();
  if (b.empty()) return a.log_weight();
  const long double of_a = a.log_weight(), of_b = b.log_weight();
  const Moments &large = of_a < of_b ? b : a, &small = of_a < of_b ? a : b;
  const long double ratio = scaled(small.weight, small.exponent - large.exponent) / large.weight;
  return std::max(of_a, of_b) + std::log1p(ratio);
}

Moments moments_of(const kernels::LevelSums& sums) {
  const long double weight = sums.weight, unit = sums.unit;
  const long double z = sums.first / weight, zz = sums.second / weight, zzz = sums.third / weight;
  Moments m;
  m.exponent = static_cast<std::int64_t>(sums.exponent);
  m.weight = weight;
  m.mean = static_cast<long double>(sums.origin) + sums.origin_low + unit * z;
  m.second = unit * unit * std::max(zz - z * z, 0.0L);
  m.third = unit * unit * unit * (zzz - z * (3 * zz - 2 * z * z));
  m.fourth =
      unit * unit * unit * unit * (sums.fourth / weight - z * (4 * zzz - z * (6 * zz - 3 * z * z)));
  return m;
}

}  // namespace gibbs::thermo
