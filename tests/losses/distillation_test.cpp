// Laws of the distillation loss.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <limits>
#include <vector>

#include "support/batches.hpp"
#include "support/loss_reference.hpp"
#include "support/near.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

template <Score T>
long double distillation_bar(long double exact) {
  const long double ulp = std::same_as<T, double> ? 16 * 0x1p-52L : 8 * 0x1p-23L;
  return ulp * std::max(1.0L, std::abs(exact));
}

template <class T>
Problem softmax_problem(const std::vector<T>& x, double temperature) {
  Problem problem;
  problem.scores = widened(x);
  problem.temperature = static_cast<long double>(temperature);
  return problem;
}

// The teacher's scores, and the student's `apart` from them.
template <Score T>
struct Pair {
  Pair(std::int64_t n, double apart, std::uint64_t seed)
      : teacher(normal_scores<T>(n, 3, seed)), student(normal_scores<T>(n, apart, seed + 1)) {
    for (std::size_t i = 0; i < teacher.size(); ++i) {
      student[i] = from_double<T>(to_double(student[i]) + to_double(teacher[i]));
    }
  }
  std::vector<T> teacher, student;
};

TEST(Distillation, IsTSquaredTimesTheDivergence) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 17, 100}) {
      for (const double apart : {0.01, 1.0, 30.0}) {
        for (const double t : {0.05, 1.0, 4.0, 1000.0}) {
          const Pair<T> pair(n, apart, 800 + static_cast<std::uint64_t>(n));
          const auto exact = reference_distillation(softmax_problem(pair.student, t),
                                                    softmax_problem(pair.teacher, t));
          const double got = distillation_loss(pair.student, pair.teacher, {.temperature = t});
          // The reference subtracts logarithms of long doubles: T^2 of their ulps.
          const auto bar = distillation_bar<T>(exact) + static_cast<long double>(t * t) * 1e-18L;
          ASSERT_TRUE(near(got, exact, bar)) << "n " << n << " apart " << apart << " T " << t;
          ASSERT_GE(got, 0);
        }
      }
    }
  });
}

TEST(Distillation, ItsGradientsAreTheFiniteDifferences) {
  for (const double t : {0.5, 1.0, 4.0, 50.0}) {
    for (const double apart : {0.1, 2.0}) {
      const Pair<double> pair(9, apart, 810);
      const auto log_g = normal_scores<double>(9, 0.5, 811);
      Problem student = softmax_problem(pair.student, t),
              teacher = softmax_problem(pair.teacher, t);
      student.log_degeneracy = teacher.log_degeneracy = widened(log_g);
      std::vector<double> grad(9), by_t(1);
      distillation_loss(pair.student, pair.teacher,
                        {.temperature = t,
                         .log_degeneracy = Rows<const double>(log_g),
                         .grad_scores = Rows<double>(grad),
                         .grad_temperature = by_t});
      const auto slopes = numeric_slopes(widened(pair.student), [&](const auto& moved) {
        Problem at = student;
        at.scores = moved;
        return reference_distillation(at, teacher);
      });
      for (std::size_t i = 0; i < 9; ++i) EXPECT_TRUE(near(grad[i], slopes[i], 1e-11L)) << t;
      const auto in_t = derivative(
          [&](long double moved) {
            Problem one = student, other = teacher;
            one.temperature = other.temperature = moved;
            return reference_distillation(one, other);
          },
          t);
      EXPECT_TRUE(near(by_t[0], in_t, 1e-9L)) << t;
    }
  }
}

TEST(Distillation, AtAnyTemperatureIsTTimesTheFenchelYoungLossOfTheTeachersProbabilities) {
  const Pair<double> pair(12, 1, 820);
  for (const double t : {0.5, 3.0}) {
    std::vector<double> y(12), grad(12), expected(12);
    softmax(pair.teacher, y, {.temperature = t});
    const double loss = fenchel_young_loss(
        pair.student, y, 1, {.temperature = t, .grad_scores = Rows<double>(expected)});
    EXPECT_NEAR(distillation_loss(pair.student, pair.teacher,
                                  {.temperature = t, .grad_scores = Rows<double>(grad)}),
                t * loss, 1e-14);
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(grad[i], t * expected[i], 1e-15);
  }
}

