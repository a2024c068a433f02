// Every option changes the answer as its definition says, and only the answer that it should.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>
#include <gibbs/options.hpp>

#include "support/bits.hpp"
#include "support/closeness.hpp"
#include "support/random.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

constexpr std::int64_t kRows = 5, kCols = 37;

// A small batch and every array that an option can name.
template <Score T>
struct Arguments {
  std::vector<T> scores = normal_scores<T>(kRows * kCols, 1, 181);
  std::vector<working_t<T>> log_g = normal_scores<working_t<T>>(kRows * kCols, 1, 182);
  Mask mask{[] {
    std::vector<bool> on(kRows * kCols);
    for (std::size_t i = 0; i < on.size(); ++i) on[i] = i % 5 != 3;
    return on;
  }()};
  Rows<const T> view() const { return {scores.data(), kRows, kCols}; }
  Rows<const working_t<T>> matrix() const { return {log_g.data(), kRows, kCols}; }
  Rows<const working_t<T>> one_row() const { return {log_g.data(), 1, kCols}; }
  Rows<const bool> mask_row() const { return {mask.view().data, 1, kCols}; }
};

template <Score T>
bool differ(const std::vector<T>& a, const std::vector<T>& b) {
  return !same_bits(a, b);
}

TEST(Options, EachOneOfEntmaxChangesTheProbabilities) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    for (const double alpha : {0.5, 1.0, 1.25, 1.5, 2.0}) {
      const EntmaxOptions<T> plain{.alpha = alpha};
      const auto with = [&](auto change) {
        EntmaxOptions<T> options = plain;
        change(options);
        return map_rows<T>(a.view(), options).probabilities;
      };
      const auto p = map_rows<T>(a.view(), plain).probabilities;
      EXPECT_TRUE(differ(p, with([](auto& o) { o.alpha = 1.1; }))) << alpha;
      EXPECT_TRUE(differ(p, with([](auto& o) { o.temperature = 2; }))) << alpha;
      EXPECT_TRUE(differ(p, with([&](auto& o) { o.log_degeneracy = a.one_row(); }))) << alpha;
      EXPECT_TRUE(differ(p, with([&](auto& o) { o.log_degeneracy = a.matrix(); }))) << alpha;
      EXPECT_TRUE(differ(p, with([&](auto& o) { o.mask = a.mask_row(); }))) << alpha;
      EXPECT_TRUE(differ(p, with([&](auto& o) { o.mask = a.mask.view(kRows); }))) << alpha;
    }
  });
}

template <Score T>
void expect_each_map_option_changes(auto map) {
  const Arguments<T> a;
  const auto with = [&](auto change) {
    MapOptions<T> options;
    change(options);
    return map(a.view(), options);
  };
  const auto plain = with([](auto&) {});
  EXPECT_TRUE(differ(plain, with([](auto& o) { o.temperature = 2; })));
  EXPECT_TRUE(differ(plain, with([&](auto& o) { o.log_degeneracy = a.one_row(); })));
  EXPECT_TRUE(differ(plain, with([&](auto& o) { o.mask = a.mask_row(); })));
}

TEST(Options, EachOneOfSoftmaxLogSoftmaxAndSparsemaxChangesTheAnswer) {
  on_every_target_and_type([]<Score T>() {
    expect_each_map_option_changes<T>([](Rows<const T> x, const MapOptions<T>& options) {
      std::vector<T> out(kRows * kCols);
      softmax(x, Rows<T>(out.data(), kRows, kCols), options);
      return out;
    });
    expect_each_map_option_changes<T>([](Rows<const T> x, const MapOptions<T>& options) {
      std::vector<T> out(kRows * kCols);
      log_softmax(x, Rows<T>(out.data(), kRows, kCols), options);
      return out;
    });
    expect_each_map_option_changes<T>([](Rows<const T> x, const MapOptions<T>& options) {
      std::vector<T> out(kRows * kCols);
      sparsemax(x, Rows<T>(out.data(), kRows, kCols), options);
      return out;
    });
    expect_each_map_option_changes<T>([](Rows<const T> x, const MapOptions<T>& options) {
      std::vector<working_t<T>> out(kRows);
      log_sum_exp(x, out, options);
      return out;
    });
  });
}

TEST(Options, AskingForSideOutputsDoesNotChangeTheProbabilities) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    for (const double alpha : kAlphas) {
      for (const bool with_g : {false, true}) {
        EntmaxOptions<T> options{.alpha = alpha};
        if (with_g) options.log_degeneracy = a.one_row();
        std::vector<T> p(kRows * kCols);
        entmax(a.view(), Rows<T>(p.data(), kRows, kCols), options);
        EXPECT_TRUE(same_bits(p, map_rows<T>(a.view(), options).probabilities)) << alpha;
      }
    }
  });
}

TEST(Options, ASideOutputIsTheSameAloneAndBesideTheOthers) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    for (const double alpha : kAlphas) {
      const Mapped<T> all = map_rows<T>(a.view(), {.alpha = alpha});
      std::vector<T> p(kRows * kCols);
      const Rows<T> out(p.data(), kRows, kCols);
      std::vector<working_t<T>> number(kRows);
      std::vector<std::int64_t> support(kRows);
      entmax(a.view(), out, {.alpha = alpha, .log_partition = number});
      EXPECT_TRUE(same_bits(number, all.log_partition)) << alpha;
      entmax(a.view(), out, {.alpha = alpha, .entropy = number});
      EXPECT_TRUE(same_bits(number, all.entropy)) << alpha;
      entmax(a.view(), out, {.alpha = alpha, .threshold = number});
      EXPECT_TRUE(same_bits(number, all.threshold)) << alpha;
      entmax(a.view(), out, {.alpha = alpha, .support = support});
      EXPECT_TRUE(same_bits(support, all.support)) << alpha;
    }
  });
}

