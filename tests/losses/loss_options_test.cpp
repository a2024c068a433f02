// Laws of what a loss can be told: weights, smoothing, ignored rows, reductions, layouts.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "support/batches.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Four rows of five classes.
class LossOptionsTest : public ::testing::Test {
 protected:
  std::vector<double> x_ = normal_scores<double>(20, 2, 500);
  Rows<const double> scores_{x_.data(), 4, 5};
  std::vector<std::int64_t> labels_{3, 0, 4, 1};
  std::vector<double> grad_ = std::vector<double>(20);

  std::vector<double> each(const LossOptions<double>& options = {}, double alpha = 1.5) {
    std::vector<double> losses(4);
    fenchel_young_loss(scores_, labels_, alpha, losses, options);
    return losses;
  }
};

TEST_F(LossOptionsTest, TheSumAndTheMeanAreThoseOfTheRows) {
  const auto losses = each();
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  EXPECT_NEAR(entmax15_loss(scores_, labels_, {.reduction = Reduction::kSum}), sum, 1e-14);
  EXPECT_NEAR(entmax15_loss(scores_, labels_), sum / 4, 1e-14);
  std::vector<double> of_each(20);
  each({.grad_scores = Rows<double>(of_each.data(), 4, 5)});
  entmax15_loss(scores_, labels_, {.grad_scores = Rows<double>(grad_.data(), 4, 5)});
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(grad_[i], of_each[i] / 4, 1e-15);
}

TEST_F(LossOptionsTest, IgnoredRowsAreNotThere) {
  const auto all = each();
  labels_[1] = labels_[2] = -100;
  EXPECT_NEAR(entmax15_loss(scores_, labels_, {.grad_scores = Rows<double>(grad_.data(), 4, 5)}),
              (all[0] + all[3]) / 2, 1e-15);
  for (std::size_t i = 5; i < 15; ++i) EXPECT_EQ(grad_[i], 0);
  EXPECT_LT(grad_[3], 0);  // of the labels that stay
  EXPECT_LT(grad_[16], 0);
  EXPECT_EQ(each()[1], 0);
  labels_ = {7, 7, 7, 7};
  EXPECT_EQ(entmax15_loss(scores_, labels_,
                          {.ignore_index = 7, .grad_scores = Rows<double>(grad_.data(), 4, 5)}),
            0);
  for (const double g : grad_) EXPECT_EQ(g, 0);
}

TEST_F(LossOptionsTest, ARowThatIsIgnoredMayHoldAnything) {
  labels_[2] = -100;
  const double clean = cross_entropy(scores_, labels_);
  x_[11] = std::nan("");
  EXPECT_EQ(cross_entropy(scores_, labels_, {.grad_scores = Rows<double>(grad_.data(), 4, 5)}),
            clean);
  for (std::size_t i = 10; i < 15; ++i) EXPECT_EQ(grad_[i], 0);
}

TEST_F(LossOptionsTest, ABatchOfNoRowsHasLossZero) {
  const Rows<const double> none(x_.data(), 0, 5);
  EXPECT_EQ(cross_entropy(none, std::vector<int>{}), 0);
  EXPECT_EQ(cross_entropy(none, std::vector<int>{}, {.reduction = Reduction::kSum}), 0);
}

TEST_F(LossOptionsTest, ARowOfNoClassesHasLossZero) {
  const Rows<const double> none(x_.data(), 4, 0);
  std::vector<double> losses(4, 7.0), by_t(4);
  cross_entropy(none, none, losses,
                {.grad_scores = Rows<double>(grad_.data() + 1, 4, 0), .grad_temperature = by_t});
  EXPECT_EQ(losses, std::vector<double>(4, 0.0));
  EXPECT_EQ(grad_, std::vector<double>(20, 0.0));
}

TEST_F(LossOptionsTest, ALabelOfARowOfNoClassesIsRefusedWithThatReason) {
  const Rows<const double> none(x_.data(), 2, 0);
  EXPECT_EQ(
      refusal([&] {
        cross_entropy(none, std::vector<int>{-100, 0});
      }),
      "cross_entropy: targets[1] must be ignore_index -100, as the rows have no columns, got 0");
}