TEST(Distillation, IsExactlyZeroForScoresThatDifferByAConstant) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> teacher, student, grad(5, from_double<T>(3));
    for (const double score : {1.0, -2.0, 0.5, 4.0, 4.0}) {
      teacher.push_back(from_double<T>(score));
      student.push_back(from_double<T>(score + 8));
    }
    for (const double t : {0.0, 0.1, 1.0, 1e6, kInf}) {
      EXPECT_EQ(
          distillation_loss(student, teacher, {.temperature = t, .grad_scores = Rows<T>(grad)}), 0);
      for (const T g : grad) EXPECT_EQ(to_double(g), 0);
    }
  });
}

TEST(Distillation, TendsToHalfTheVarianceOfTheDifferenceAsTGrows) {
  const std::vector<double> student{1, 3, -2}, teacher{0, 1, 1};  // z - x: -1, -2, 3
  std::vector<double> grad(3), by_t(1), near_limit(3);
  const double limit = distillation_loss(
      student, teacher,
      {.temperature = kInf, .grad_scores = Rows<double>(grad), .grad_temperature = by_t});
  EXPECT_NEAR(limit, 14.0 / 6, 1e-15);
  EXPECT_NEAR(grad[2], -1, 1e-15);
  EXPECT_EQ(by_t[0], 0);
  EXPECT_NEAR(distillation_loss(student, teacher,
                                {.temperature = 1e9, .grad_scores = Rows<double>(near_limit)}),
              limit, 1e-8);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(near_limit[i], grad[i], 1e-8);
}

TEST(Distillation, TheMeanDividesByTheRowsAndNotByTheClasses) {
  const Pair<double> pair(20, 1, 830);
  const Rows<const double> student(pair.student.data(), 4, 5), teacher(pair.teacher.data(), 4, 5);
  std::vector<double> each(4), of_each(20), grad(20), by_t(4);
  distillation_loss(
      student, teacher, each,
      {.temperature = 2, .grad_scores = {of_each.data(), 4, 5}, .grad_temperature = by_t});
  const double sum = each[0] + each[1] + each[2] + each[3];
  std::vector<double> total(1);
  const auto mean = distillation_loss(
      student, teacher,
      {.temperature = 2, .grad_scores = {grad.data(), 4, 5}, .grad_temperature = total});
  EXPECT_NEAR(mean, sum / 4, 1e-15);
  EXPECT_NEAR(total[0], (by_t[0] + by_t[1] + by_t[2] + by_t[3]) / 4, 1e-15);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(grad[i], of_each[i] / 4, 1e-16);
  EXPECT_NEAR(distillation_loss(student, teacher, {.temperature = 2, .reduction = Reduction::kSum}),
              sum, 1e-14);
  const std::vector<double> weights{0, 2, 1, 0};
  EXPECT_NEAR(distillation_loss(student, teacher, {.temperature = 2, .sample_weights = weights}),
              (2 * each[1] + each[2]) / 3, 1e-15);
  const std::vector<double> temperatures{2, 2, 2, 1};
  std::vector<double> varied(4);
  distillation_loss(student, teacher, varied, {.temperature = temperatures});
  EXPECT_EQ(varied[2], each[2]);
  EXPECT_NE(varied[3], each[3]);
}

