// Rows of every kind side by side: what a row is must not leak into its neighbours, however many
// rows a kernel takes at once.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kRows = 83;  // five vectors of 16 rows and a rest

// Row i is of kind i mod 7: regular four times out of seven.
template <Score T>
std::vector<T> every_kind_of_row(std::int64_t cols) {
  std::vector<T> scores = normal_scores<T>(kRows * cols, 2, 231);
  for (std::int64_t i = 0; i < kRows; ++i) {
    T* row = scores.data() + i * cols;
    const std::int64_t place = i % cols;
    switch (i % 7) {
      case 1:
        row[place] = from_double<T>(kNan);
        break;
      case 3:
        row[place] = from_double<T>(kInfinity);
        break;
      case 4:
        std::fill(row, row + cols, from_double<T>(-kInfinity));
        break;
      case 6:
        row[place] = from_double<T>(-kInfinity);
        break;
      default:
        break;
    }
  }
  return scores;
}

template <class Number>
std::vector<Number> part(const std::vector<Number>& all, std::int64_t row, std::int64_t cols) {
  return {all.begin() + row * cols, all.begin() + (row + 1) * cols};
}

TEST(EdgesInBatches, EveryRowIsAsIfAlone) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t cols : {1, 2, 3, 4, 7, 8, 10, 15, 16, 17, 31, 33, 64, 65, 100}) {
      const std::vector<T> scores = every_kind_of_row<T>(cols);
      for (const double alpha : kAlphas) {
        const EntmaxOptions<T> options{.alpha = alpha};
        const auto all = map_rows<T>(Rows<const T>(scores.data(), kRows, cols), options);
        for (std::int64_t i = 0; i < kRows; ++i) {
          const auto alone = map_rows<T>(Rows<const T>(scores.data() + i * cols, 1, cols), options);
          const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                             "alpha " + std::to_string(alpha) + " row " +
                                                 std::to_string(i) + " of " + std::to_string(cols));
          ASSERT_TRUE(same_bits(part(all.probabilities, i, cols), alone.probabilities));
          ASSERT_TRUE(same_bits(part(all.log_partition, i, 1), alone.log_partition));
          ASSERT_TRUE(same_bits(part(all.entropy, i, 1), alone.entropy));
          ASSERT_TRUE(same_bits(part(all.threshold, i, 1), alone.threshold));
          ASSERT_TRUE(same_bits(part(all.support, i, 1), alone.support));
        }
      }
    }
  });
}

TEST(EdgesInBatches, EveryRowOfLogarithmsIsAsIfAlone) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t cols : {1, 3, 8, 10, 16, 17, 33, 64, 100}) {
      const std::vector<T> scores = every_kind_of_row<T>(cols);
      std::vector<T> all(scores.size()), alone(static_cast<std::size_t>(cols));
      std::vector<W> all_z(kRows), alone_z(1);
      log_softmax(Rows<const T>(scores.data(), kRows, cols), Rows<T>(all.data(), kRows, cols));
      log_sum_exp(Rows<const T>(scores.data(), kRows, cols), all_z);
      for (std::int64_t i = 0; i < kRows; ++i) {
        const Rows<const T> row(scores.data() + i * cols, 1, cols);
        log_softmax(row, alone);
        log_sum_exp(row, alone_z);
        ASSERT_TRUE(same_bits(part(all, i, cols), alone)) << "row " << i << " of " << cols;
        ASSERT_TRUE(same_bits(part(all_z, i, 1), alone_z)) << "row " << i << " of " << cols;
      }
    }
  });
}

TEST(EdgesInBatches, EveryRowOfADerivativeIsAsIfAlone) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t cols : {1, 3, 8, 10, 16, 17, 33, 100}) {
      const auto scores = every_kind_of_row<T>(cols);
      const auto v = normal_scores<T>(kRows * cols, 1, 232);
      for (const double alpha : {0.5, 1.0, 1.5, 2.0}) {
        const auto p =
            map_rows<T>(Rows<const T>(scores.data(), kRows, cols), {.alpha = alpha}).probabilities;
        const auto derivative = [&](std::int64_t first, std::int64_t rows) {
          std::vector<T> grad(static_cast<std::size_t>(rows * cols));
          std::vector<W> grad_t(static_cast<std::size_t>(rows));
          EntmaxVjpOptions<T> options{.alpha = alpha, .grad_temperature = grad_t};
          entmax_vjp(Rows<const T>(p.data() + first * cols, rows, cols),
                     Rows<const T>(v.data() + first * cols, rows, cols),
                     Rows<T>(grad.data(), rows, cols), options);
          return std::pair(grad, grad_t);
        };
        const auto [all, all_t] = derivative(0, kRows);
        for (std::int64_t i = 0; i < kRows; ++i) {
          const auto [alone, alone_t] = derivative(i, 1);
          ASSERT_TRUE(same_bits(part(all, i, cols), alone)) << i << " of " << cols;
          ASSERT_TRUE(same_bits(part(all_t, i, 1), alone_t)) << i << " of " << cols;
        }
      }
    }
  });
}

}  // namespace
}  // namespace gibbs::testing
