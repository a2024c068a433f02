#include "known_answers_cases.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "known_answers_patterns.hpp"

namespace known {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr double kAlphas[] = {0.5, 1, 1.001, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 10, kInfinity};
constexpr double kTemperatures[] = {1e-3, 1e-2, 0.1, 0.5, 2, 10, 100, 1e3};
// One below, at and above every vector width from 4 to 256 elements.
constexpr int kShortLengths[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17};
constexpr int kLongLengths[] = {31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 300};

class Collector {
 public:
  void add(const std::string& name, Row row, double alpha, double temperature) {
    row.alpha = alpha;
    row.temperature = temperature;
    cases_.push_back({name, std::move(row)});
  }
  void add(const Pattern& pattern, int length, double alpha, double temperature) {
    add(pattern.name, pattern.make(length, random_), alpha, temperature);
  }
  std::vector<Case> take() { return std::move(cases_); }

 private:
  Random random_{20250101};
  std::vector<Case> cases_;
};

void add_short_rows(Collector& to) {
  for (const int length : kShortLengths) {
    for (const double alpha : kAlphas) to.add(patterns()[0], length, alpha, 1);
  }
}

// Three alphas and one temperature per length, in turn.
void add_long_rows(Collector& to) {
  std::size_t turn = 0;
  for (const int length : kLongLengths) {
    for (int k = 0; k < 3; ++k, ++turn) {
      to.add(patterns()[turn % 3], length, kAlphas[turn * 5 % std::size(kAlphas)],
             k == 0 ? 1 : kTemperatures[turn % std::size(kTemperatures)]);
    }
  }
}

void add_temperatures(Collector& to) {
  for (const double temperature : kTemperatures) {
    for (const double alpha : kAlphas) to.add(patterns()[0], 7, alpha, temperature);
  }
}

void add_patterns(Collector& to) {
  std::size_t turn = 0;
  for (const Pattern& pattern : patterns()) {
    for (const double alpha : kAlphas) {
      to.add(pattern, 3, alpha, 1);
      to.add(pattern, 13, alpha, kTemperatures[++turn % std::size(kTemperatures)]);
      if (turn % 4 == 0) to.add(pattern, 33, alpha, 1);
    }
  }
}

// Two scores at the distance 1/(alpha - 1) where the lower one just leaves the support, at their
// neighbours, and at half that distance.
void add_thresholds(Collector& to) {
  for (const double alpha : {1.25, 1.5, 2.0, 2.5, 3.0, 10.0}) {
    const float distance = static_cast<float>(1 / (alpha - 1));
    const float beyond = std::nextafter(distance, 100.0f);
    const float within = std::nextafter(distance, 0.0f);
    for (const float d : {distance, beyond, within, distance / 2, distance * 0.9990234375f}) {
      to.add("threshold", {{0, -static_cast<double>(d)}, 1, 1, {}, {}}, alpha, 1);
      to.add("threshold_of_ties",
             {{0, -static_cast<double>(d), -static_cast<double>(d)}, 1, 1, {}, {}}, alpha, 1);
    }
  }
}

void add_empty_rows(Collector& to) {
  for (const double alpha : {0.5, 1.0, 1.5, 2.0, kInfinity}) {
    to.add("no_columns", {}, alpha, 1);
    to.add("all_minus_infinity", {{-kInfinity, -kInfinity}, 1, 1, {}, {}}, alpha, 1);
    to.add("all_masked", {{1, 2, 3}, 1, 1, {}, {false, false, false}}, alpha, 1);
    to.add("all_g_zero", {{1, 2}, 1, 1, {-kInfinity, -kInfinity}, {}}, alpha, 1);
  }
}

}  // namespace

std::vector<Case> all_cases() {
  Collector to;
  add_short_rows(to);
  add_long_rows(to);
  add_temperatures(to);
  add_patterns(to);
  add_thresholds(to);
  add_empty_rows(to);
  return to.take();
}

}  // namespace known