TEST_F(LossOptionsTest, SampleWeightsCountRows) {
  const auto all = each();
  const std::vector<double> weights{2, 0, 1, 0.5};
  const auto weighted = each({.sample_weights = weights});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(weighted[i], weights[i] * all[i], 1e-15);
  EXPECT_NEAR(entmax15_loss(scores_, labels_, {.sample_weights = weights}),
              (2 * all[0] + all[2] + 0.5 * all[3]) / 3.5, 1e-15);
  const std::vector<double> nothing(4, 0.0);
  EXPECT_EQ(entmax15_loss(scores_, labels_, {.sample_weights = nothing}), 0);
}

TEST_F(LossOptionsTest, WeightsThatCannotBeAddedUpHaveNoMean) {
  const std::vector<double> huge(4, 1e308);
  EXPECT_TRUE(std::isnan(cross_entropy(scores_, labels_, {.sample_weights = huge})));
}

TEST_F(LossOptionsTest, ARowOfWeightZeroMayHoldAnything) {
  const std::vector<double> weights{1, 1, 0, 1};
  x_[14] = -kInf;  // the label of row 2
  EXPECT_TRUE(std::isfinite(cross_entropy(scores_, labels_, {.sample_weights = weights})));
  x_[12] = std::nan("");
  EXPECT_TRUE(std::isfinite(
      cross_entropy(scores_, labels_,
                    {.sample_weights = weights, .grad_scores = Rows<double>(grad_.data(), 4, 5)})));
  for (std::size_t i = 10; i < 15; ++i) EXPECT_EQ(grad_[i], 0);
}

TEST_F(LossOptionsTest, ClassWeightsOfLabelsWeighTheirRows) {
  const std::vector<double> w{1, 2, 0.5, 3, 0.25};
  const auto all = each();
  const auto weighted = each({.class_weights = w});
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double weight = w[static_cast<std::size_t>(labels_[i])];
    EXPECT_NEAR(weighted[i], weight * all[i], 1e-15);
    sum += weight * all[i];
    total += weight;
  }
  EXPECT_NEAR(entmax15_loss(scores_, labels_, {.class_weights = w}), sum / total, 1e-15);
}

// As PyTorch does: w_k for each class's share of the cross-entropy.
TEST_F(LossOptionsTest, ClassWeightsAndSmoothingOfCrossEntropyAreTheFields) {
  const std::vector<double> w{1, 2, 0.5, 3, 0.25};
  const double e = 0.3;
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::span<const double> row(x_.data() + 5 * i, 5);
    std::vector<double> log_p(5);
    log_softmax(row, log_p);
    const auto label = static_cast<std::size_t>(labels_[i]);
    for (std::size_t k = 0; k < 5; ++k) {
      const double y = (k == label ? 1 - e : 0) + e / 5;
      sum -= w[k] * y * log_p[k];
    }
    total += w[label];
  }
  EXPECT_NEAR(cross_entropy(scores_, labels_, {.class_weights = w, .label_smoothing = e}),
              sum / total, 1e-14);
}

TEST_F(LossOptionsTest, SmoothedLabelsAreTheProbabilitiesThatTheySpell) {
  std::vector<double> y(20, 0.04), same(20);
  for (std::size_t i = 0; i < 4; ++i) y[5 * i + static_cast<std::size_t>(labels_[i])] = 0.84;
  const Rows<const double> targets(y.data(), 4, 5);
  for (const double alpha : {1.0, 1.5, 2.0, 0.5}) {
    EXPECT_NEAR(fenchel_young_loss(
                    scores_, labels_, alpha,
                    {.label_smoothing = 0.2, .grad_scores = Rows<double>(grad_.data(), 4, 5)}),
                fenchel_young_loss(scores_, targets, alpha,
                                   {.grad_scores = Rows<double>(same.data(), 4, 5)}),
                1e-14);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(grad_[i], same[i], 1e-15);
  }
}

TEST_F(LossOptionsTest, SmoothingGivesNothingToAbsentStates) {
  x_[2] = -kInf;  // a class that is no state of row 0
  EXPECT_TRUE(std::isfinite(cross_entropy(scores_, labels_, {.label_smoothing = 0.1})));
  const auto inf = each({.label_smoothing = 0.1}, 1);
  const std::vector<double> y{0.025, 0.025, 0, 0.925, 0.025};
  std::vector<double> dense(1);
  fenchel_young_loss(std::span<const double>(x_.data(), 5), y, 1, dense);
  EXPECT_NEAR(inf[0], dense[0], 1e-14);
}

