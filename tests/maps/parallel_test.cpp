// A row's bits depend on its own numbers only: not on threads, batch or neighbours.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <gibbs/gibbs.hpp>
#include <gibbs/parallel.hpp>
#include <limits>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"
#include "support/threads.hpp"

namespace gibbs::testing {
namespace {

struct Shape {
  std::int64_t rows, cols;
};

// Batches beyond the caches write a row while they read the next.
TEST(Parallel, VeryLongRowsOfABatchAreAsIfAlone) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const Shape shape : {Shape{36, 131072}, Shape{110, 40000}, Shape{110, 40001}}) {
    auto scores = normal_scores<float>(shape.rows * shape.cols, 2, 226);
    const auto cols = static_cast<std::size_t>(shape.cols);
    scores[3 * cols + 7000] = std::numeric_limits<float>::quiet_NaN();
    scores[7 * cols + 8000] = kInf;
    std::fill_n(scores.begin() + static_cast<std::ptrdiff_t>(9 * cols), 10000, -kInf);
    std::fill_n(scores.begin() + static_cast<std::ptrdiff_t>(11 * cols), cols, -kInf);
    for (const double alpha : {1.0, 1.25, 1.5, 2.0}) {
      const Threads one(1);
      const auto together = entmax_of(scores, shape.rows, alpha);
      for (std::size_t row = 0; row < static_cast<std::size_t>(shape.rows);
           row += row < 12 ? 1 : 8) {
        const auto at = [&](const std::vector<float>& all) {
          const auto first = all.begin() + static_cast<std::ptrdiff_t>(row * cols);
          return std::vector<float>(first, first + static_cast<std::ptrdiff_t>(cols));
        };
        ASSERT_TRUE(same_bits(at(together), entmax_of(at(scores), 1, alpha)))
            << shape.cols << " columns, row " << row << ", alpha " << alpha;
      }
    }
  }
}

TEST(Parallel, ARowAloneHasTheBitsItHasInABatch) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t cols : {1, 3, 8, 10, 16, 17, 32, 64, 100, 1000}) {
      const auto scores = normal_scores<T>(50 * cols, 2, 226);
      for (const double alpha : kAlphas) {
        const auto together = entmax_of(scores, 50, alpha);
        for (std::int64_t i = 0; i < 50; i += 7) {
          const auto first = scores.begin() + i * cols;
          const auto alone = entmax_of(std::vector<T>(first, first + cols), 1, alpha);
          const auto part = together.begin() + i * cols;
          ASSERT_TRUE(same_bits(std::vector<T>(part, part + cols), alone)) << alpha << " " << cols;
        }
      }
    }
  });
}

TEST(Parallel, ABatchOfAnySizeGivesItsRowsTheSameBits) {
  on_every_target_for<float>([]<Score T>() {
    for (const std::int64_t cols : {4, 10, 33}) {
      const auto scores = normal_scores<T>(70 * cols, 2, 227);
      for (const double alpha : {1.0, 1.5, 2.0}) {
        const auto all = entmax_of(scores, 70, alpha);
        for (std::int64_t rows = 1; rows <= 70; ++rows) {
          const std::vector<T> head(scores.begin(), scores.begin() + rows * cols);
          const std::vector<T> expected(all.begin(), all.begin() + rows * cols);
          ASSERT_TRUE(same_bits(entmax_of(head, rows, alpha), expected)) << rows << " x " << cols;
        }
      }
    }
  });
}

TEST(Parallel, LogarithmsOfARowAloneHaveTheBitsTheyHaveInABatch) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t cols : {1, 3, 10, 17, 100}) {
      const auto scores = normal_scores<T>(30 * cols, 2, 228);
      std::vector<T> together(scores.size()), alone(static_cast<std::size_t>(cols));
      std::vector<W> log_z(30);
      log_softmax(Rows<const T>(scores.data(), 30, cols), Rows<T>(together.data(), 30, cols));
      log_sum_exp(Rows<const T>(scores.data(), 30, cols), log_z);
      for (std::int64_t i = 0; i < 30; i += 4) {
        const Rows<const T> row(scores.data() + i * cols, 1, cols);
        log_softmax(row, alone);
        const auto part = together.begin() + i * cols;
        ASSERT_TRUE(same_bits(std::vector<T>(part, part + cols), alone)) << cols;
        ASSERT_EQ(log_z[static_cast<std::size_t>(i)], static_cast<W>(log_sum_exp(row)));
      }
    }
  });
}

TEST(Parallel, TheBoundIsWhatWasSetAndZeroReturnsToTheDefault) {
  const int before = num_threads();
  EXPECT_GE(before, 1);
  set_num_threads(5);
  EXPECT_EQ(num_threads(), 5);
  set_num_threads(0);
  EXPECT_EQ(num_threads(), before);
}

// setenv is safe here: no other thread of this program reads the environment.
TEST(Parallel, TheEnvironmentSetsTheDefault) {
  const char* old = std::getenv("GIBBS_NUM_THREADS");
  const std::string kept = old ? old : "";
  setenv("GIBBS_NUM_THREADS", "3", 1);
  set_num_threads(0);
  EXPECT_EQ(num_threads(), 3);
  unsetenv("GIBBS_NUM_THREADS");
  set_num_threads(0);
  const int processors = num_threads();
  for (const char* nonsense : {"", "0", "-2", "2x", "many", "1e9", "99999999999999999999"}) {
    setenv("GIBBS_NUM_THREADS", nonsense, 1);
    set_num_threads(0);
    EXPECT_EQ(num_threads(), processors) << nonsense;
  }
  old ? setenv("GIBBS_NUM_THREADS", kept.c_str(), 1) : unsetenv("GIBBS_NUM_THREADS");
  set_num_threads(0);
}

}  // namespace
}  // namespace gibbs::testing
