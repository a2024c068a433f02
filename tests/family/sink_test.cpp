// Softmax with a sink: softmax of the row with one state more, of which the row is returned.

#include <gtest/gtest.h>

#include <cmath>
#include <gibbs/family/sink.hpp>
#include <gibbs/gibbs.hpp>
#include <vector>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/refusal.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// What a call wrote.
template <Score T>
struct Sunk {
  std::vector<T> probabilities;
  std::vector<working_t<T>> log_partition, sink_probability;
};

template <Score T>
Sunk<T> map_with_sink(Rows<const T> scores, SinkOptions<T> options) {
  const auto rows = static_cast<std::size_t>(scores.rows);
  Sunk<T> out{std::vector<T>(rows * static_cast<std::size_t>(scores.cols)),
              std::vector<working_t<T>>(rows), std::vector<working_t<T>>(rows)};
  options.log_partition = out.log_partition;
  options.sink_probability = out.sink_probability;
  sink_softmax(scores, Rows<T>(out.probabilities.data(), scores.rows, scores.cols), options);
  return out;
}

// The last state of the problem is the sink.
template <Score T>
void expect_as_reference(const Problem& problem) {
  using W = working_t<T>;
  Problem seen = rounded_to<T>(problem);
  seen.scores.back() = from_double<W>(problem.scores.back());
  const Solution exact = solve(seen);
  std::vector<T> scores = converted<T>(seen.scores);
  std::vector<W> log_g = converted<W>(seen.log_degeneracy);
  std::vector<bool> on = seen.mask;
  scores.pop_back();
  SinkOptions<T> options{.sink = static_cast<double>(seen.scores.back()),
                         .temperature = static_cast<double>(seen.temperature)};
  if (!log_g.empty()) {
    log_g.pop_back();
    options.log_degeneracy = log_g;
  }
  if (!on.empty()) on.pop_back();
  const Mask mask(on);
  if (!on.empty()) options.mask = mask.view();
  const Sunk<T> got = map_with_sink(Rows<const T>(scores), options);
  EXPECT_TRUE(probabilities_are_close(got.probabilities, seen, exact));
  EXPECT_LE(ulps(got.sink_probability[0], exact.probabilities.back()), softmax_bar<W>())
      << got.sink_probability[0] << ", exact " << exact.probabilities.back();
  EXPECT_LE(ulps_of_log(got.log_partition[0], exact.log_partition), 4 * softmax_bar<W>())
      << got.log_partition[0] << ", exact " << exact.log_partition;
}

Problem problem_of(std::int64_t n, long double sink, double temperature = 1) {
  Problem problem;
  problem.scores = widened(normal_scores<float>(n, 2, 321));
  problem.scores.push_back(sink);
  problem.temperature = temperature;
  return problem;
}

TEST(Sink, IsSoftmaxWithOneStateMore) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {1, 2, 7, 47, 48, 49, 255, 256, 257, 1000, 5000}) {
      for (const long double sink : {0.0L, -3.25L, 11.3L}) {
        for (const double t : {0.5, 1.0, 7.0}) expect_as_reference<T>(problem_of(n, sink, t));
      }
      if (HasFailure()) FAIL() << n;
    }
  });
}

TEST(Sink, ALongRowHasOneToo) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const std::int64_t n : {32768, 70000}) expect_as_reference<T>(problem_of(n, 12));
  });
}

TEST(Sink, DegeneracyAndMaskAreThoseOfTheOtherStates) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {3, 40, 300}) {
      Problem problem = problem_of(n, 0.5L, 2);
      problem.mask.assign(problem.scores.size(), true);
      for (std::size_t i = 0; i + 1 < problem.mask.size(); i += 3) problem.mask[i] = false;
      expect_as_reference<T>(problem);
      problem.log_degeneracy = widened(normal_scores<working_t<T>>(n, 1, 322));
      problem.log_degeneracy[1] = -kInfinity;
      problem.log_degeneracy.push_back(0);
      expect_as_reference<T>(problem);
      problem.mask.clear();
      expect_as_reference<T>(problem);
    }
  });
}

