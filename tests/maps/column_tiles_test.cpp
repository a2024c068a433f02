// Rows across memory of few columns: mapped side by side from a tile, to the bit as along memory.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>

#include "support/batches.hpp"
#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr Layout kAcross[] = {{"columns first", true, 1, 0, false, 0},
                              {"columns first, padded, odd start", true, 1, 5, false, 3},
                              {"columns first, backwards", true, 1, 2, true, 1}};

// Rows of every limit among regular ones.
template <Score T>
std::vector<T> scores_with_limits(std::int64_t rows, std::int64_t cols) {
  const double inf = std::numeric_limits<double>::infinity();
  auto scores = normal_scores<T>(rows * cols, 2, 411);
  const auto at = [&](std::int64_t i, std::int64_t j) -> T& {
    return scores[static_cast<std::size_t>(i * cols + j)];
  };
  for (std::int64_t i = 0; i < rows; ++i) {
    if (i % 7 == 1) at(i, i % cols) = from_double<T>(std::nan(""));
    if (i % 7 == 3) at(i, i % cols) = from_double<T>(inf);
    if (i % 7 == 5) at(i, i % cols) = from_double<T>(-inf);
    for (std::int64_t j = 0; i % 21 == 6 && j < cols; ++j) at(i, j) = from_double<T>(-inf);
    for (std::int64_t j = 1; i % 21 == 13 && j < cols; ++j) at(i, j) = at(i, 0);
  }
  return scores;
}

// All that a map tells, of a batch in a layout and of one along memory.
template <Score T>
void expect_the_bits_of_rows(std::int64_t rows, std::int64_t cols, double alpha, double temperature,
                             const Layout& layout) {
  const auto scores = scores_with_limits<T>(rows, cols);
  const EntmaxOptions<T> options{.alpha = alpha, .temperature = temperature};
  const auto expected = map_rows<T>(Rows<const T>(scores.data(), rows, cols), options);
  Batch<T> in(rows, cols, layout), out(rows, cols, layout);
  fill(in, scores);
  auto told = expected;
  std::fill(told.support.begin(), told.support.end(), -1);
  EntmaxOptions<T> all = options;
  all.log_partition = told.log_partition;
  all.entropy = told.entropy;
  all.threshold = told.threshold;
  all.support = told.support;
  entmax(in.input(), out.view(), all);
  const auto where = ::testing::Message() << layout.name << " " << rows << " x " << cols
                                          << " alpha " << alpha << " T " << temperature;
  ASSERT_TRUE(same_bits(values_of(out), expected.probabilities)) << where;
  ASSERT_TRUE(same_bits(told.log_partition, expected.log_partition)) << where;
  ASSERT_TRUE(same_bits(told.entropy, expected.entropy)) << where;
  ASSERT_TRUE(same_bits(told.threshold, expected.threshold)) << where;
  ASSERT_EQ(told.support, expected.support) << where;
  ASSERT_EQ(out.guards_touched(), 0) << where;
  entmax(in.input(), in.view(), options);
  ASSERT_TRUE(same_bits(values_of(in), expected.probabilities)) << "in place, " << where;
}

TEST(ColumnTiles, EntmaxHasTheBitsOfRowsAlongMemory) {
  on_every_target([] {
    for (const std::int64_t cols : {2, 3, 10, 33, 64, 65}) {
      for (const std::int64_t rows : {8, 21, 150, 400}) {
        for (const double alpha : {0.5, 1.25, 1.5, 2.0, 3.0}) {
          for (const Layout& layout : kAcross) {
            expect_the_bits_of_rows<float>(rows, cols, alpha, 1, layout);
            expect_the_bits_of_rows<float>(rows, cols, alpha, 0.3, layout);
          }
        }
      }
    }
  });
}

TEST(ColumnTiles, SoftmaxOfDoublesHasTheBitsOfRowsAlongMemory) {
  on_every_target([] {
    for (const std::int64_t cols : {2, 3, 10, 32, 33}) {
      for (const std::int64_t rows : {8, 21, 150, 400}) {
        for (const Layout& layout : kAcross) {
          expect_the_bits_of_rows<double>(rows, cols, 1, 1, layout);
          expect_the_bits_of_rows<double>(rows, cols, 1, 0.3, layout);
        }
      }
    }
  });
}

// Long enough to be written around the caches.
TEST(ColumnTiles, LargeBatchesToo) {
  constexpr std::int64_t kRows = 140000, kCols = 31;
  const auto scores = normal_scores<float>(kRows * kCols, 2, 412);
  const auto expected = entmax_of(scores, kRows, 1.5);
  for (const std::int64_t gap : {0, 3}) {
    Batch<float> both(kRows, kCols, {"columns first", true, 1, gap, false, 0});
    fill(both, scores);
    Batch<float> out(kRows, kCols, {"columns first", true, 1, gap, false, 0});
    entmax(both.input(), out.view(), {.alpha = 1.5});
    EXPECT_TRUE(same_bits(values_of(out), expected)) << gap;
    EXPECT_EQ(out.guards_touched(), 0);
  }
}

}  // namespace
}  // namespace gibbs::testing
