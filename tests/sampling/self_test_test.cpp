// The battery passes, and would not with noise that is wrong.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

TEST(SelfTest, EveryTestPassesWithAFixedSeed) {
  std::int64_t told = 0, total = 0;
  const auto results = self_test({.seed = 1, .effort = 0.02, .progress = [&](auto done, auto all) {
                                    EXPECT_EQ(done, ++told);
                                    total = all;
                                  }});
  EXPECT_EQ(static_cast<std::int64_t>(results.size()), total);
  EXPECT_GE(results.size(), 20u);
  for (const auto& result : results) {
    EXPECT_TRUE(result.passed) << result.name << ": " << result.statistic << ", p "
                               << result.p_value << " (" << result.detail << ")";
  }
}

TEST(SelfTest, TheSeedChangesWhatIsDrawn) {
  const auto one = self_test({.seed = 1, .effort = 0.001}),
             two = self_test({.seed = 2, .effort = 0.001});
  std::size_t differ = 0;
  for (std::size_t i = 0; i < one.size(); ++i) differ += one[i].statistic != two[i].statistic;
  EXPECT_GT(differ, one.size() / 2);
}

TEST(SelfTest, NoEffortIsRefused) {
  EXPECT_EQ(refusal([] { self_test({.effort = 0}); }), "self_test: effort must be positive, got 0");
}

}  // namespace
}  // namespace gibbs::testing
