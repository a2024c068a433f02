// Batches larger than the caches are written around them, each row while the next is computed. What
// a row is given must not depend on that.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <gibbs/gibbs.hpp>
#include <limits>

#include "support/batches.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr Layout kOff{"4 off, dense", false, 1, 0, false, 4};
constexpr Layout kPadded{"1 off, padded", false, 1, 3, false, 1};
// Less than a group, groups, rows of a block, of some blocks, of many.
constexpr std::int64_t kColumns[] = {8, 90, 257, 1000, 5001, 50257};

// Enough rows of so many columns for 16 MiB, and some.
template <Score T>
std::int64_t rows_of(std::int64_t cols) {
  return (std::int64_t{17} << 20) / std::int64_t{sizeof(T)} / cols + 3;
}

// Scores with a row of NaN, and one with two infinite maxima.
template <Score T>
std::vector<T> scores_with_limits(std::int64_t rows, std::int64_t cols) {
  static const auto normal = normal_scores<T>(rows_of<T>(50257) * 50257, 2, 191);
  std::vector<T> scores(static_cast<std::size_t>(rows * cols));
  for (std::size_t k = 0; k < scores.size(); ++k) scores[k] = normal[k % normal.size()];
  const auto at = [&](std::int64_t row, std::int64_t col) -> T& {
    return scores[static_cast<std::size_t>(row * cols + col)];
  };
  at(rows / 2, cols / 2) = std::numeric_limits<T>::quiet_NaN();
  at(rows - 2, 0) = at(rows - 2, cols - 1) = std::numeric_limits<T>::infinity();
  return scores;
}

// A NaN is as good as any other.
template <Score T>
bool same(T a, T b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

// map(in, out) of all rows at once and of each alone.
template <Score T, class Map>
void expect_same_alone(const std::vector<T>& scores, std::int64_t cols, const Layout& layout,
                       const Map& map) {
  const std::int64_t rows = rows_of<T>(cols);
  Batch<T> out(rows, cols, layout);
  map(Rows<const T>(scores.data(), rows, cols), out.view());
  EXPECT_EQ(out.guards_touched(), 0) << layout.name << ", " << cols << " columns";
  std::vector<T> alone(static_cast<std::size_t>(cols));
  for (std::int64_t i = 0; i < rows; ++i) {
    map(Rows<const T>(scores.data() + i * cols, 1, cols), Rows<T>(alone.data(), 1, cols));
    ASSERT_EQ(&out(i, cols - 1) - &out(i, 0), cols - 1);  // side by side
    if (std::memcmp(&out(i, 0), alone.data(), alone.size() * sizeof(T)) == 0) continue;
    for (std::int64_t j = 0; j < cols; ++j) {
      ASSERT_TRUE(same(out(i, j), alone[static_cast<std::size_t>(j)]))
          << "row " << i << ", column " << j << " of " << rows << " x " << cols << ", "
          << layout.name << ": " << out(i, j) << " and " << alone[static_cast<std::size_t>(j)];
    }
  }
}

template <Score T, class Map>
void expect_same_alone_everywhere(const Map& map) {
  for (const std::int64_t cols : kColumns) {
    const auto scores = scores_with_limits<T>(rows_of<T>(cols), cols);
    on_every_target([&] {
      for (const Layout& layout : {kOff, kPadded}) expect_same_alone(scores, cols, layout, map);
    });
  }
}

TEST(LargeBatches, RowsOfSoftmaxHaveTheBitsTheyHaveAlone) {
  expect_same_alone_everywhere<float>([](const auto& in, const auto& out) { softmax(in, out); });
}

TEST(LargeBatches, RowsOfDoublesToo) {
  expect_same_alone_everywhere<double>([](const auto& in, const auto& out) { softmax(in, out); });
}

TEST(LargeBatches, RowsOfASparseMapToo) {
  expect_same_alone_everywhere<float>(
      [](const auto& in, const auto& out) { entmax(in, out, {.alpha = 1.5}); });
}

// The scores stand for probabilities, and for what is upstream.
TEST(LargeBatches, DerivativesToo) {
  expect_same_alone_everywhere<float>(
      [](const auto& in, const auto& out) { softmax_vjp(in, in, out); });
}

}  // namespace
}  // namespace gibbs::testing
