// Cross-entropy of labels and its gradient, which softmax writes in its own passes: at every width
// of row, aligned or not, around the caches or not, in limits too.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::int64_t kIgnored = -100;

// A batch, its labels, and where gradients are written: `start` elements after an aligned one.
template <class T>
struct Batch {
  std::int64_t rows, cols;
  std::vector<T> x;
  std::vector<std::int64_t> labels;
  std::vector<T> gradient;
  std::size_t start;
  std::vector<double> losses = {};

  Batch(std::int64_t r, std::int64_t c, std::uint64_t seed, std::size_t offset = 0)
      : rows(r),
        cols(c),
        x(normal_scores<T>(r * c, 2, seed)),
        gradient(static_cast<std::size_t>(r * c) + offset, T{7}),
        start(offset) {
    Random random(seed + 1);
    for (std::int64_t i = 0; i < r; ++i) labels.push_back(random.below(c));
  }
  Rows<const T> scores() const { return {x.data(), rows, cols}; }
  T& score(std::int64_t i, std::int64_t j) { return x[static_cast<std::size_t>(i * cols + j)]; }
  T grad(std::int64_t i, std::int64_t j) const {
    return gradient[start + static_cast<std::size_t>(i * cols + j)];
  }
  double run(LossOptions<T> options) {
    options.grad_scores = Rows<T>(gradient.data() + start, rows, cols);
    return cross_entropy(scores(), labels, options);
  }
};

// By its definition, in long double.
struct Exact {
  long double loss = 0;
  std::vector<long double> gradient;
};

template <class T>
Exact exact_row(const Batch<T>& batch, std::int64_t i, double temperature) {
  const T* x = batch.x.data() + i * batch.cols;
  const auto n = static_cast<std::size_t>(batch.cols);
  const std::int64_t label = batch.labels[static_cast<std::size_t>(i)];
  Exact exact{0, std::vector<long double>(n)};
  if (label == kIgnored) return exact;
  const long double t = temperature, top = *std::max_element(x, x + n);
  long double sum = 0;
  for (std::size_t j = 0; j < n; ++j) sum += exact.gradient[j] = std::exp((x[j] - top) / t);
  for (auto& each : exact.gradient) each /= sum;
  exact.gradient[static_cast<std::size_t>(label)] -= 1;
  exact.loss = t * std::log(sum) + (top - x[label]);
  return exact;
}

template <class T>
void expect_exact(Batch<T>& batch, const LossOptions<T>& options, long double weight) {
  const long double ulp = std::numeric_limits<T>::epsilon();
  const double temperature = options.temperature[0];
  const double got = batch.run(options);
  long double loss = 0;
  for (std::int64_t i = 0; i < batch.rows; ++i) {
    const Exact exact = exact_row(batch, i, temperature);
    loss += weight * exact.loss;
    for (std::int64_t j = 0; j < batch.cols; ++j) {
      const long double wanted = weight * exact.gradient[static_cast<std::size_t>(j)];
      // 4 ulp of p, as softmax, and what the weight rounds; of the label what p - 1 and it round.
      const long double p = exact.gradient[static_cast<std::size_t>(j)] +
                            (j == batch.labels[static_cast<std::size_t>(i)] ? 1 : 0);
      const long double bar =
          std::abs(weight) * (5 * ulp * p + 1e-37L) + 2 * ulp * std::abs(wanted);
      ASSERT_LE(std::abs(batch.grad(i, j) - wanted), bar)
          << batch.rows << " x " << batch.cols << " at " << i << ", " << j;
    }
  }
  ASSERT_NEAR(
      got, static_cast<double>(loss),
      static_cast<double>(8 * ulp * std::max(std::abs(weight) * batch.rows, std::abs(loss))))
      << batch.rows << " x " << batch.cols;
}

template <class T>
void expect_exact_of_rows(std::int64_t rows, std::int64_t cols) {
  Batch<T> batch(rows, cols, static_cast<std::uint64_t>(cols), static_cast<std::size_t>(cols % 3));
  expect_exact<T>(batch, {}, 1.0L / static_cast<long double>(rows));
  expect_exact<T>(batch, {.temperature = 0.6, .reduction = Reduction::kSum, .scale = -3}, -3);
}

TEST(CrossEntropy, IsItsDefinitionAtEveryWidth) {
  on_every_target([] {
    for (std::int64_t cols = 1; cols <= 70; ++cols) expect_exact_of_rows<float>(37, cols);
    for (const std::int64_t cols : {1, 3, 8, 17, 48, 49, 64, 65}) {
      expect_exact_of_rows<double>(37, cols);
    }
    for (const std::int64_t cols : {127, 128, 255, 256, 257, 300, 1000, 4097}) {
      expect_exact_of_rows<float>(5, cols);
      expect_exact_of_rows<double>(5, cols);
    }
    for (const std::int64_t cols : {32768, 32769, 40000, 131072, 262147}) {
      expect_exact_of_rows<float>(2, cols);
      expect_exact_of_rows<double>(2, cols);
    }
  });
}

