#pragma once
// The groups of tests that the battery consists of.

#include <cstdint>
#include <functional>
#include <vector>

#include "gibbs/sampling/self_test.hpp"

namespace gibbs::sampling {

// A test that is run when its turn comes.
using SelfTest = std::function<SelfTestResult()>;

struct Battery {
  static constexpr std::int64_t kFewest = 20;
  std::uint64_t seed;
  double effort;
  std::vector<SelfTest> tests;

  // A number of draws, less where less effort is asked for.
  std::int64_t draws(double all) const {
    const double some = all * effort;
    return some < kFewest ? kFewest : static_cast<std::int64_t>(some);
  }
};

// The i-th seed of a test over seeds: batteries of neighbouring seeds share none.
constexpr std::uint64_t seed_of(std::uint64_t seed, std::int64_t i) {
  return seed + (static_cast<std::uint64_t>(i + 1) << 32);
}

// Whether a p-value is that of chance. A statistic that fits too well is suspect as well.
SelfTestResult judged(std::string name, std::string detail, double statistic, double p_value);
// Of something that is so or not.
SelfTestResult settled(std::string name, std::string detail, bool right);

void add_tests_of_draws(Battery& battery);        // self_test_draws.cpp
void add_tests_of_relaxations(Battery& battery);  // self_test_relaxed.cpp
void add_tests_of_tails(Battery& battery);        // self_test_tails.cpp
void add_tests_of_bits(Battery& battery);         // self_test_bits.cpp

}  // namespace gibbs::sampling
