// Labels, many at a time: each one that is no class is found, and each loss is added once, however
// many there are.

#include <gtest/gtest.h>

#include <cstdint>
#include <gibbs/losses/fenchel_young.hpp>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kClasses = 5;

// Empty where all labels are accepted.
template <class Label>
std::string refusal(const std::vector<Label>& labels) {
  const std::vector<float> x(labels.size() * kClasses, 0.5F);
  const Rows<const float> scores(x.data(), static_cast<std::int64_t>(labels.size()), kClasses);
  try {
    cross_entropy(scores, labels);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

template <class Label>
void each_is_found(const std::vector<Label>& wrong) {
  for (std::size_t rows = 1; rows <= 67; ++rows) {
    std::vector<Label> labels(rows);
    for (std::size_t i = 0; i < rows; ++i) labels[i] = static_cast<Label>(i % kClasses);
    ASSERT_EQ(refusal(labels), "") << rows << " labels";
    for (std::size_t at = 0; at < rows; ++at) {
      const Label right = labels[at];
      labels[at] = wrong[at % wrong.size()];
      const std::string sentence = refusal(labels);
      EXPECT_NE(sentence.find("targets[" + std::to_string(at) + "]"), std::string::npos)
          << sentence << " of " << rows << " labels, the wrong one at " << at;
      EXPECT_NE(sentence.find("got " + std::to_string(labels[at])), std::string::npos) << sentence;
      labels[at] = right;
    }
  }
}

TEST(Labels, EachThatIsNoClassIsFoundWhereverItStands) {
  on_every_target([] {
    using Narrow = std::numeric_limits<std::int32_t>;
    using Wide = std::numeric_limits<std::int64_t>;
    each_is_found<std::int32_t>({-1, kClasses, Narrow::min(), Narrow::max()});
    each_is_found<std::int64_t>({-1, kClasses, Wide::min(), Wide::max(),
                                 (std::int64_t{1} << 32) + 1, -(std::int64_t{1} << 32)});
  });
}

TEST(Labels, TheirLossesAreAddedOnceEach) {
  on_every_target([] {
    for (const std::int64_t rows : {1, 7, 15, 16, 17, 33, 100, 511, 512, 513, 1030}) {
      const std::vector<double> x = normal_scores<double>(rows * kClasses, 2, 7);
      const Rows<const double> scores(x.data(), rows, kClasses);
      std::vector<std::int64_t> labels;
      for (std::int64_t i = 0; i < rows; ++i) labels.push_back(i * 3 % kClasses);
      std::vector<double> each(static_cast<std::size_t>(rows));
      cross_entropy(scores, labels, std::span<double>(each));
      long double sum = 0;
      for (const double loss : each) sum += static_cast<long double>(loss);
      LossOptions<double> options;
      options.scale = 3;
      options.reduction = Reduction::kSum;
      const double expected = static_cast<double>(3 * sum);
      EXPECT_NEAR(cross_entropy(scores, labels, options), expected, 1e-15 * expected * 16) << rows;
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
