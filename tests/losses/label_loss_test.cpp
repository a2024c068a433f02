// Losses of labels and their gradients, which the maps write in their own passes: at every width of
// row, aligned or not, around the caches or not, in limits too.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/loss_reference.hpp"
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
  double run(LossOptions<T> options, double alpha = 1) {
    options.grad_scores = Rows<T>(gradient.data() + start, rows, cols);
    return alpha == 1 ? cross_entropy(scores(), labels, options)
                      : fenchel_young_loss(scores(), labels, alpha, options);
  }
};

// By its definition, in long double.
struct Exact {
  long double loss = 0;
  std::vector<long double> gradient;
};

template <class T>
Exact exact_row(const Batch<T>& batch, std::int64_t i, double temperature, double alpha) {
  const T* x = batch.x.data() + i * batch.cols;
  const std::int64_t label = batch.labels[static_cast<std::size_t>(i)];
  const auto n = static_cast<std::size_t>(batch.cols);
  if (label == kIgnored) return {0, std::vector<long double>(n)};
  const Problem problem{std::vector<long double>(x, x + n), alpha, temperature};
  const auto own = static_cast<std::size_t>(label);
  Exact exact{reference_loss(problem, one_hot(n, own)), solve(problem).probabilities};
  exact.gradient[own] -= 1;
  return exact;
}

// How far factor p - (a label's factor) may be off: 4 ulp of p at alpha 1, as softmax, and what the
// weight rounds; of a label what p - 1 and it round. At other alphas as entmax.
template <class T>
long double gradient_bar(long double p, long double wanted, long double weight, double alpha) {
  const long double ulp = std::numeric_limits<T>::epsilon();
  if (alpha == 1) return std::abs(weight) * (5 * ulp * p + 1e-37L) + 2 * ulp * std::abs(wanted);
  return std::abs(weight) * (sizeof(T) == 4 ? 2e-7L : 2e-15L) + 2 * ulp * std::abs(wanted);
}

template <class T>
void expect_exact(Batch<T>& batch, const LossOptions<T>& options, long double weight,
                  double alpha = 1) {
  const long double ulp = std::numeric_limits<T>::epsilon();
  const double got = batch.run(options, alpha);
  long double loss = 0;
  for (std::int64_t i = 0; i < batch.rows; ++i) {
    const Exact exact = exact_row(batch, i, options.temperature[0], alpha);
    loss += weight * exact.loss;
    for (std::int64_t j = 0; j < batch.cols; ++j) {
      const long double of_one = exact.gradient[static_cast<std::size_t>(j)];
      const bool own = j == batch.labels[static_cast<std::size_t>(i)];
      ASSERT_LE(std::abs(batch.grad(i, j) - weight * of_one),
                gradient_bar<T>(of_one + (own ? 1 : 0), weight * of_one, weight, alpha))
          << batch.rows << " x " << batch.cols << " at " << i << ", " << j << ", alpha " << alpha;
    }
  }
  const auto size = std::max(std::abs(weight) * batch.rows, std::abs(loss));
  ASSERT_NEAR(got, static_cast<double>(loss), static_cast<double>(8 * ulp * size))
      << batch.rows << " x " << batch.cols << ", alpha " << alpha;
  // Without the gradient it is the same.
  LossOptions<T> alone = options;
  alone.grad_scores = {};
  ASSERT_NEAR(fenchel_young_loss(batch.scores(), batch.labels, alpha, alone), got,
              static_cast<double>(4 * ulp * size))
      << batch.rows << " x " << batch.cols << ", alpha " << alpha;
}

template <class T>
void expect_exact_of_rows(std::int64_t rows, std::int64_t cols, double alpha = 1) {
  Batch<T> batch(rows, cols, static_cast<std::uint64_t>(cols), static_cast<std::size_t>(cols % 3));
  expect_exact<T>(batch, {}, 1.0L / static_cast<long double>(rows), alpha);
  expect_exact<T>(batch, {.temperature = 0.6, .reduction = Reduction::kSum, .scale = -3}, -3,
                  alpha);
}

TEST(LabelLoss, OfSoftmaxIsItsDefinitionAtEveryWidth) {
  on_every_target([] {
    for (std::int64_t cols = 1; cols <= 70; ++cols) expect_exact_of_rows<float>(37, cols);
    for (const std::int64_t cols : {1, 3, 8, 17, 48, 49, 64, 65}) {
      expect_exact_of_rows<double>(37, cols);
    }
    for (const std::int64_t cols : {127, 128, 255, 256, 257, 300, 1000, 4097}) {
      expect_exact_of_rows<float>(5, cols);
      expect_exact_of_rows<double>(5, cols);
    }
  });
}

