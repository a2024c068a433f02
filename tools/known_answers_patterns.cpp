#include "known_answers_patterns.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace known {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double to_float32(double value) { return static_cast<double>(static_cast<float>(value)); }

template <class Function>
std::vector<double> fill(int length, Function value) {
  std::vector<double> numbers;
  for (int i = 0; i < length; ++i) numbers.push_back(to_float32(value(i)));
  return numbers;
}

Row row_of(std::vector<double> scores) { return {std::move(scores), 1, 1, {}, {}}; }

Row uniform_row(int length, Random& random, double half_width) {
  return row_of(fill(length, [&](int) { return random.uniform(-half_width, half_width); }));
}

Row wide_40(int length, Random& random) { return uniform_row(length, random, 40); }
Row wide_80(int length, Random& random) { return uniform_row(length, random, 80); }
Row narrow(int length, Random& random) { return uniform_row(length, random, 0.5); }

Row all_equal(int length, Random&) {
  return row_of(fill(length, [](int) { return 0.75; }));
}

Row ties(int length, Random& random) {
  return row_of(fill(length, [&](int) { return 0.5 * std::floor(random.uniform(-2, 3)); }));
}

// Three and its neighbours at a distance of 0 to 3 ulp.
Row near_ties(int length, Random& random) {
  return row_of(
      fill(length, [&](int) { return 3.0 + std::ldexp(std::floor(random.uniform(-3, 4)), -22); }));
}

Row offset_1e4(int length, Random& random) {
  return row_of(fill(length, [&](int) { return 1e4 + random.normal(2); }));
}

// 1e30 with neighbours one ulp away: one ulp is 7.6e22.
Row offset_1e30(int length, Random& random) {
  return row_of(fill(length, [&](int i) {
    const float below = std::nextafter(1e30f, 0.0f);
    return i == 0 || random.uniform(0, 1) < 0.5 ? 1e30f : below;
  }));
}

Row offset_minus_1e30(int length, Random&) {
  return row_of(fill(length, [](int i) { return i % 2 == 0 ? -1e30 : -1.5e30; }));
}

Row subnormal_scores(int length, Random& random) {
  return row_of(
      fill(length, [&](int) { return std::ldexp(std::floor(random.uniform(-99, 99)), -149); }));
}

// Probabilities that go below 2^-126, the smallest normal float, and 2^-149, the smallest of all.
Row subnormal_answers(int length, Random&) {
  return row_of(fill(length, [](int i) { return i == 0 ? 0.0 : -84.0 - 1.75 * (i % 13); }));
}

Row ladder(int length, Random&) {
  return row_of(fill(length, [](int i) { return -0.125 * i; }));
}

Row one_high(int length, Random& random) {
  return row_of(fill(length, [&](int i) { return i == length / 2 ? 50 : random.normal(1); }));
}

Row minus_infinity(int length, Random& random) {
  return row_of(fill(length, [&](int i) { return i % 2 == 0 ? random.normal(2) : -kInfinity; }));
}

Row masked(int length, Random& random) {
  Row row = normal_row(length, random);
  for (int i = 0; i < length; ++i) row.mask.push_back(i % 3 != 1);
  return row;
}

Row mask_hides_the_top(int length, Random& random) {
  Row row = one_high(length, random);
  for (int i = 0; i < length; ++i) row.mask.push_back(length == 1 || i != length / 2);
  return row;
}

// The rotor: g = 2 J + 1 and energies J (J + 1).
Row rotor(int length, Random&) {
  Row row = row_of(fill(length, [](int i) { return -0.125 * i * (i + 1); }));
  row.log_degeneracy = fill(length, [](int i) { return std::log(2 * i + 1); });
  return row;
}

Row uniform_prior(int length, Random& random) {
  Row row = normal_row(length, random);
  row.log_degeneracy = fill(length, [&](int) { return -std::log(length); });
  return row;
}

Row small_g_at_the_top(int length, Random& random) {
  Row row = normal_row(length, random);
  row.scores[0] = 6;
  row.log_degeneracy = fill(length, [](int i) { return i == 0 ? std::log(0.05) : 0.0; });
  return row;
}

Row some_g_zero(int length, Random& random) {
  Row row = normal_row(length, random);
  row.log_degeneracy =
      fill(length, [&](int i) { return i % 4 == 1 ? -kInfinity : random.normal(1); });
  return row;
}

Row wide_log_g(int length, Random& random) {
  Row row = normal_row(length, random);
  row.log_degeneracy = fill(length, [&](int) { return random.uniform(-30, 30); });
  return row;
}

Row masked_with_g(int length, Random& random) {
  Row row = some_g_zero(length, random);
  for (int i = 0; i < length; ++i) row.mask.push_back(i % 5 != 3);
  return row;
}

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double Random::uniform(double low, double high) {
  return low + (high - low) * std::ldexp(static_cast<double>(next() >> 11), -53);
}

double Random::normal(double sigma) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(0, 1)));
  return sigma * radius * std::cos(2 * std::numbers::pi * uniform(0, 1));
}

Row normal_row(int length, Random& random) {
  return row_of(fill(length, [&](int) { return random.normal(2); }));
}

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> all = {
      {"normal", normal_row},
      {"narrow", narrow},
      {"wide_40", wide_40},
      {"wide_80", wide_80},
      {"all_equal", all_equal},
      {"ties", ties},
      {"near_ties", near_ties},
      {"offset_1e4", offset_1e4},
      {"offset_1e30", offset_1e30},
      {"offset_minus_1e30", offset_minus_1e30},
      {"subnormal_scores", subnormal_scores},
      {"subnormal_answers", subnormal_answers},
      {"ladder", ladder},
      {"one_high", one_high},
      {"minus_infinity", minus_infinity},
      {"masked", masked},
      {"mask_hides_the_top", mask_hides_the_top},
      {"rotor", rotor},
      {"uniform_prior", uniform_prior},
      {"small_g_at_the_top", small_g_at_the_top},
      {"some_g_zero", some_g_zero},
      {"wide_log_g", wide_log_g},
      {"masked_with_g", masked_with_g},
  };
  return all;
}

}  // namespace known