TEST(Sink, AtZeroItIsOffByOne) {
  const std::vector<double> x{1, -2};
  std::vector<double> p(2);
  sink_softmax(x, p);
  const double z = 1 + std::exp(1.0) + std::exp(-2.0);
  EXPECT_NEAR(p[0], std::exp(1.0) / z, 1e-15);
  EXPECT_NEAR(p[1], std::exp(-2.0) / z, 1e-15);
}

TEST(Sink, AtMinusInfinityItIsSoftmax) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t n : {5, 100, 1000}) {
      const auto x = normal_scores<T>(n, 2, 323);
      Problem problem;
      problem.scores = widened(x);
      const auto got = map_with_sink<T>(Rows<const T>(x), {.sink = -kInf});
      EXPECT_TRUE(probabilities_are_close(got.probabilities, problem, solve(problem)));
      EXPECT_EQ(got.sink_probability[0], 0);
    }
  });
}

TEST(Sink, TheEdgesAreThoseOfSoftmaxWithTheSinkAsAState) {
  on_every_target_and_type([]<Score T>() {
    const std::vector<std::vector<long double>> rows{{1, 3, 3},
                                                     {1, kInfinity, -1},
                                                     {-kInfinity, 2, -kInfinity},
                                                     std::vector<long double>(3, -kInfinity),
                                                     {}};
    for (auto scores : rows) {
      for (const long double sink : {-kInfinity, 0.0L, 3.0L, kInfinity}) {
        scores.push_back(sink);
        for (const long double t : {0.0L, 1.0L, kInfinity}) {
          Problem problem{scores, 1, t};
          expect_as_reference<T>(problem);
          problem.log_degeneracy = {0.5L, -1, 2};
          problem.log_degeneracy.resize(scores.size());
          problem.log_degeneracy.back() = 0;
          expect_as_reference<T>(problem);
          if (HasFailure()) FAIL() << "sink " << sink << " T " << t << " states " << scores.size();
        }
        scores.pop_back();
      }
    }
  });
}

TEST(Sink, ANanMakesItsWholeRowNanAndNoOther) {
  on_every_target_and_type([]<Score T>() {
    auto x = normal_scores<T>(3 * 100, 2, 324);
    x[142] = from_double<T>(kNan);
    const auto got = map_with_sink<T>(Rows<const T>(x.data(), 3, 100), {});
    for (std::size_t i = 0; i < 300; ++i) {
      ASSERT_EQ(std::isnan(to_double(got.probabilities[i])), i / 100 == 1);
    }
    EXPECT_TRUE(std::isnan(got.sink_probability[1]));
    EXPECT_TRUE(std::isnan(got.log_partition[1]));
    EXPECT_FALSE(std::isnan(got.sink_probability[2]));
  });
}

TEST(Sink, AFiniteSinkIsNoInfiniteOne) {
  on_every_target_and_type([]<Score T>() {
    const auto nothing = converted<T>({-kInfinity, -kInfinity});
    const auto low = map_with_sink<T>(Rows<const T>(nothing), {.sink = -1e300});
    EXPECT_EQ(low.sink_probability[0], 1);
    const auto certain = converted<T>({kInfinity, 0});
    const auto high = map_with_sink<T>(Rows<const T>(certain), {.sink = 1e300});
    EXPECT_EQ(to_double(high.probabilities[0]), 1);
    EXPECT_EQ(high.sink_probability[0], 0);
  });
}

