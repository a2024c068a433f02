// A row of a relaxed draw is the same whatever is around it.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>
#include <vector>

#include "sampling/relaxed_calls.hpp"
#include "support/batches.hpp"
#include "support/bits.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
std::vector<T> row_of(const std::vector<T>& all, std::int64_t row, std::int64_t cols) {
  return {all.begin() + row * cols, all.begin() + (row + 1) * cols};
}

TEST(RelaxedBatches, ARowAloneIsTheRowInABatch) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t cols : {1, 3, 17, 48, 60, 300}) {
      const std::int64_t rows = 70;
      const std::vector<T> x = normal_scores<T>(rows * cols, 2, 521);
      const auto all = relaxed<T>(Rows<const T>(x.data(), rows, cols), {.seed = 9, .tau = 0.5});
      for (const std::int64_t row : {0, 1, 33, 69}) {
        const auto alone =
            relaxed<T>(Rows<const T>(x.data() + row * cols, 1, cols),
                       {.seed = 9, .first_row = static_cast<std::uint64_t>(row), .tau = 0.5});
        ASSERT_TRUE(same_bits(alone, row_of(all, row, cols))) << cols << " columns, row " << row;
      }
    }
  });
}

TEST(RelaxedBatches, ThreadsDoNotChangeABit) {
  for (const std::int64_t cols : {3, 200, 5000, 200000}) {
    const std::int64_t rows = 1 + 400000 / cols;
    const std::vector<float> x = normal_scores<float>(rows * cols, 2, 522);
    const auto at = [&](int threads, bool hard) {
      set_num_threads(threads);
      std::vector<float> y(x.size()), hot(x.size());
      const Rows<const float> scores(x.data(), rows, cols);
      straight_through(scores, Rows<float>(hot.data(), rows, cols),
                       Rows<float>(y.data(), rows, cols), {.seed = 10, .tau = 0.5});
      set_num_threads(0);
      return hard ? hot : y;
    };
    EXPECT_TRUE(same_bits(at(1, false), at(2, false))) << cols;
    EXPECT_TRUE(same_bits(at(1, true), at(4, true))) << cols;
  }
}

// The one-hot draw is discrete: it is the same on every target.
TEST(RelaxedBatches, TheOneHotDrawDoesNotDependOnTheTarget) {
  const std::vector<float> x = normal_scores<float>(500 * 100, 2, 523);
  std::vector<std::vector<float>> all;
  on_every_target([&] {
    std::vector<float> hot(x.size());
    straight_through(Rows<const float>(x.data(), 500, 100), Rows<float>(hot.data(), 500, 100),
                     {.seed = 11, .temperature = 0.3});
    all.push_back(hot);
  });
  for (const auto& hot : all) EXPECT_TRUE(same_bits(hot, all[0]));
}

TEST(RelaxedBatches, NeitherLayoutNorPlaceChangeABit) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t rows : {1, 7, 40}) {
      for (const std::int64_t cols : {5, 64, 200}) {
        const std::vector<T> x = normal_scores<T>(rows * cols, 2, 524);
        const RelaxedOptions<T> options{.seed = 12, .tau = 0.5};
        const Rows<const T> scores(x.data(), rows, cols);
        const auto y = relaxed<T>(scores, options);
        std::vector<T> hot(x.size());
        straight_through(scores, Rows<T>(hot.data(), rows, cols), options);
        for (const Layout& layout : kLayouts) {
          Batch<T> in(rows, cols, layout), soft(rows, cols, layout);
          fill(in, x);
          gumbel_softmax(in.input(), soft.view(), options);
          ASSERT_TRUE(same_bits(values_of(soft), y)) << layout.name;
          straight_through(in.input(), soft.view(), in.view(), options);
          ASSERT_TRUE(same_bits(values_of(in), y)) << layout.name;
          ASSERT_TRUE(same_bits(values_of(soft), hot)) << layout.name;
          EXPECT_EQ(in.guards_touched() + soft.guards_touched(), 0) << layout.name;
        }
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
