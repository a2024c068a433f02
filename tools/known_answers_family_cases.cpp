#include "known_answers_family_cases.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

namespace known {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTemperatures[] = {1e-2, 0.1, 0.5, 2, 10, 100};
constexpr const char* kPatterns[] = {
    "normal",     "narrow",        "wide_40",    "all_equal",      "ties",   "near_ties",
    "offset_1e4", "ladder",        "one_high",   "minus_infinity", "masked", "mask_hides_the_top",
    "rotor",      "uniform_prior", "some_g_zero"};

void add_normmax(FamilyCollector& to) {
  std::size_t turn = 0;
  for (const double alpha : {1.1, 1.5, 2.0, 3.0, kInfinity}) {
    const auto with = [&](FamilyRow row, double temperature) {
      row.map = Family::kNormmax;
      row.f.alpha = alpha;
      row.temperature = temperature;
      row.log_degeneracy.clear();
      return row;
    };
    for (const int length : {1, 2, 5, 8, 17}) {
      to.add("normmax", with(to.row_of("normal", length), 1));
    }
    for (const double temperature : kTemperatures) {
      to.add("normmax", with(to.row_of("normal", 6), temperature));
    }
    for (const char* pattern : kPatterns) {
      to.add(pattern, with(to.row_of(pattern, 3 + static_cast<int>(++turn % 7)), 1));
    }
    for (const int length : {33, 64}) to.add("normmax", with(to.row_of("narrow", length), 4));
    for (const double temperature : {0.75, 8.0}) {
      const FamilyRow row = with(to.row_of("normal", 5), temperature);
      if (alpha < kInfinity) to.add_with_slopes("normmax_slopes", row);
    }
  }
}

void add_top_k(FamilyCollector& to) {
  std::size_t turn = 0;
  for (const double alpha : {1.0, 1.5, 2.0}) {
    const auto with = [&](FamilyRow row, int k, double temperature) {
      row.map = Family::kTopK;
      row.f.alpha = alpha;
      row.k = k;
      row.temperature = temperature;
      return row;
    };
    for (const char* pattern : kPatterns) {
      const int length = 4 + static_cast<int>(++turn % 7);
      to.add(pattern, with(to.row_of(pattern, length), 3, 1));
      to.add(pattern, with(to.row_of(pattern, length), 1 + static_cast<int>(turn % 5),
                           kTemperatures[turn % std::size(kTemperatures)]));
    }
    for (const int k : {0, 1, 2, 6, 9}) to.add("top_k", with(to.row_of("normal", 6), k, 1));
    for (const int length : {16, 33, 65, 129}) {
      to.add("top_k", with(to.row_of("narrow", length), length / 2, 0.5));
    }
    to.add_with_slopes("top_k_slopes", with(to.row_of("normal", 6), 3, 4));
    to.add_with_slopes("top_k_slopes", with(to.row_of("some_g_zero", 7), 4, 2));
  }
}

void add_tempered(FamilyCollector& to) {
  std::size_t turn = 0;
  for (const double t : {-1.0, 0.0, 0.25, 0.5, 1.0, 1.25, 1.5}) {
    const auto with = [&](FamilyRow row, double temperature) {
      row.map = Family::kTempered;
      row.t = t;
      row.temperature = temperature;
      return row;
    };
    for (const double temperature : kTemperatures) {
      const char* pattern = kPatterns[++turn % std::size(kPatterns)];
      to.add(pattern, with(to.row_of(pattern, 5 + static_cast<int>(turn % 3)), temperature));
    }
    to.add("tempered", with(to.row_of("normal", 33), 1));
    to.add_with_slopes("tempered_slopes", with(to.row_of("rotor", 5), 1.5));
  }
}

void add_sink(FamilyCollector& to) {
  std::size_t turn = 0;
  const auto with = [&](FamilyRow row, double sink, double temperature) {
    row.map = Family::kSink;
    row.sink = sink;
    row.temperature = temperature;
    return row;
  };
  for (const double sink : {0.0, -kInfinity, 3.0, -5.0, 50.0}) {
    for (const char* pattern : kPatterns) {
      const double temperature =
          ++turn % 2 == 0 ? 1 : kTemperatures[turn % std::size(kTemperatures)];
      to.add(pattern, with(to.row_of(pattern, 2 + static_cast<int>(turn % 8)), sink, temperature));
    }
    to.add_with_slopes("sink_slopes", with(to.row_of("normal", 5), sink, 0.75));
    to.add_with_slopes("sink_slopes", with(to.row_of("some_g_zero", 6), sink, 3));
  }
  for (const int length : {15, 16, 17, 64, 65, 257}) {
    to.add("sink", with(to.row_of("normal", length), 1, 1));
  }
}

}  // namespace

FamilyRow FamilyCollector::row_of(const std::string& pattern, int length) {
  const auto found = std::find_if(patterns().begin(), patterns().end(),
                                  [&](const Pattern& one) { return one.name == pattern; });
  const Row row = found->make(length, random_);
  FamilyRow result;
  result.scores.assign(row.scores.begin(), row.scores.end());
  result.log_degeneracy.assign(row.log_degeneracy.begin(), row.log_degeneracy.end());
  result.mask = row.mask;
  return result;
}

void FamilyCollector::add(const std::string& name, FamilyRow row) {
  cases_.push_back({name, std::move(row), {}});
}

void FamilyCollector::add_with_slopes(const std::string& name, FamilyRow row) {
  const auto length = static_cast<int>(row.scores.size());
  const std::vector<double> upstream = normal_row(length, random_).scores;
  cases_.push_back({name, std::move(row), {upstream.begin(), upstream.end()}});
}

void add_simplex_members(FamilyCollector& to) {
  add_normmax(to);
  add_top_k(to);
  add_tempered(to);
  add_sink(to);
}

std::vector<FamilyCase> all_family_cases() {
  FamilyCollector to;
  add_constrained(to);
  add_states_at_bounds(to);
  add_simplex_members(to);
  return to.take();
}

}  // namespace known