TEST(LabelLoss, OfEntmaxIsItsDefinitionAtEveryWidth) {
  on_every_target([] {
    for (const double alpha : {1.5, 2.0}) {
      for (const std::int64_t cols : {1, 2, 3, 4, 7, 8, 9, 10, 16, 17, 31, 32, 33, 48, 63, 64}) {
        expect_exact_of_rows<float>(19, cols, alpha);
      }
      for (const std::int64_t cols : {8, 65, 128, 257, 1000}) {
        expect_exact_of_rows<float>(3, cols, alpha);
        expect_exact_of_rows<double>(3, cols, alpha);
      }
    }
    for (const double alpha : {0.7, 1.3, 3.0}) {
      for (const std::int64_t cols : {1, 5, 16, 33, 64, 65, 300}) {
        expect_exact_of_rows<float>(5, cols, alpha);
        expect_exact_of_rows<double>(3, cols, alpha);
      }
    }
  });
}

TEST(LabelLoss, OfLongRowsIsItsDefinition) {
  for (const double alpha : {1.0, 1.5, 2.0}) {
    expect_exact_of_rows<float>(1, 32768, alpha);
    expect_exact_of_rows<double>(1, 32769, alpha);
    expect_exact_of_rows<float>(2, alpha == 1 ? 131072 : 33000, alpha);
  }
  expect_exact_of_rows<float>(1, 33000, 1.3);
  expect_exact_of_rows<float>(1, 33000, 3);
}

TEST(LabelLoss, OfNoWeightIsZeroWithZeroGradients) {
  for (const double alpha : {0.8, 1.0, 1.5, 1.7, 2.0, 2.5}) {
    for (const std::int64_t cols : {3, 8, 64, 300, 40000}) {
      Batch<float> batch(2, cols, 895);
      EXPECT_EQ(batch.run({.reduction = Reduction::kSum, .scale = 0}, alpha), 0) << cols;
      EXPECT_EQ(batch.gradient, std::vector<float>(batch.gradient.size(), 0.0F)) << cols;
      batch.labels = {kIgnored, kIgnored};
      EXPECT_EQ(batch.run({.reduction = Reduction::kMean}, alpha), 0) << cols;
      EXPECT_EQ(batch.gradient, std::vector<float>(batch.gradient.size(), 0.0F)) << cols;
    }
  }
}

// More than 16 MiB, which no cache keeps.
TEST(LabelLoss, LargeBatchesAreThoseOfSmallOnes) {
  for (const double alpha : {1.0, 1.5, 2.0}) {
    for (const std::int64_t cols : {8, 33, 64, 256, 1024, 36864}) {
      Batch<float> batch((std::int64_t{17} << 18) / cols, cols, 900);
      batch.labels[1] = kIgnored;
      batch.run({.reduction = Reduction::kSum}, alpha);
      for (std::int64_t i = 0; i < batch.rows; i += 1 + batch.rows / 50) {
        Batch<float> alone(1, cols, 0);
        std::copy_n(batch.x.begin() + i * cols, cols, alone.x.begin());
        alone.labels[0] = batch.labels[static_cast<std::size_t>(i)];
        alone.run({.reduction = Reduction::kSum}, alpha);
        for (std::int64_t j = 0; j < cols; ++j) {
          ASSERT_EQ(batch.grad(i, j), alone.grad(0, j)) << cols << ", alpha " << alpha;
        }
      }
    }
  }
}

template <class T>
void expect_ignored_rows_are_nothing(std::int64_t cols, double alpha) {
  Batch<T> batch(7, cols, 910);
  batch.labels[2] = batch.labels[6] = kIgnored;
  batch.score(2, 1) = std::numeric_limits<T>::quiet_NaN();
  batch.score(6, 0) = static_cast<T>(kInf);
  Batch<T> finite = batch;
  for (const std::int64_t i : {2, 6}) {
    for (std::int64_t j = 0; j < cols; ++j) finite.score(i, j) = 0;
  }
  const double loss = batch.run({}, alpha);
  EXPECT_EQ(loss, finite.run({}, alpha));
  EXPECT_EQ(batch.gradient, finite.gradient);
  expect_exact<T>(finite, {}, 1.0L / 5, alpha);
  std::vector<T> each(7);
  fenchel_young_loss(batch.scores(), batch.labels, alpha, std::span<T>(each));
  EXPECT_EQ(each[2], 0);
  EXPECT_GT(each[3], 0);
}

TEST(LabelLoss, IgnoredRowsAreNothing) {
  for (const double alpha : {1.0, 1.5, 2.0}) {
    for (const std::int64_t cols : {5, 64, 300, 40000}) {
      expect_ignored_rows_are_nothing<double>(cols, alpha);
      expect_ignored_rows_are_nothing<float>(cols, alpha);
    }
  }
}

// An index to ignore may be a column's: then that class is ignored.
TEST(LabelLoss, AnIgnoredIndexMayBeAColumn) {
  Batch<float> batch(4, 8, 915), other(4, 8, 915);
  batch.labels = {3, 0, 3, 5};
  other.labels = {kIgnored, 0, kIgnored, 5};
  EXPECT_EQ(batch.run({.ignore_index = 3}), other.run({}));
  EXPECT_EQ(batch.gradient, other.gradient);
}

