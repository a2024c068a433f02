// Rows of the constrained maps.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

#include "known_answers_family_cases.hpp"

namespace known {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTemperatures[] = {1e-2, 0.1, 0.5, 2, 10, 100};
constexpr const char* kPatterns[] = {
    "narrow",        "wide_40",    "all_equal",      "ties",   "near_ties",          "offset_1e4",
    "ladder",        "one_high",   "minus_infinity", "masked", "mask_hides_the_top", "rotor",
    "uniform_prior", "some_g_zero"};
// Around the vector widths from 4 to 256 elements.
constexpr int kLengths[] = {1,  5,  8,  15,  16,  17,  31,  32,  33,
                            63, 64, 65, 100, 127, 128, 129, 256, 300};

double to_float32(double value) { return static_cast<double>(static_cast<float>(value)); }

std::vector<Generator> generators() {
  std::vector<Generator> all;
  for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0}) all.push_back({Kind::kAlpha, alpha});
  for (const Kind kind : {Kind::kEuclidean, Kind::kReverseKl, Kind::kChiSquare, Kind::kHellinger,
                          Kind::kJensenShannon, Kind::kFermi}) {
    all.push_back({kind, 1});
  }
  return all;
}

int count_present(const FamilyRow& row) {
  int count = 0;
  for (std::size_t i = 0; i < row.scores.size(); ++i) count += is_present(row, i) ? 1 : 0;
  return count;
}

// Between what the row must hold and what it can: `wanted` where that is well inside.
double budget_of(const FamilyRow& row, double wanted) {
  double least = 0, most = 0;
  for (std::size_t i = 0; i < row.scores.size(); ++i) {
    if (!is_present(row, i)) continue;
    const double w = row.weights.empty() ? 1 : row.weights[i].to_double();
    const double g = row.log_degeneracy.empty() ? 1 : std::exp(row.log_degeneracy[i].to_double());
    const double upper = row.upper.empty() ? kInfinity : row.upper[i].to_double();
    least += row.lower.empty() ? 0 : w * row.lower[i].to_double();
    most += w * (row.f.kind == Kind::kFermi ? std::min(upper, g) : upper);
  }
  if (least < 0.9 * wanted && wanted < 0.9 * most) return wanted;
  return to_float32(least + 0.4 * (most - least));
}

class Constraints {
 public:
  explicit Constraints(Random& random) : random_(random) {}

  static constexpr int kCount = 8;

  // The constraint of that number on a row of any pattern.
  FamilyRow on(FamilyRow row, int which) {
    switch (which) {
      case 0:
        break;
      case 1:
        cap(row);
        break;
      case 2:
        bound(row);
        break;
      case 3:
        bound(row);
        row.weights = draw(row, 0.5, 2);
        break;
      case 4:
        row.upper.assign(row.scores.size(), 1);
        break;
      case 5:
        row.log_degeneracy = draw(row, -1, 2);
        break;
      case 6:
        bound(row);
        row.log_degeneracy = draw(row, -1, 2);
        break;
      default:
        cap(row);
        for (std::size_t i = 0; i < row.scores.size(); ++i) row.mask.push_back(i % 3 != 1);
    }
    const double count = count_present(row);
    const bool many = which == 4 || (which == 0 && row.f.kind == Kind::kFermi);
    row.budget = budget_of(row, many ? to_float32(0.375 * count) : 1);
    return row;
  }
  static const char* name(int which) {
    constexpr const char* kNames[kCount] = {"free",     "capped",     "bounded",        "weighted",
                                            "k_subset", "degenerate", "bounded_with_g", "masked"};
    return kNames[which];
  }

 private:
  std::vector<Real> draw(const FamilyRow& row, double low, double high) {
    std::vector<Real> values;
    for (std::size_t i = 0; i < row.scores.size(); ++i) {
      values.push_back(to_float32(random_.uniform(low, high)));
    }
    return values;
  }
  void cap(FamilyRow& row) {
    const double count = std::max(count_present(row), 1);
    row.upper = draw(row, 1.5 / count, 4 / count);
  }
  void bound(FamilyRow& row) {
    cap(row);
    const double count = std::max(count_present(row), 1);
    row.lower = draw(row, 0, 0.5 / count);
  }

  Random& random_;
};

class ConstrainedRows {
 public:
  explicit ConstrainedRows(FamilyCollector& to) : to_(to), constraints_(to.random()) {}

  FamilyRow make(const char* pattern, int length, const Generator& f, int which,
                 double temperature) {
    FamilyRow row = to_.row_of(pattern, length);
    row.f = f;
    row.temperature = temperature;
    const bool has_g = !row.log_degeneracy.empty(), has_mask = !row.mask.empty();
    if (has_g && (which == 5 || which == 6)) which = 1;  // g as the pattern has it
    if (has_mask && which == 7) which = 1;
    return constraints_.on(std::move(row), which);
  }

