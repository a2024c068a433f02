#include <gtest/gtest.h>

#include <gibbs/sparse.hpp>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// The dense matrix that a compressed one stands for; structural faults fail the test.
template <Score T>
std::vector<T> dense(const SparseRows<T>& sparse) {
  std::vector<T> full(static_cast<std::size_t>(sparse.rows * sparse.cols));
  EXPECT_EQ(sparse.row_offsets.size(), static_cast<std::size_t>(sparse.rows + 1));
  EXPECT_EQ(sparse.row_offsets.front(), 0);
  EXPECT_EQ(sparse.row_offsets.back(), static_cast<std::int64_t>(sparse.values.size()));
  EXPECT_EQ(sparse.columns.size(), sparse.values.size());
  for (std::int64_t i = 0; i < sparse.rows; ++i) {
    std::int64_t before = -1;
    for (auto k = static_cast<std::size_t>(sparse.row_offsets[static_cast<std::size_t>(i)]);
         k < static_cast<std::size_t>(sparse.row_offsets[static_cast<std::size_t>(i + 1)]); ++k) {
      EXPECT_GT(sparse.columns[k], before);
      EXPECT_LT(sparse.columns[k], sparse.cols);
      EXPECT_NE(to_double(sparse.values[k]), 0);
      before = sparse.columns[k];
      full[static_cast<std::size_t>(i * sparse.cols + before)] = sparse.values[k];
    }
  }
  return full;
}

template <Score T>
void expect_same_as_dense(const std::vector<T>& scores, std::int64_t rows,
                          const EntmaxOptions<T>& options) {
  const Rows<const T> view(scores.data(), rows, static_cast<std::int64_t>(scores.size()) / rows);
  const SparseRows<T> sparse = sparse_entmax(view, options);
  EXPECT_EQ(sparse.rows, view.rows);
  EXPECT_EQ(sparse.cols, view.cols);
  EXPECT_TRUE(same_bits(dense(sparse), map_rows<T>(view, options).probabilities));
}

TEST(Sparse, IsTheDenseAnswerToTheBitWithoutItsZeros) {
  on_every_target_and_type([]<Score T>() {
    for (const double alpha : kAlphas) {
      for (const std::int64_t cols : {1, 2, 7, 16, 33, 100, 1000}) {
        expect_same_as_dense<T>(normal_scores<T>(5 * cols, 2, 151), 5, {.alpha = alpha});
      }
    }
  });
}

TEST(Sparse, IsTheDenseAnswerOnLongRows) {
  on_every_target_for<float>([]<Score T>() {
    for (const double alpha : {1.25, 1.5, 2.0}) {
      expect_same_as_dense<T>(normal_scores<T>(2 * 100000, 2, 152), 2, {.alpha = alpha});
    }
  });
}

TEST(Sparse, IsTheDenseAnswerWithEveryOption) {
  on_every_target_and_type([]<Score T>() {
    const auto scores = normal_scores<T>(4 * 50, 2, 153);
    const std::vector<double> alphas{1, 1.5, 2, 3}, temperatures{0.5, 1, 0, 2};
    const auto log_g = normal_scores<working_t<T>>(50, 1, 154);
    std::vector<bool> on(4 * 50, true);
    for (std::size_t i = 0; i < on.size(); i += 6) on[i] = false;
    const Mask mask(on);
    EntmaxOptions<T> options{.alpha = alphas, .temperature = temperatures};
    options.log_degeneracy = log_g;
    options.mask = mask.view(4);
    expect_same_as_dense<T>(scores, 4, options);
  });
}

TEST(Sparse, WritesTheSameSideOutputsAsTheDenseMap) {
  on_every_target_and_type([]<Score T>() {
    const auto scores = normal_scores<T>(3 * 40, 2, 155);
    const Rows<const T> view(scores.data(), 3, 40);
    const Mapped<T> expected = map_rows<T>(view, {});
    std::vector<working_t<T>> log_partition(3), entropy(3), threshold(3);
    std::vector<std::int64_t> support(3);
    EntmaxOptions<T> options;
    options.log_partition = log_partition;
    options.entropy = entropy;
    options.support = support;
    options.threshold = threshold;
    const SparseRows<T> sparse = sparse_entmax(view, options);
    EXPECT_TRUE(same_bits(log_partition, expected.log_partition));
    EXPECT_TRUE(same_bits(entropy, expected.entropy));
    EXPECT_TRUE(same_bits(threshold, expected.threshold));
    EXPECT_TRUE(same_bits(support, expected.support));
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(sparse.row_offsets[i + 1] - sparse.row_offsets[i], support[i]);
    }
  });
}

TEST(Sparse, ARowOfNanKeepsAllItsColumnsAndARowWithoutAStateNone) {
  on_every_target_and_type([]<Score T>() {
    auto scores = converted<T>({1, kNan, 2, 3, 0, 0, -kInfinity, -kInfinity, -kInfinity});
    const SparseRows<T> sparse = sparse_entmax(Rows<const T>(scores.data(), 3, 3), {.alpha = 2});
    EXPECT_EQ(sparse.row_offsets, (std::vector<std::int64_t>{0, 3, 4, 4}));
    EXPECT_EQ(sparse.columns, (std::vector<std::int64_t>{0, 1, 2, 0}));
    for (std::size_t k = 0; k < 3; ++k) EXPECT_TRUE(std::isnan(to_double(sparse.values[k])));
  });
}

TEST(Sparse, OfNoRowsOrNoColumnsIsEmpty) {
  on_every_target_and_type([]<Score T>() {
    const T none{};
    const SparseRows<T> no_rows = sparse_entmax(Rows<const T>(&none, 0, 3));
    EXPECT_EQ(no_rows.row_offsets, (std::vector<std::int64_t>{0}));
    const SparseRows<T> no_columns = sparse_entmax(Rows<const T>(&none, 2, 0));
    EXPECT_EQ(no_columns.row_offsets, (std::vector<std::int64_t>{0, 0, 0}));
    EXPECT_TRUE(no_columns.values.empty());
  });
}

}  // namespace
}  // namespace gibbs::testing