// Rows in limits among others: each as it is alone.
template <class T>
void expect_limits_of_the_map(std::int64_t cols, double alpha) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  Batch<T> batch(6, cols, 920);
  for (std::int64_t j = 0; j < cols; ++j) batch.score(3, j) = -kInfinity;
  for (auto& label : batch.labels) label = 2;
  batch.score(0, 2) = -kInfinity;  // no state
  batch.score(1, 0) = kInfinity;   // p is all at another state
  batch.score(2, 2) = kInfinity;   // and here at the label
  batch.score(4, 1) = std::numeric_limits<T>::quiet_NaN();
  const double loss = batch.run({.reduction = Reduction::kSum, .scale = 2}, alpha);
  EXPECT_TRUE(std::isnan(loss));
  std::vector<T> each(6);
  fenchel_young_loss(batch.scores(), batch.labels, alpha, std::span<T>(each));
  EXPECT_EQ(each[0], kInfinity);
  EXPECT_EQ(each[1], kInfinity);
  EXPECT_EQ(each[2], 0);
  EXPECT_EQ(each[3], kInfinity);
  EXPECT_TRUE(std::isnan(each[4]));
  EXPECT_TRUE(std::isfinite(each[5]));
  std::vector<T> p(static_cast<std::size_t>(6 * cols));
  entmax(batch.scores(), Rows<T>(p.data(), 6, cols), {.alpha = alpha});
  for (std::int64_t i = 0; i < 6; ++i) {
    const bool counts = i != 0 && i != 3;  // a label that is no state takes nothing
    for (std::int64_t j = 0; j < cols; ++j) {
      const double of_map = static_cast<double>(p[static_cast<std::size_t>(i * cols + j)]);
      const double wanted = 2 * (of_map - (j == 2 && counts ? 1 : 0));
      if (i == 4) {
        EXPECT_TRUE(std::isnan(batch.grad(i, j)));
      } else {
        EXPECT_NEAR(batch.grad(i, j), wanted, 4 * std::numeric_limits<T>::epsilon())
            << cols << " at " << i << ", " << j << ", alpha " << alpha;
      }
    }
  }
}

TEST(LabelLoss, LimitsAreThoseOfTheMap) {
  for (const double alpha : {0.7, 1.0, 1.3, 1.5, 2.0, 3.0}) {
    for (const std::int64_t cols : {4, 20, 64, 300, 40000}) {
      expect_limits_of_the_map<double>(cols, alpha);
      expect_limits_of_the_map<float>(cols, alpha);
    }
  }
}

TEST(LabelLoss, ARowOfNaNIsNaNAtALabelThatIsNoStateToo) {
  for (const double alpha : {1.0, 1.5, 2.0}) {
    for (const std::int64_t cols : {2, 5, 17, 64, 65, 300, 40000}) {
      Batch<float> batch(3, cols, 925);
      batch.labels = {1, 0, 1};
      batch.score(1, 0) = -std::numeric_limits<float>::infinity();
      batch.score(1, 1) = std::numeric_limits<float>::quiet_NaN();
      EXPECT_TRUE(std::isnan(batch.run({}, alpha))) << cols;
      for (std::int64_t j = 0; j < cols; ++j) {
        EXPECT_TRUE(std::isnan(batch.grad(1, j))) << cols << " at " << j << ", alpha " << alpha;
        EXPECT_FALSE(std::isnan(batch.grad(0, j))) << cols << " at " << j << ", alpha " << alpha;
      }
    }
  }
}

template <class T>
void expect_the_bits_of_one_temperature(std::int64_t cols, double alpha) {
  const std::vector<double> same(5, 0.7), others{0.7, 0, 0.7, kInf, 0.7};
  Batch<T> once(5, cols, 927), each(5, cols, 927), some(5, cols, 927);
  const double loss = once.run({.temperature = 0.7}, alpha);
  EXPECT_EQ(each.run({.temperature = PerRow(same)}, alpha), loss) << cols << ", alpha " << alpha;
  EXPECT_EQ(each.gradient, once.gradient) << cols << ", alpha " << alpha;
  some.run({.temperature = PerRow(others)}, alpha);
  for (const std::int64_t i : {0, 2, 4}) {
    for (std::int64_t j = 0; j < cols; ++j) ASSERT_EQ(some.grad(i, j), once.grad(i, j)) << cols;
  }
}

TEST(LabelLoss, TemperaturesOfRowsGiveTheBitsOfOneTemperature) {
  on_every_target([] {
    for (const double alpha : {0.7, 1.0, 1.3, 1.5, 2.0}) {
      for (const std::int64_t cols : {1, 3, 17, 48, 64, 65, 300, 33000}) {
        expect_the_bits_of_one_temperature<float>(cols, alpha);
        expect_the_bits_of_one_temperature<double>(cols, alpha);
      }
    }
  });
}

TEST(LabelLoss, OfACertainLabelIsTheSmallRest) {
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