  void short_rows(const Generator& f) {
    for (int which = 0; which < Constraints::kCount; ++which) {
      const std::string name = Constraints::name(which);
      to_.add(name, make("normal", 2, f, which, 1));
      to_.add(name, make("normal", 9, f, which, 1));
      to_.add_with_slopes(name, make("normal", 4, f, which, 0.75));
    }
  }
  void temperatures(const Generator& f) {
    for (const double temperature : kTemperatures) {
      const int which = next();
      to_.add(Constraints::name(which), make("normal", 6, f, which, temperature));
    }
    for (const int which : {0, 1, 4}) {
      to_.add(std::string("wide_log_g_") + Constraints::name(which),
              make("wide_log_g", 6, f, which, 0.5));
    }
    to_.add_with_slopes("cold", make("narrow", 5, f, 2, 0.1));
    to_.add_with_slopes("hot", make("normal", 5, f, 6, 20));
  }
  void patterns(const Generator& f) {
    for (const char* pattern : kPatterns) {
      const int which = next();
      to_.add(std::string(pattern) + "_" + Constraints::name(which),
              make(pattern, 3 + turn_ % 9, f, which, turn_ % 3 == 0 ? 0.25 : 1));
    }
  }
  void long_rows(int length, const std::vector<Generator>& all) {
    for (int k = 0; k < 2; ++k) {
      const int which = next();
      const Generator& f = all[static_cast<std::size_t>(turn_) % all.size()];
      to_.add(Constraints::name(which),
              make(k == 0 ? "normal" : "ties", length, f, which, k == 0 ? 1 : 0.125));
    }
  }

 private:
  // The constraints in turn.
  int next() { return ++turn_ % Constraints::kCount; }

  FamilyCollector& to_;
  Constraints constraints_;
  int turn_ = 0;
};

}  // namespace

void add_constrained(FamilyCollector& to) {
  ConstrainedRows rows(to);
  for (const Generator& f : generators()) {
    rows.short_rows(f);
    rows.temperatures(f);
    rows.patterns(f);
  }
  for (const int length : kLengths) rows.long_rows(length, generators());
}

// Scores are made so that a bound is met exactly, and bounds are moved by one ulp of float.
void add_states_at_bounds(FamilyCollector& to) {
  const auto add = [&](const char* name, const Generator& f, std::vector<double> scores,
                       std::vector<double> lower, std::vector<double> upper, double budget,
                       double temperature = 1) {
    FamilyRow row;
    row.f = f;
    row.temperature = temperature;
    row.budget = budget;
    row.scores.assign(scores.begin(), scores.end());
    row.lower.assign(lower.begin(), lower.end());
    row.upper.assign(upper.begin(), upper.end());
    to.add(name, row);
  };
  for (const double at :
       {0.75, std::nextafter(0.75F, 1.0F) * 1.0, std::nextafter(0.75F, 0.0F) * 1.0}) {
    // p is 3/4 and 1/4 without bounds.
    const std::vector<double> scores{0.75, 0.25};
    add("at_upper", {Kind::kEuclidean, 1}, scores, {}, {at, 1}, 1);
    add("at_upper", {Kind::kAlpha, 2}, scores, {}, {at, 1}, 1);
    add("at_upper", {Kind::kChiSquare, 1}, scores, {}, {at, 1}, 1, 0.5);
    add("at_upper_of_three", {Kind::kEuclidean, 1}, {0.75, 0.25, 0}, {}, {at, 1, 1}, 1);
    add("at_lower", {Kind::kEuclidean, 1}, scores, {0, 1 - at}, {}, 1);
    add("at_lower", {Kind::kChiSquare, 1}, scores, {0, 1 - at}, {}, 1, 0.5);
  }
  for (const Generator& f : generators()) {
    add("ties_at_upper", f, {2, 2, 2, 2}, {}, {0.25, 0.25, 0.25, 0.25}, 1);
    add("ties_at_lower", f, {2, 2, 2, 2}, {0.25, 0.25, 0.25, 0.25}, {}, 1);
    add("ties_share_what_is_left", f, {3, 1, 1, 1, -9}, {}, {0.5, 0.5, 0.5, 0.5, 0.5}, 1);
    add("k_highest", f, {3, 2, 1, -1, -2}, {}, {1, 1, 1, 1, 1}, 2, 0.01);
    add("all_fixed", f, {1, 2, 3}, {0.25, 0.25, 0.5}, {0.25, 0.25, 0.5}, 1);
    add("all_full", f, {1, 2, 3}, {}, {0.5, 1, 0.5}, 2);
    add("too_little_room", f, {1, -kInfinity, -kInfinity}, {}, {0.75, 0.5, 0.5}, 1.5);
    add("no_state", f, {-kInfinity, -kInfinity}, {}, {1, 1}, 1);
    add("one_state", f, {-3}, {}, {1}, 0.5);
  }
}

}  // namespace known