TEST_F(LossOptionsTest, TheZLossAddsTheSquareOfTheOptimalValue) {
  for (const double alpha : {1.0, 1.5}) {
    std::vector<double> log_z(4);
    std::vector<double> p(20);
    entmax(scores_, Rows<double>(p.data(), 4, 5),
           {.alpha = alpha, .temperature = 2, .log_partition = log_z});
    const auto plain = each({.temperature = 2}, alpha);
    const auto both = each({.temperature = 2, .z_loss = 0.1}, alpha);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(both[i], plain[i] + 0.1 * 4 * log_z[i] * log_z[i], 1e-13);
    }
  }
}

// Every option at once, against central differences of the loss itself.
TEST_F(LossOptionsTest, EveryOptionIsInEveryDerivative) {
  const std::vector<double> w{1, 2, 0.5, 3, 0.25}, s{1, 0.5, 2, 1};
  std::vector<double> log_g = normal_scores<double>(5, 0.5, 501);
  double alpha = 1.3, temperature = 1.7;
  std::vector<double> by_t(1), by_alpha(1), by_log_g(5);
  const auto options = [&] {
    return LossOptions<double>{.temperature = temperature,
                               .log_degeneracy = Rows<const double>(log_g),
                               .class_weights = w,
                               .sample_weights = s,
                               .label_smoothing = 0.1,
                               .z_loss = 0.05};
  };
  const auto loss = [&] { return fenchel_young_loss(scores_, labels_, alpha, options()); };
  auto with_outputs = options();
  with_outputs.grad_scores = Rows<double>(grad_.data(), 4, 5);
  with_outputs.grad_temperature = by_t;
  with_outputs.grad_alpha = by_alpha;
  with_outputs.grad_log_degeneracy = Rows<double>(by_log_g);
  fenchel_young_loss(scores_, labels_, alpha, with_outputs);
  const auto slope = [&](double& at) {
    const double start = at, h = 1e-5;
    at = start + h;
    const double above = loss();
    at = start - h;
    const double below = loss();
    at = start;
    return (above - below) / (2 * h);
  };
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(grad_[i], slope(x_[i]), 1e-8);
  for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(by_log_g[k], slope(log_g[k]), 1e-8);
  EXPECT_NEAR(by_t[0], slope(temperature), 1e-8);
  EXPECT_NEAR(by_alpha[0], slope(alpha), 1e-8);
}

TEST_F(LossOptionsTest, AlphaAndTemperatureMayBeOnePerRow) {
  const std::vector<double> alphas{1, 1.5, 2, 0.7}, temperatures{1, 0.5, 2, 3};
  std::vector<double> together(4), alone(4), by_t(4), by_alpha(4), one(1);
  fenchel_young_loss(
      scores_, labels_, alphas, together,
      {.temperature = temperatures, .grad_temperature = by_t, .grad_alpha = by_alpha});
  for (std::size_t i = 0; i < 4; ++i) {
    const std::span<const double> row(x_.data() + 5 * i, 5);
    std::vector<double> t(1), a(1);
    fenchel_young_loss(row, std::vector<std::int64_t>{labels_[i]}, alphas[i], one,
                       {.temperature = temperatures[i], .grad_temperature = t, .grad_alpha = a});
    EXPECT_EQ(together[i], one[0]);
    EXPECT_EQ(by_t[i], t[0]);
    EXPECT_EQ(by_alpha[i], a[0]);
  }
}

TEST_F(LossOptionsTest, TheEntropyIsThatOfThePrediction) {
  std::vector<double> entropies(4), expected(4), p(20);
  each({.entropy = entropies});
  entmax(scores_, Rows<double>(p.data(), 4, 5), {.alpha = 1.5, .entropy = expected});
  EXPECT_EQ(entropies, expected);
}

TEST(LossLayouts, EveryLayoutHasTheSameLossAndGradient) {
  on_every_target_for<double, float, bfloat16>([]<Score T>() {
    const auto values = normal_scores<T>(7 * 20, 2, 510);
    const std::vector<std::int64_t> labels{0, 19, 3, -100, 7, 7, 1};
    Batch<T> plain(7, 20), plain_grad(7, 20);
    fill(plain, values);
    const double loss = sparsemax_loss(plain.input(), labels, {.grad_scores = plain_grad.view()});
    for (const Layout& layout : kLayouts) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, layout.name);
      Batch<T> x(7, 20, layout), grad(7, 20, layout);
      fill(x, values);
      EXPECT_EQ(sparsemax_loss(x.input(), labels, {.grad_scores = grad.view()}), loss);
      EXPECT_EQ(grad.guards_touched(), 0);
      for (std::int64_t i = 0; i < 7; ++i) {
        for (std::int64_t j = 0; j < 20; ++j) {
          EXPECT_EQ(to_double(grad(i, j)), to_double(plain_grad(i, j)));
        }
      }
      EXPECT_EQ(sparsemax_loss(x.input(), labels, {.grad_scores = x.view()}), loss);  // in place
      EXPECT_EQ(to_double(x(1, 19)), to_double(plain_grad(1, 19)));
    }
  });
}

