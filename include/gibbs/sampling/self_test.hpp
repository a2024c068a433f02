#pragma once
// The statistical battery: whether the draws on this machine follow their laws.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gibbs {

// One test. `statistic` is named in `name`; p_value is the probability of one at least as far out.
struct SelfTestResult {
  std::string name;
  std::string detail;  // what was drawn, how often
  double statistic = 0;
  double p_value = 1;
  // Two-sided: neither worse than chance nor too good. Tests of bits have p-value 1 or 0.
  bool passed = false;
};

struct SelfTestOptions {
  std::uint64_t seed = 0;
  // A share of the draws of the whole battery, which takes a minute on one core.
  double effort = 1;
  // Told after each test how many of how many are done.
  std::function<void(std::int64_t done, std::int64_t total)> progress = {};
};

// Runs all tests: published vectors of Philox; chi-square of each kind of draw, among them ordered
// pairs without replacement; the mass of a tail 14 to 20.5 below the head; p-values over a thousand
// seeds, and the tail's z-scores, that are uniform; correlation of neighbours; relaxed draws; the
// bias of estimators of gradients, with their variance; the same tokens on every SIMD target,
// thread count and in any order of the batch.
//
// A test passes if its p-value is above 1e-4, and below 1 - 1e-4 where an exact fit is suspect: one
// seed in some two hundred has a test that fails by chance.
//
// Sets the number of threads and the SIMD target meanwhile: not while other threads draw.
// throws    std::invalid_argument: effort is not above 0
// source    reference values: Random123, tests/kat_vectors
std::vector<SelfTestResult> self_test(const SelfTestOptions& options = {});

}  // namespace gibbs
