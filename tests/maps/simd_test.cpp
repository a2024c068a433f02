#include <gtest/gtest.h>

#include <algorithm>
#include <gibbs/simd.hpp>
#include <gibbs/softmax.hpp>
#include <stdexcept>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

TEST(Simd, TheBestTargetIsInUseUnlessToldOtherwise) {
  ASSERT_FALSE(simd_targets().empty());
  EXPECT_EQ(simd_target(), simd_targets().front());
}

TEST(Simd, EveryTargetCanBeUsedAndLeft) {
  for (const std::string& name : simd_targets()) {
    const TargetInUse in_use(name);
    EXPECT_EQ(simd_target(), name);
  }
  EXPECT_EQ(simd_target(), simd_targets().front());
}

TEST(Simd, TargetsAreNamedOnce) {
  auto names = simd_targets();
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Simd, AnUnknownTargetIsRefusedAndTheOldOneStays) {
  const std::string before = simd_target();
  try {
    set_simd_target("MMX");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    const std::string sentence = error.what();
    EXPECT_TRUE(sentence.starts_with("set_simd_target: name must be one of ")) << sentence;
    EXPECT_TRUE(sentence.ends_with(", got \"MMX\"")) << sentence;
  }
  EXPECT_EQ(simd_target(), before);
}

TEST(Simd, ATargetGivesTheSameBitsAgain) {
  const auto scores = normal_scores<float>(1000, 2, 201);
  std::vector<float> first(1000), again(1000), other(1000);
  for (const std::string& name : simd_targets()) {
    {
      const TargetInUse in_use(name);
      softmax(scores, first);
    }
    softmax(scores, other);
    const TargetInUse in_use(name);
    softmax(scores, again);
    EXPECT_TRUE(same_bits(first, again)) << name;
  }
}

}  // namespace
}  // namespace gibbs::testing
