#include "sampling/self_test.hpp"

#include <utility>

#include "base/check.hpp"

namespace gibbs {
namespace sampling {

namespace {
constexpr double kChance = 1e-4;
}

SelfTestResult judged(std::string name, std::string detail, double statistic, double p_value) {
  return {std::move(name), std::move(detail), statistic, p_value,
          p_value > kChance && p_value < 1 - kChance};
}

SelfTestResult settled(std::string name, std::string detail, bool right) {
  return {std::move(name), std::move(detail), right ? 0.0 : 1.0, right ? 1.0 : 0.0, right};
}

}  // namespace sampling

std::vector<SelfTestResult> self_test(const SelfTestOptions& options) {
  if (!(options.effort > 0)) {
    base::refuse_value("self_test", "effort must be positive", options.effort);
  }
  sampling::Battery battery{options.seed, options.effort, {}};
  sampling::add_tests_of_bits(battery);
  sampling::add_tests_of_draws(battery);
  sampling::add_tests_of_relaxations(battery);
  sampling::add_tests_of_tails(battery);
  const auto total = static_cast<std::int64_t>(battery.tests.size());
  std::vector<SelfTestResult> results;
  for (const auto& test : battery.tests) {
    results.push_back(test());
    if (options.progress) options.progress(static_cast<std::int64_t>(results.size()), total);
  }
  return results;
}

}  // namespace gibbs