TEST(Options, SideOutputsAreWhatTheirDefinitionsSay) {
  on_every_target_for<double, float>([]<Score T>() {
    const Arguments<T> a;
    for (const double alpha : kAlphas) {
      EntmaxOptions<T> options{.alpha = alpha, .temperature = 0.7};
      options.log_degeneracy = a.one_row();
      const Mapped<T> got = map_rows<T>(a.view(), options);
      const auto log_g = widened(std::vector<T>(a.log_g.begin(), a.log_g.begin() + kCols));
      for (std::size_t i = 0; i < kRows; ++i) {
        long double energy = 0;
        std::int64_t support = 0;
        std::vector<long double> p;
        for (std::size_t j = i * kCols; j < (i + 1) * kCols; ++j) {
          p.push_back(got.probabilities[j]);
          energy += p.back() * a.scores[j] / 0.7L;
          support += p.back() > 0;
          EXPECT_TRUE(p.back() == 0 || a.scores[j] >= got.threshold[i]) << alpha;
        }
        const long double entropy = tsallis_entropy(p, alpha, log_g);
        const long double unit = 8 * softmax_bar<T>() * ulp_at<T>(4);
        EXPECT_LE(std::abs(got.entropy[i] - entropy), unit) << alpha;
        EXPECT_LE(std::abs(got.log_partition[i] - (energy + entropy)), unit) << alpha;
        EXPECT_EQ(got.support[i], support) << alpha;
      }
    }
  });
}

TEST(Options, LogSoftmaxWritesTheSameSideOutputsAsSoftmax) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    const Mapped<T> expected = map_rows<T>(a.view(), {.alpha = 1});
    Mapped<T> got = expected;
    MapOptions<T> options;
    options.log_partition = got.log_partition;
    options.entropy = got.entropy;
    options.support = got.support;
    options.threshold = got.threshold;
    for (auto* numbers : {&got.log_partition, &got.entropy, &got.threshold}) {
      std::fill(numbers->begin(), numbers->end(), working_t<T>{77});
    }
    log_softmax(a.view(), Rows<T>(got.probabilities.data(), kRows, kCols), options);
    for (std::size_t i = 0; i < kRows; ++i) {
      EXPECT_LE(ulps_of_log(got.log_partition[i], expected.log_partition[i]), 1);
      EXPECT_LE(ulps_of_log(got.entropy[i], expected.entropy[i]), 4);
      EXPECT_EQ(got.threshold[i], expected.threshold[i]);
      EXPECT_EQ(got.support[i], kCols);
    }
  });
}

TEST(Options, OneRowOfDegeneracyOrMaskIsThatRowForEveryRow) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    std::vector<working_t<T>> repeated;
    std::vector<bool> repeated_mask;
    for (std::int64_t k = 0; k < kRows * kCols; ++k) {
      repeated.push_back(a.log_g[static_cast<std::size_t>(k % kCols)]);
      repeated_mask.push_back(a.mask_row()(0, k % kCols));
    }
    const Mask full_mask(repeated_mask);
    for (const double alpha : kAlphas) {
      EntmaxOptions<T> one{.alpha = alpha}, full{.alpha = alpha};
      one.log_degeneracy = a.one_row();
      one.mask = a.mask_row();
      full.log_degeneracy = Rows<const working_t<T>>(repeated.data(), kRows, kCols);
      full.mask = full_mask.view(kRows);
      EXPECT_TRUE(same_bits(map_rows<T>(a.view(), one).probabilities,
                            map_rows<T>(a.view(), full).probabilities))
          << alpha;
    }
  });
}

TEST(Options, EachOneOfADerivativeChangesTheGradient) {
  on_every_target_and_type([]<Score T>() {
    const Arguments<T> a;
    const auto p = map_rows<T>(a.view(), {.alpha = 1.25}).probabilities;
    const auto v = normal_scores<T>(kRows * kCols, 1, 183);
    const auto with = [&](auto change) {
      std::vector<T> grad(kRows * kCols);
      EntmaxVjpOptions<T> options{.alpha = 1.25};
      change(options);
      entmax_vjp(Rows<const T>(p.data(), kRows, kCols), Rows<const T>(v.data(), kRows, kCols),
                 Rows<T>(grad.data(), kRows, kCols), options);
      return grad;
    };
    const auto plain = with([](auto&) {});
    EXPECT_TRUE(differ(plain, with([](auto& o) { o.alpha = 1.5; })));
    EXPECT_TRUE(differ(plain, with([](auto& o) { o.temperature = 2; })));
    EXPECT_TRUE(differ(plain, with([&](auto& o) { o.log_degeneracy = a.one_row(); })));
    EXPECT_TRUE(differ(plain, with([&](auto& o) { o.log_degeneracy = a.matrix(); })));
    std::vector<working_t<T>> grad_t(kRows), grad_alpha(1), grad_log_g(kCols);
    EXPECT_FALSE(differ(plain, with([&](auto& o) {
                          o.grad_temperature = grad_t;
                          o.grad_alpha = grad_alpha;
                          o.grad_log_degeneracy = grad_log_g;
                        })));
  });
}

}  // namespace
}  // namespace gibbs::testing