TEST(CrossEntropy, OfNoWeightIsZeroWithZeroGradients) {
  for (const std::int64_t cols : {3, 8, 64, 300, 40000, 131072}) {
    Batch<float> batch(2, cols, 895);
    EXPECT_EQ(batch.run({.reduction = Reduction::kSum, .scale = 0}), 0) << cols;
    EXPECT_EQ(batch.gradient, std::vector<float>(batch.gradient.size(), 0.0F)) << cols;
    batch.labels = {kIgnored, kIgnored};
    EXPECT_EQ(batch.run({.reduction = Reduction::kMean}), 0) << cols;
    EXPECT_EQ(batch.gradient, std::vector<float>(batch.gradient.size(), 0.0F)) << cols;
  }
}

// More than 16 MiB, which no cache keeps.
TEST(CrossEntropy, LargeBatchesAreThoseOfSmallOnes) {
  for (const std::int64_t cols : {8, 33, 64, 256, 1024, 36864}) {
    Batch<float> batch((std::int64_t{17} << 18) / cols, cols, 900);
    batch.labels[1] = kIgnored;
    batch.run({.reduction = Reduction::kSum});
    for (std::int64_t i = 0; i < batch.rows; i += 1 + batch.rows / 50) {
      Batch<float> alone(1, cols, 0);
      std::copy_n(batch.x.begin() + i * cols, cols, alone.x.begin());
      alone.labels[0] = batch.labels[static_cast<std::size_t>(i)];
      alone.run({.reduction = Reduction::kSum});
      for (std::int64_t j = 0; j < cols; ++j) ASSERT_EQ(batch.grad(i, j), alone.grad(0, j)) << cols;
    }
  }
}

TEST(CrossEntropy, IgnoredRowsAreNothing) {
  for (const std::int64_t cols : {5, 64, 300, 40000}) {
    Batch<double> batch(7, cols, 910);
    batch.labels[2] = batch.labels[6] = kIgnored;
    batch.score(2, 1) = std::nan("");
    batch.x[static_cast<std::size_t>(6 * cols)] = kInf;
    Batch<double> finite = batch;
    for (const std::int64_t i : {2, 6}) {
      for (std::int64_t j = 0; j < cols; ++j) finite.score(i, j) = 0;
    }
    const double loss = batch.run({});
    EXPECT_EQ(loss, finite.run({}));
    EXPECT_EQ(batch.gradient, finite.gradient);
    expect_exact<double>(finite, {}, 1.0L / 5);
    std::vector<double> each(7);
    cross_entropy(batch.scores(), batch.labels, std::span<double>(each));
    EXPECT_EQ(each[2], 0);
    EXPECT_GT(each[3], 0);
  }
}

// Rows in limits among others: each as it is alone.
TEST(CrossEntropy, LimitsAreThoseOfSoftmax) {
  for (const std::int64_t cols : {4, 20, 64, 300, 40000}) {
    Batch<double> batch(6, cols, 920);
    for (std::int64_t j = 0; j < cols; ++j) batch.score(3, j) = -kInf;
    for (auto& label : batch.labels) label = 2;
    batch.score(0, 2) = -kInf;  // no state
    batch.score(1, 0) = kInf;   // p is all at another state
    batch.score(2, 2) = kInf;   // and here at the label
    batch.score(4, 1) = std::nan("");
    const double loss = batch.run({.reduction = Reduction::kSum, .scale = 2});
    EXPECT_TRUE(std::isnan(loss));
    std::vector<double> each(6);
    cross_entropy(batch.scores(), batch.labels, std::span<double>(each));
    EXPECT_EQ(each[0], kInf);
    EXPECT_EQ(each[1], kInf);
    EXPECT_EQ(each[2], 0);
    EXPECT_EQ(each[3], kInf);
    EXPECT_TRUE(std::isnan(each[4]));
    EXPECT_TRUE(std::isfinite(each[5]));
    std::vector<double> p(static_cast<std::size_t>(6 * cols));
    softmax(batch.scores(), Rows<double>(p.data(), 6, cols));
    for (std::int64_t i = 0; i < 6; ++i) {
      const bool counts = i != 0 && i != 3;  // a label that is no state takes nothing
      for (std::int64_t j = 0; j < cols; ++j) {
        const double wanted =
            2 * (p[static_cast<std::size_t>(i * cols + j)] - (j == 2 && counts ? 1 : 0));
        if (i == 4) {
          EXPECT_TRUE(std::isnan(batch.grad(i, j)));
        } else {
          EXPECT_NEAR(batch.grad(i, j), wanted, 1e-15) << cols << " at " << i << ", " << j;
        }
      }
    }
  }
}

TEST(CrossEntropy, OfACertainLabelIsTheSmallRest) {
  for (const std::int64_t cols : {8, 64, 300}) {
    Batch<float> batch(3, cols, 930);
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < cols; ++j) batch.score(i, j) = j == 3 ? 0.0F : -30.0F;
      batch.labels[static_cast<std::size_t>(i)] = 3;
    }
    batch.run({.reduction = Reduction::kSum});
    // p - 1 = -(cols - 1) e^-30, which p itself in float knows nothing of.
    const double rest = static_cast<double>(cols - 1) * std::exp(-30.0);
    EXPECT_NEAR(batch.grad(1, 3) / -rest, 1, 1e-3) << cols;
  }
}

}  // namespace
}  // namespace gibbs::testing
