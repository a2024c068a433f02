#include "gibbs/thermo/stirling.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "gibbs/thermo/arrangements.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/factorial.hpp"

namespace gibbs::thermo {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 53;  // a double holds each whole number up to it

// From here on the terms of the series fall below 2^-54 of its second one.
constexpr double kAsymptotic = 16;

// B_2k / (2k (2k - 1)) n^(1 - 2k) from k = 2 on.
double asymptotic_tail(double n) {
  constexpr std::array kTerms{-1.0 / 360,      1.0 / 1260, -1.0 / 1680,     1.0 / 1188,
                              -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
  const double x = 1 / (n * n);
  double sum = 0;
  for (auto term = kTerms.rbegin(); term != kTerms.rend(); ++term) sum = sum * x + *term;
  return sum / (n * n * n);
}

// tail(n) - tail(n + 1), both without 1 / (12 n): with z = 1 / (2 n + 1) the sum over k >= 2 of
// z^2k (1 / (2k + 1) - 1/3), all of one sign (from (n + 1/2) ln(1 + 1/n) = atanh(z) / z).
double step_of_tail(double n) {
  const double z2 = 1 / ((2 * n + 1) * (2 * n + 1));
  double sum = 0, power = z2 * z2;
  for (int k = 2; power > 1e-20; ++k, power *= z2) sum += power * (1.0 / (2 * k + 1) - 1.0 / 3);
  return sum;
}

// Those of n = 1 ... 15, down from the first that the series tells.
std::array<double, 16> small_tails() {
  std::array<double, 16> tails{};
  double steps = 0;
  for (std::size_t n = 15; n >= 1; --n) {
    steps += step_of_tail(static_cast<double>(n));
    tails[n] = steps + asymptotic_tail(kAsymptotic);
  }
  return tails;
}

// n ln(n / rate) - n + rate = rate ((1 + x) ln(1 + x) - x), x = n / rate - 1; by its series near 0.
double deviance(double n, double rate, double log_rate) {
  const double x = (n - rate) / rate;
  if (x > 1) return n * (std::log(n) - log_rate) - n + rate;
  if (std::abs(x) > 1e-3) return rate * ((1 + x) * std::log1p(x) - x);
  return rate * x * x * (0.5 - x * (1.0 / 6 - x * (1.0 / 12 - x * (0.05 - x / 30))));
}

}  // namespace

double factorial_tail_beyond_inverse(double n) {
  static const auto kSmall = small_tails();
  return n < kAsymptotic ? kSmall[static_cast<std::size_t>(n)] : asymptotic_tail(n);
}

double factorial_tail(double n) { return 1 / (12 * n) + factorial_tail_beyond_inverse(n); }

double root_term(double n) { return std::log(2 * std::numbers::pi * n) / 2; }

double poisson_cost(double n, double log_rate) {
  const double rate = std::exp(log_rate);
  if (n == 0) return rate;
  return deviance(n, rate, log_rate) + factorial_excess(n);
}

double log_factorial(std::int64_t n) {
  check_from_to("log_factorial", "n", n, 0, kMost);
  double product = 1;
  if (n <= 22) {  // exact in a double
    for (double i = 2; i <= static_cast<double>(n); ++i) product *= i;
    return std::log(product);
  }
  const auto x = static_cast<double>(n);
  return x * std::log(x) - x + factorial_excess(x);
}

Stirling stirling(std::int64_t n) {
  check_from_to("stirling", "n", n, 1, kMost);
  const auto x = static_cast<double>(n);
  const double leading = x * std::log(x) - x, root = leading + root_term(x);
  return {.exact = log_factorial(n),
          .leading = {leading, -factorial_excess(x)},
          .with_root = {root, -factorial_tail(x)},
          .with_inverse = {root + 1 / (12 * x), -factorial_tail_beyond_inverse(x)}};
}

Stirling stirling(std::span<const std::int64_t> occupation,
                  std::span<const std::int64_t> degeneracies) {
  const double exact = log_arrangements(occupation, degeneracies);
  double total = 0, excess = 0, tail = 0, beyond = 0;
  for (const std::int64_t each : occupation) {
    if (each == 0) continue;
    const auto n = static_cast<double>(each);
    total += n;
    excess += factorial_excess(n);
    tail += factorial_tail(n);
    beyond += factorial_tail_beyond_inverse(n);
  }
  check_from_to("stirling", "n", static_cast<std::int64_t>(total), 1, kMost);
  const double errors[] = {excess - factorial_excess(total), tail - factorial_tail(total),
                           beyond - factorial_tail_beyond_inverse(total)};
  return {.exact = exact,
          .leading = {exact + errors[0], errors[0]},
          .with_root = {exact + errors[1], errors[1]},
          .with_inverse = {exact + errors[2], errors[2]}};
}

}  // namespace gibbs::thermo
