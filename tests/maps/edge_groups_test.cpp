// sparsemax and 1.5-entmax solve rows in groups from guesses of their thresholds. No bit may show
// it: a row alone is solved without one.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

template <Score T>
void rows_have_the_bits_they_have_alone(const std::vector<T>& scores, std::int64_t rows,
                                        const std::string& name) {
  const auto cols = static_cast<std::ptrdiff_t>(scores.size()) / rows;
  for (const double alpha : {1.5, 2.0}) {
    const auto together = entmax_of(scores, rows, alpha);
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto first = scores.begin() + i * cols, part = together.begin() + i * cols;
      ASSERT_TRUE(same_bits(std::vector<T>(part, part + cols),
                            entmax_of(std::vector<T>(first, first + cols), 1, alpha)))
          << name << ", row " << i << " of " << rows << " x " << cols << ", alpha " << alpha;
    }
  }
}

template <Score T, class Score>
std::vector<T> batch_of(std::int64_t rows, std::int64_t cols, const Score& score) {
  auto scores = normal_scores<T>(rows * cols, 1, 331);
  for (std::int64_t k = 0; k < rows * cols; ++k) {
    T& x = scores[static_cast<std::size_t>(k)];
    x = static_cast<T>(score(k / cols, static_cast<double>(x)));
  }
  return scores;
}

constexpr std::int64_t kColumns[] = {2, 17, 65, 80, 97, 128, 255, 500, 1024};

TEST(EdgeGroups, RowsOfAnyWidthHaveTheBitsTheyHaveAlone) {
  on_every_target_for<float, double>([]<Score T>() {
    for (const std::int64_t cols : kColumns) {
      for (const std::int64_t rows : {3, 16, 37}) {
        // From all states in the window to one.
        const auto scores = batch_of<T>(rows, cols, [](std::int64_t row, double x) {
          return x * std::ldexp(1.0, static_cast<int>(row % 11) - 5);
        });
        rows_have_the_bits_they_have_alone(scores, rows, "narrow and wide");
      }
    }
  });
}

// Thresholds that fall on states, where a rounding decides whether these are in the support.
TEST(EdgeGroups, RowsOfTiesToo) {
  on_every_target_for<float, double>([]<Score T>() {
    for (const std::int64_t cols : kColumns) {
      for (const double step : {2.0, 4.0, 10.0}) {
        const auto scores = batch_of<T>(48, cols, [&](std::int64_t row, double x) {
          return std::round(x * (1 + static_cast<double>(row % 5))) / step;
        });
        rows_have_the_bits_they_have_alone(scores, 48, "in steps of 1/" + std::to_string(step));
      }
    }
  });
}

TEST(EdgeGroups, RowsInALimitLeaveTheirNeighboursAlone) {
  on_every_target_for<float, double>([]<Score T>() {
    for (const std::int64_t cols : kColumns) {
      auto scores = batch_of<T>(20, cols, [](std::int64_t, double x) { return 2 * x; });
      const auto fill = [&](std::int64_t row, std::int64_t from, T value) {
        std::fill(scores.begin() + row * cols + from, scores.begin() + (row + 1) * cols, value);
      };
      fill(1, cols - 1, std::numeric_limits<T>::infinity());
      fill(4, 0, -std::numeric_limits<T>::infinity());
      fill(5, cols / 2, -std::numeric_limits<T>::infinity());
      fill(19, cols / 2, std::numeric_limits<T>::quiet_NaN());
      rows_have_the_bits_they_have_alone(scores, 20, "in limits");
    }
  });
}

// Each row of a group is written while that row of the next is read.
TEST(EdgeGroups, RowsOfBatchesBeyondTheCachesToo) {
  on_every_target_for<float>([]<Score T>() {
    for (const std::int64_t cols : {80, 256, 1024, 2048}) {
      const std::int64_t rows = (std::int64_t{17} << 18) / cols + 5;
      auto scores = batch_of<T>(rows, cols, [](std::int64_t row, double x) {
        return row % 100 == 57 ? x / 64 : 2 * x;  // some of many candidates
      });
      scores[static_cast<std::size_t>(rows / 2 * cols + 3)] = std::numeric_limits<T>::quiet_NaN();
      scores[static_cast<std::size_t>((rows - 2) * cols)] = std::numeric_limits<T>::infinity();
      rows_have_the_bits_they_have_alone(scores, rows, "beyond the caches");
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