TEST(LossLayouts, ThreadsAndBatchesChangeNoBit) {
  for (const std::int64_t cols : {10, 1000, 70000}) {
    const std::int64_t rows = 400000 / cols;
    const auto x = normal_scores<float>(rows * cols, 2, 520);
    std::vector<std::int64_t> labels;
    for (std::int64_t i = 0; i < rows; ++i) labels.push_back(i % cols);
    const auto run = [&](int threads, std::vector<float>& grad, std::vector<float>& by_g) {
      set_num_threads(threads);
      const double loss = cross_entropy(Rows<const float>(x.data(), rows, cols), labels,
                                        {.grad_scores = Rows<float>(grad.data(), rows, cols),
                                         .grad_log_degeneracy = Rows<float>(by_g.data(), 1, cols)});
      set_num_threads(0);
      return loss;
    };
    std::vector<float> one(x.size()), two(x.size()), g1(static_cast<std::size_t>(cols)), g2 = g1;
    EXPECT_EQ(run(1, one, g1), run(2, two, g2));
    EXPECT_EQ(one, two);
    EXPECT_EQ(g1, g2);
    std::vector<float> losses(static_cast<std::size_t>(rows)), alone(1);
    cross_entropy(Rows<const float>(x.data(), rows, cols), labels, losses);
    cross_entropy(std::span<const float>(x.data() + cols, static_cast<std::size_t>(cols)),
                  std::vector<std::int64_t>{labels[1]}, alone);
    EXPECT_EQ(alone[0], losses[1]);
  }
}

TEST_F(LossOptionsTest, WhatIsWrongIsSaid) {
  const auto with = [&](const LossOptions<double>& options) {
    return refusal([&] { cross_entropy(scores_, labels_, options); });
  };
  EXPECT_EQ(with({.temperature = -1}), "cross_entropy: temperature must not be negative, got -1");
  EXPECT_EQ(with({.label_smoothing = 1.5}),
            "cross_entropy: label_smoothing must be from 0 to 1, got 1.5");
  EXPECT_EQ(with({.z_loss = std::nan("")}), "cross_entropy: z_loss must not be NaN, got nan");
  const std::vector<double> w{1, 2, -3, 0, 0}, s{1, 1};
  EXPECT_EQ(with({.class_weights = w}),
            "cross_entropy: class_weights[2] must not be negative, got -3");
  EXPECT_EQ(with({.class_weights = s}),
            "cross_entropy: class_weights must have 5 entries, one per class, got 2");
  EXPECT_EQ(with({.sample_weights = s}),
            "cross_entropy: sample_weights must have 4 entries, one per row, got 2");
  EXPECT_EQ(with({.grad_scores = Rows<double>(grad_.data(), 5, 4)}),
            "cross_entropy: grad_scores must have the shape of scores, 4 x 5, got 5 x 4");
  labels_[3] = 5;
  EXPECT_EQ(with({}),
            "cross_entropy: targets[3] must be a class from 0 to 4 or ignore_index -100, got 5");
  labels_.pop_back();
  EXPECT_EQ(with({}), "cross_entropy: targets must have 4 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { fenchel_young_loss(scores_, grad_, 1.5); }),
            "fenchel_young_loss: targets must have the shape of scores, 4 x 5, got 1 x 20");
  labels_.push_back(1);
  EXPECT_EQ(refusal([&] { fenchel_young_loss(scores_, labels_, 0); }),
            "fenchel_young_loss: alpha must be positive, got 0");
  std::vector<double> losses(3);
  EXPECT_EQ(refusal([&] { sparsemax_loss(scores_, labels_, losses); }),
            "sparsemax_loss: losses must have 4 entries, one per row, got 3");
}

}  // namespace
}  // namespace gibbs::testing