// docs/numbers.md, line by line.
TEST(Distillation, EdgesAreThoseOfTheContract) {
  on_every_target_and_type([]<Score T>() {
    std::vector<T> grad(3, from_double<T>(7));
    const auto of = [](std::initializer_list<double> values) {
      std::vector<T> all;
      for (const double value : values) all.push_back(from_double<T>(value));
      return all;
    };
    const auto loss = [&](const std::vector<T>& x, const std::vector<T>& z, double t = 2) {
      return distillation_loss(x, z, {.temperature = t, .grad_scores = Rows<T>(grad)});
    };
    const double nan = std::nan("");
    for (const bool in_teacher : {false, true}) {
      const auto bad = of({1, nan, 0}), good = of({1, 2, 0});
      EXPECT_TRUE(std::isnan(in_teacher ? loss(good, bad) : loss(bad, good)));
      for (const T g : grad) EXPECT_TRUE(std::isnan(to_double(g)));
    }
    std::vector<T> two(2);
    const double without =
        distillation_loss(of({1, 2}), of({0, 3}), {.temperature = 2, .grad_scores = Rows<T>(two)});
    EXPECT_EQ(loss(of({1, 2, -kInf}), of({0, 3, -kInf})), without);
    EXPECT_EQ(to_double(grad[2]), 0);
    EXPECT_EQ(to_double(grad[1]), to_double(two[1]));
    EXPECT_EQ(loss(of({1, 2, -kInf}), of({0, 3, 1})), kInf);
    EXPECT_EQ(to_double(grad[2]), 0);
    // Mass of the student where the teacher has none: the rest is too little.
    const double some = loss(of({1, 2, 0}), of({0, 3, -kInf}));
    EXPECT_GT(some, without);
    EXPECT_LT(some, 4);
    EXPECT_GT(to_double(grad[2]), 0);
    EXPECT_EQ(loss(of({1, kInf, 0}), of({0, 3, 1})), kInf);
    EXPECT_EQ(loss(of({1, kInf, 0}), of({0, kInf, 1})), 0);
    EXPECT_TRUE(std::isfinite(loss(of({1, 2, 0}), of({0, kInf, 1}))));
    EXPECT_EQ(loss(of({1, 2, 0}), of({-kInf, -kInf, -kInf})), 0);
    for (const T g : grad) EXPECT_EQ(to_double(g), 0);
    EXPECT_EQ(loss(of({1, 2, 0}), of({0, 3, 1}), 0), 0);
    EXPECT_EQ(loss(of({1, 2, -kInf}), of({0, 3, 5}), 0), kInf);
    EXPECT_EQ(loss(of({1, 2, -kInf}), of({0, 3, 1}), kInf), kInf);
    const bool on[] = {true, true, false};
    const auto x = of({1, 2, nan}), z = of({0, 3, 9});
    EXPECT_EQ(distillation_loss(x, z, {.temperature = 2, .mask = Rows<const bool>(on, 1, 3)}),
              without);
  });
}

TEST(Distillation, AStudentFarFromItsTeacherStaysFinite) {
  const std::vector<double> x{0, 5000, 0}, z{0, 0, 5000};
  std::vector<double> grad(3);
  EXPECT_NEAR(distillation_loss(x, z, {.grad_scores = Rows<double>(grad)}), 5000, 1e-9);
  EXPECT_EQ(grad, (std::vector<double>{0, 1, -1}));
  EXPECT_NEAR(distillation_loss(x, z, {.temperature = 1e-300}), 0, 1e-290);
}

TEST(Distillation, EveryLayoutHasTheSameBitsAndTheOutputMayBeTheInput) {
  on_every_target_for<double, float, bfloat16>([]<Score T>() {
    const auto values = normal_scores<T>(7 * 20, 2, 840), others = normal_scores<T>(7 * 20, 2, 841);
    Batch<T> plain(7, 20), teacher(7, 20), plain_grad(7, 20);
    fill(plain, values);
    fill(teacher, others);
    const double expected =
        distillation_loss(plain.input(), teacher.input(), {.grad_scores = plain_grad.view()});
    for (const Layout& layout : kLayouts) {
      Batch<T> x(7, 20, layout), z(7, 20, layout);
      fill(x, values);
      fill(z, others);
      EXPECT_EQ(distillation_loss(x.input(), z.input(), {.grad_scores = x.view()}), expected);
      EXPECT_EQ(x.guards_touched(), 0);
      EXPECT_EQ(widened(values_of(x)), widened(values_of(plain_grad))) << layout.name;
    }
  });
}

TEST(Distillation, WhatIsWrongIsSaid) {
  const std::vector<double> x{1, 2}, three{1, 2, 3};
  EXPECT_EQ(refusal([&] { distillation_loss(x, three); }),
            "distillation_loss: teacher_scores must have the shape of scores, 1 x 2, got 1 x 3");
  EXPECT_EQ(refusal([&] { distillation_loss(x, x, {.temperature = -1}); }),
            "distillation_loss: temperature must not be negative, got -1");
  std::vector<double> losses(2);
  EXPECT_EQ(refusal([&] { distillation_loss(x, x, losses); }),
            "distillation_loss: losses must have 1 entry, one per row, got 2");
}

}  // namespace
}  // namespace gibbs::testing
