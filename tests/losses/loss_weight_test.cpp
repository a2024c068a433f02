// Laws of the weight that counts and of the scale: several batches are one.

#include <gtest/gtest.h>

#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <vector>

#include "support/random.hpp"
#include "support/refusal.hpp"

namespace gibbs::testing {
namespace {

// Six rows of five classes.
struct LossWeightTest : ::testing::Test {
  std::vector<double> x = normal_scores<double>(30, 2, 600);
  Rows<const double> scores{x.data(), 6, 5};
  std::vector<std::int64_t> labels{3, 0, -100, 1, 4, 4};
  std::vector<double> class_weights{1, 2, 0.5, 3, 0.25}, sample_weights{1, 0.5, 7, 2, 1, 0};
};

TEST_F(LossWeightTest, TheWeightIsWhatAMeanDividesBy) {
  const LossOptions<double> options{.class_weights = class_weights,
                                    .sample_weights = sample_weights};
  EXPECT_DOUBLE_EQ(loss_weight(scores, labels, options), 3 + 0.5 * 1 + 2 * 2 + 0.25);
  EXPECT_DOUBLE_EQ(loss_weight(scores, labels), 5);
  auto sum = options;
  sum.reduction = Reduction::kSum;
  EXPECT_NEAR(entmax15_loss(scores, labels, options),
              entmax15_loss(scores, labels, sum) / loss_weight(scores, labels, options), 1e-15);
}

TEST_F(LossWeightTest, ProbabilitiesWeighAsMuchAsTheirClasses) {
  const std::vector<double> y{0.5, 0, 0, 0.5, 0, 0, 0, 1, 0, 0};
  const Rows<const double> two(x.data(), 2, 5), targets(y.data(), 2, 5);
  EXPECT_DOUBLE_EQ(loss_weight(two, targets), 2);
  EXPECT_DOUBLE_EQ(loss_weight(two, targets, {.class_weights = class_weights}), 2 + 0.5);
}

TEST_F(LossWeightTest, TheScaledSumsOfPartsAddUpToTheMean) {
  std::vector<double> whole_grad(30), grad(30);
  LossOptions<double> options{.class_weights = class_weights, .label_smoothing = 0.1};
  options.grad_scores = Rows<double>(whole_grad.data(), 6, 5);
  const double whole = fenchel_young_loss(scores, labels, 1.5, options);
  const auto labels_of = [&](int part) {
    return std::span(labels).subspan(part == 0 ? 0 : 2, part == 0 ? 2 : 4);
  };
  const auto scores_of = [&](int part) {
    return Rows<const double>(x.data() + 10 * part, part == 0 ? 2 : 4, 5);
  };
  options.scale = 1 / (loss_weight(scores_of(0), labels_of(0), options) +
                       loss_weight(scores_of(1), labels_of(1), options));
  options.reduction = Reduction::kSum;
  double parts = 0;
  for (int part = 0; part < 2; ++part) {
    options.grad_scores = Rows<double>(grad.data() + 10 * part, part == 0 ? 2 : 4, 5);
    parts += fenchel_young_loss(scores_of(part), labels_of(part), 1.5, options);
  }
  EXPECT_NEAR(parts, whole, 1e-15);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_NEAR(grad[i], whole_grad[i], 1e-16);
}

TEST_F(LossWeightTest, TheScaleMultipliesTheLossAndEveryDerivative) {
  struct Found {
    std::vector<double> loss, scores, log_g;
    double mean = 0, temperature = 0, alpha = 0;
  };
  const std::vector<double> log_g = normal_scores<double>(5, 0.5, 601);
  const auto run = [&](double scale) {
    Found found{std::vector<double>(6), std::vector<double>(30), std::vector<double>(5)};
    LossOptions<double> options{
        .temperature = 2, .log_degeneracy = Rows<const double>(log_g), .z_loss = 0.1};
    options.scale = scale;
    fenchel_young_loss(scores, labels, 1.5, found.loss, options);
    options.grad_scores = Rows<double>(found.scores.data(), 6, 5);
    options.grad_temperature = {&found.temperature, 1};
    options.grad_log_degeneracy = Rows<double>(found.log_g);
    options.grad_alpha = {&found.alpha, 1};
    found.mean = fenchel_young_loss(scores, labels, 1.5, options);
    return found;
  };
  const Found one = run(1), scaled = run(-0.25);  // a power of two: no rounding
  EXPECT_EQ(scaled.mean, -0.25 * one.mean);
  EXPECT_EQ(scaled.temperature, -0.25 * one.temperature);
  EXPECT_EQ(scaled.alpha, -0.25 * one.alpha);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(scaled.loss[i], -0.25 * one.loss[i]);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(scaled.scores[i], -0.25 * one.scores[i]);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(scaled.log_g[i], -0.25 * one.log_g[i]);
}

TEST_F(LossWeightTest, WhatCannotBeCountedIsRefused) {
  const auto with = [&](const LossOptions<double>& options) {
    return refusal([&] { loss_weight(scores, labels, options); });
  };
  EXPECT_EQ(with({.ignore_index = 7}),
            "loss_weight: targets[2] must be a class from 0 to 4 or ignore_index 7, got -100");
  const std::vector<double> weights{1, -2, 1, 1, 1, 1};
  EXPECT_EQ(with({.sample_weights = weights}),
            "loss_weight: sample_weights[1] must not be negative, got -2");
  EXPECT_EQ(with({.class_weights = weights}),
            "loss_weight: class_weights must have 5 entries, one per class, got 6");
}

}  // namespace
}  // namespace gibbs::testing