TEST(Sink, ARowWithItsOwnSinkAndTemperatureIsThatRowAlone) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    const std::vector<double> sinks{0, 1, -kInf, 5, 0}, temperatures{1, 0.5, 2, 0, kInf};
    const auto x = normal_scores<T>(5 * 60, 1, 325);
    const auto log_g = normal_scores<W>(5 * 60, 1, 326);
    for (const bool weighted : {false, true}) {
      SinkOptions<T> options{.sink = sinks, .temperature = temperatures};
      if (weighted) options.log_degeneracy = Rows<const W>(log_g.data(), 5, 60);
      const auto together = map_with_sink(Rows<const T>(x.data(), 5, 60), options);
      for (std::size_t i = 0; i < 5; ++i) {
        SinkOptions<T> of_row{.sink = sinks[i], .temperature = temperatures[i]};
        if (weighted) of_row.log_degeneracy = Rows<const W>(log_g.data() + 60 * i, 1, 60);
        const auto alone = map_with_sink(Rows<const T>(x.data() + 60 * i, 1, 60), of_row);
        const auto first = together.probabilities.begin() + static_cast<std::ptrdiff_t>(60 * i);
        EXPECT_TRUE(same_bits(std::vector<T>(first, first + 60), alone.probabilities)) << i;
        EXPECT_TRUE(same_bits(std::vector{together.sink_probability[i]}, alone.sink_probability));
        EXPECT_TRUE(same_bits(std::vector{together.log_partition[i]}, alone.log_partition));
      }
    }
  });
}

struct Size {
  std::int64_t rows, cols;
};
constexpr Size kSizes[] = {{1, 5}, {7, 10}, {33, 48}, {70, 130}, {3, 1000}};

TEST(Sink, NeitherLayoutNorPlaceNorNeighboursChangeABit) {
  on_every_target_and_type([]<Score T>() {
    for (const auto& [rows, cols] : kSizes) {
      const auto scores = normal_scores<T>(rows * cols, 2, 327);
      std::vector<T> expected;
      for (std::int64_t i = 0; i < rows; ++i) {
        const auto alone = map_with_sink(Rows<const T>(scores.data() + i * cols, 1, cols),
                                         SinkOptions<T>{.sink = 1.0});
        expected.insert(expected.end(), alone.probabilities.begin(), alone.probabilities.end());
      }
      for (const Layout& layout : kLayouts) {
        Batch<T> in(rows, cols, layout), out(rows, cols, layout);
        fill(in, scores);
        sink_softmax(in.input(), out.view(), {.sink = 1.0});
        ASSERT_TRUE(same_bits(values_of(out), expected)) << layout.name;
        EXPECT_EQ(out.guards_touched(), 0) << layout.name;
        sink_softmax(in.input(), in.view(), {.sink = 1.0});
        ASSERT_TRUE(same_bits(values_of(in), expected)) << "in place, " << layout.name;
      }
    }
  });
}

TEST(Sink, WhatCannotBeMappedIsRefused) {
  const std::vector<float> x(6);
  std::vector<float> p(6), three(3);
  const Rows<const float> scores(x.data(), 2, 3);
  const Rows<float> out(p.data(), 2, 3);
  const auto with = [&](const SinkOptions<float>& options) {
    return refusal([&] { sink_softmax(scores, out, options); });
  };
  const std::vector<double> nan{0, std::nan("")}, many{0, 0, 0};
  EXPECT_EQ(with({.sink = std::nan("")}), "sink_softmax: sink must not be NaN, got nan");
  EXPECT_EQ(with({.sink = nan}), "sink_softmax: sink must not be NaN, got nan in row 1");
  EXPECT_EQ(with({.sink = many}), "sink_softmax: sink must be one number or one per row, 2, got 3");
  EXPECT_EQ(with({.temperature = -1.0}), "sink_softmax: temperature must not be negative, got -1");
  EXPECT_EQ(with({.log_partition = three}),
            "sink_softmax: log_partition must have 2 entries, one per row, got 3");
  EXPECT_EQ(with({.sink_probability = three}),
            "sink_softmax: sink_probability must have 2 entries, one per row, got 3");
  EXPECT_EQ(refusal([&] { sink_softmax(scores, three); }),
            "sink_softmax: probabilities must have the shape of scores, 2 x 3, got 1 x 3");
}

}  // namespace
}  // namespace gibbs::testing
