#include "gibbs/thermo/ising_limit.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// At low and high temperatures S and C are what is left of terms up to exp(8 K) as large. K stays
// below kColdest here, so that 50 digits leave more than 20.
using Digits = boost::multiprecision::cpp_bin_float_50;
constexpr double kColdest = 8;
constexpr double kHottest = 0x1p-40;

const Digits kPi = boost::math::constants::pi<Digits>();

// Per spin at J > 0, T > 0, from K = J / T: energies in units of J.
struct Site {
  double log_partition = 0, energy = 0, entropy = 0, heat_capacity = 0, magnetization = 0;
};

// What the formulas are made of.
struct Modulus {
  Digits s, cosh, square, complement;  // sinh 2K, cosh 2K, q^2, r

  explicit Modulus(const Digits& k) {
    const Digits up = exp(2 * k), down = 1 / up;
    s = (up - down) / 2;
    cosh = (up + down) / 2;
    const Digits inverse = 1 / (cosh * cosh);
    square = 4 * s * s * inverse * inverse;
    complement = (s - 1) * (s + 1) * inverse;
  }
};

// K1 and K1 - E1 by the arithmetic-geometric mean; the complement is not 0.
struct Elliptic {
  Digits first, less_second;
};

Elliptic complete_elliptic(const Modulus& q) {
  Digits a = 1, b = abs(q.complement), sum = q.square / 2, weight = 1;
  while (abs(a - b) > a * Digits(1e-45)) {
    const Digits half = (a - b) / 2, mean = (a + b) / 2;
    sum += weight * half * half;
    weight *= 2;
    b = sqrt(a * b);
    a = mean;
  }
  const Digits first = kPi / (2 * a);
  return {first, first * sum};
}

// 1/pi int ln((1 + sqrt(1 - q^2 sin^2 x)) / 2) dx = -1/4 sum_n (C(2n, n) / 4^n)^2 q^(2n) / n, or
// where that is slow by quadrature; there nothing cancels.
Digits log_integral(const Modulus& q) {
  constexpr double kSlow = 0.9;
  if (q.square > kSlow) {
    const auto square = static_cast<double>(q.square),
               complement = static_cast<double>(q.complement);
    const auto integrand = [&](double x) {
      const double sine = std::sin(x);
      return std::log((1 + std::sqrt(complement * complement + square * sine * sine)) / 2);
    };
    boost::math::quadrature::tanh_sinh<double> quadrature;
    return quadrature.integrate(integrand, 0.0, std::numbers::pi / 2) * std::numbers::inv_pi;
  }
  Digits sum = 0, binomial = 1, power = 1, term = 1;
  for (int n = 1; term > sum * Digits(1e-40); ++n) {
    binomial *= Digits(2 * n - 1) / (2 * n);
    power *= q.square;
    term = binomial * binomial * power / n;
    sum += term;
  }
  return -sum / 4;
}

double magnetization(const Digits& s) {
  if (s <= 1) return 0;
  const Digits square = s * s;
  return std::pow(static_cast<double>((1 - 1 / square) * (1 + 1 / square)), 0.125);
}

Site site_between(const Digits& k) {
  const Modulus q(k);
  const Digits coth = q.cosh / q.s;
  Site site;
  const Digits log_partition = log(2 * q.cosh) + log_integral(q);
  Digits energy = -coth;
  site.heat_capacity = kInfinity;
  if (q.complement != 0) {
    const Elliptic integrals = complete_elliptic(q);
    const Digits product = q.complement * integrals.first;
    energy = -coth * (1 + 2 * product / kPi);
    const Digits bracket = integrals.less_second - (kPi / 2 + product) / (q.cosh * q.cosh);
    site.heat_capacity = static_cast<double>(4 / kPi * k * k * coth * coth * bracket);
  }
  site.log_partition = static_cast<double>(log_partition);
  site.energy = static_cast<double>(energy);
  site.entropy = static_cast<double>(log_partition + k * energy);
  site.magnetization = magnetization(q.s);
  return site;
}

// The states nearest to the ground state: ln Z = 2K + u^2 + 2 u^3 + 9/2 u^4 + ..., u = exp(-4K);
// what follows is below 1e-40 of it. M = 1 - 2 u^2 - ...
Site cold_site(double k) {
  const double u = std::exp(-4 * k), square = u * u, above = square * (1 + u * (2 + u * 4.5));
  const double slope = square * (2 + u * (6 + u * 18)), curve = square * (4 + u * (18 + u * 72));
  Site site{.log_partition = 2 * k + above, .energy = -2 + 4 * slope, .magnetization = 1};
  site.magnetization -= 2 * square;
  // k u^2 is 0 where k is infinite.
  if (square > 0) {
    site.entropy = above + 4 * k * slope;
    site.heat_capacity = 16 * k * k * curve;
  }
  return site;
}

// ln Z = ln 2 + K^2 + ..., what follows is K^2 as much.
Site hot_site(double k) {
  return {.log_partition = std::numbers::ln2 + k * k,
          .energy = -2 * k,
          .entropy = std::numbers::ln2 - k * k,
          .heat_capacity = 2 * k * k};
}

Site site_at(double coupling, double temperature) {
  const double k = coupling == 0 ? 0 : coupling / temperature;
  if (k >= kColdest) return cold_site(k);
  if (k <= kHottest) return hot_site(k);
  return site_between(Digits(coupling) / temperature);
}

void check_coupling(const char* function, double coupling) {
  if (!std::isfinite(coupling)) base::refuse_value(function, "coupling must be finite", coupling);
}

}  // namespace

IsingState ising_square_limit(double temperature, double coupling) {
  check_coupling("ising_square_limit", coupling);
  if (std::isnan(temperature)) {
    return {temperature, temperature, temperature, temperature,
            temperature, temperature, temperature};
  }
  // ln Z is even in K, and every second spin turned makes J of -J.
  const double j = std::abs(coupling), sign = std::signbit(temperature) ? -1 : 1;
  const Site site = site_at(j, std::abs(temperature));
  IsingState state{.temperature = temperature,
                   .log_partition = site.log_partition,
                   .mean_energy = sign * j * site.energy,
                   .entropy = site.entropy,
                   .heat_capacity = site.heat_capacity,
                   .magnetization = site.magnetization};
  state.free_energy = temperature == 0 ? state.mean_energy : -temperature * state.log_partition;
  return state;
}

double ising_critical_temperature(double coupling) {
  check_coupling("ising_critical_temperature", coupling);
  constexpr double kOfOne = 2.2691853142130219681;  // 2 / ln(1 + sqrt 2)
  return kOfOne * std::abs(coupling);
}

}  // namespace gibbs::thermo
