// A row's bits depend on its own numbers only: not on threads, batch or neighbours.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <gibbs/gibbs.hpp>
#include <gibbs/parallel.hpp>
#include <limits>

#include "support/bits.hpp"
#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"

namespace gibbs::testing {
namespace {

// Uses a number of threads while it lives.
class Threads {
 public:
  explicit Threads(int count) { set_num_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { set_num_threads(0); }
};

template <class Compute>
void expect_same_with_any_threads(Compute compute, const char* what) {
  const auto alone = [&] {
    const Threads one(1);
    return compute();
  }();
  for (const int count : {2, 3, 8}) {
    const Threads threads(count);
    ASSERT_TRUE(same_bits(compute(), alone)) << what << " with " << count << " threads";
  }
}

template <Score T>
std::vector<T> entmax_of(const std::vector<T>& scores, std::int64_t rows, double alpha) {
  std::vector<T> p(scores.size());
  const auto cols = static_cast<std::int64_t>(scores.size()) / rows;
  entmax(Rows<const T>(scores.data(), rows, cols), Rows<T>(p.data(), rows, cols), {.alpha = alpha});
  return p;
}

struct Shape {
  std::int64_t rows, cols;
};
constexpr Shape kShapes[] = {{20000, 10}, {3000, 33}, {300, 1000}, {7, 40000}, {2, 131072}};

// Batches beyond the caches write a row while they read the next.
TEST(Parallel, VeryLongRowsOfABatchAreAsIfAlone) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const Shape shape : {Shape{36, 131072}, Shape{110, 40000}, Shape{110, 40001}}) {
    auto scores = normal_scores<float>(shape.rows * shape.cols, 2, 226);
    const auto cols = static_cast<std::size_t>(shape.cols);
    scores[3 * cols + 7000] = std::numeric_limits<float>::quiet_NaN();
    scores[7 * cols + 8000] = kInf;
    std::fill_n(scores.begin() + static_cast<std::ptrdiff_t>(9 * cols), 10000, -kInf);
    std::fill_n(scores.begin() + static_cast<std::ptrdiff_t>(11 * cols), cols, -kInf);
    for (const double alpha : {1.0, 1.25, 1.5, 2.0}) {
      const Threads one(1);
      const auto together = entmax_of(scores, shape.rows, alpha);
      for (std::size_t row = 0; row < static_cast<std::size_t>(shape.rows);
           row += row < 12 ? 1 : 8) {
        const auto at = [&](const std::vector<float>& all) {
          const auto first = all.begin() + static_cast<std::ptrdiff_t>(row * cols);
          return std::vector<float>(first, first + static_cast<std::ptrdiff_t>(cols));
        };
        ASSERT_TRUE(same_bits(at(together), entmax_of(at(scores), 1, alpha)))
            << shape.cols << " columns, row " << row << ", alpha " << alpha;
      }
    }
  }
}

TEST(Parallel, ProbabilitiesDoNotDependOnTheNumberOfThreads) {
  on_every_target_for<float, bfloat16>([]<Score T>() {
    for (const Shape& shape : kShapes) {
      const auto scores = normal_scores<T>(shape.rows * shape.cols, 2, 221);
      for (const double alpha : {1.0, 1.25, 1.5, 2.0}) {
        expect_same_with_any_threads([&] { return entmax_of(scores, shape.rows, alpha); },
                                     "entmax");
      }
    }
  });
}

TEST(Parallel, OneVeryLongRowDoesNotDependOnTheNumberOfThreads) {
  const auto scores = normal_scores<float>((std::int64_t{1} << 22) + 3, 2, 222);
  on_every_target([&] {
    for (const double alpha : {1.0, 1.5, 2.0}) {
      expect_same_with_any_threads([&] { return entmax_of(scores, 1, alpha); }, "entmax");
    }
    expect_same_with_any_threads(
        [&] {
          std::vector<float> log_p(scores.size());
          log_softmax(scores, log_p);
          log_p.push_back(static_cast<float>(log_sum_exp(scores)));
          return log_p;
        },
        "logarithms");
  });
}

TEST(Parallel, SideOutputsDoNotDependOnTheNumberOfThreads) {
  on_every_target_for<double, float>([]<Score T>() {
    for (const Shape& shape : kShapes) {
      const auto scores = normal_scores<T>(shape.rows * shape.cols, 2, 223);
      for (const double alpha : {1.0, 1.5}) {
        expect_same_with_any_threads(
            [&] {
              const Rows<const T> view(scores.data(), shape.rows, shape.cols);
              Mapped<T> got = map_rows<T>(view, {.alpha = alpha});
              auto& all = got.log_partition;
              all.insert(all.end(), got.entropy.begin(), got.entropy.end());
              all.insert(all.end(), got.threshold.begin(), got.threshold.end());
              for (const auto support : got.support) all.push_back(static_cast<T>(support));
              return all;
            },
            "side outputs");
      }
    }
  });
}

TEST(Parallel, DerivativesDoNotDependOnTheNumberOfThreads) {
  on_every_target([] {
    for (const Shape& shape : kShapes) {
      const auto scores = normal_scores<float>(shape.rows * shape.cols, 2, 224);
      const auto v = normal_scores<float>(shape.rows * shape.cols, 1, 225);
      for (const double alpha : {1.0, 1.5}) {
        const auto p = entmax_of(scores, shape.rows, alpha);
        expect_same_with_any_threads(
            [&] {
              std::vector<float> grad(p.size()), grad_log_g(static_cast<std::size_t>(shape.cols));
              std::vector<float> grad_t(1), grad_alpha(1);
              EntmaxVjpOptions<float> options{.alpha = alpha};
              options.grad_temperature = grad_t;
              options.grad_log_degeneracy = grad_log_g;
              options.grad_alpha = grad_alpha;
              entmax_vjp(Rows<const float>(p.data(), shape.rows, shape.cols),
                         Rows<const float>(v.data(), shape.rows, shape.cols),
                         Rows<float>(grad.data(), shape.rows, shape.cols), options);
              grad.insert(grad.end(), grad_log_g.begin(), grad_log_g.end());
              grad.push_back(grad_t[0]);
              grad.push_back(grad_alpha[0]);
              return grad;
            },
            "derivatives");
      }
    }
  });
}

TEST(Parallel, ARowAloneHasTheBitsItHasInABatch) {
  on_every_target_and_type([]<Score T>() {
    for (const std::int64_t cols : {1, 3, 8, 10, 16, 17, 32, 64, 100, 1000}) {
      const auto scores = normal_scores<T>(50 * cols, 2, 226);
      for (const double alpha : kAlphas) {
        const auto together = entmax_of(scores, 50, alpha);
        for (std::int64_t i = 0; i < 50; i += 7) {
          const auto first = scores.begin() + i * cols;
          const auto alone = entmax_of(std::vector<T>(first, first + cols), 1, alpha);
          const auto part = together.begin() + i * cols;
          ASSERT_TRUE(same_bits(std::vector<T>(part, part + cols), alone)) << alpha << " " << cols;
        }
      }
    }
  });
}

TEST(Parallel, ABatchOfAnySizeGivesItsRowsTheSameBits) {
  on_every_target_for<float>([]<Score T>() {
    for (const std::int64_t cols : {4, 10, 33}) {
      const auto scores = normal_scores<T>(70 * cols, 2, 227);
      for (const double alpha : {1.0, 1.5, 2.0}) {
        const auto all = entmax_of(scores, 70, alpha);
        for (std::int64_t rows = 1; rows <= 70; ++rows) {
          const std::vector<T> head(scores.begin(), scores.begin() + rows * cols);
          const std::vector<T> expected(all.begin(), all.begin() + rows * cols);
          ASSERT_TRUE(same_bits(entmax_of(head, rows, alpha), expected)) << rows << " x " << cols;
        }
      }
    }
  });
}

TEST(Parallel, LogarithmsOfARowAloneHaveTheBitsTheyHaveInABatch) {
  on_every_target_and_type([]<Score T>() {
    using W = working_t<T>;
    for (const std::int64_t cols : {1, 3, 10, 17, 100}) {
      const auto scores = normal_scores<T>(30 * cols, 2, 228);
      std::vector<T> together(scores.size()), alone(static_cast<std::size_t>(cols));
      std::vector<W> log_z(30);
      log_softmax(Rows<const T>(scores.data(), 30, cols), Rows<T>(together.data(), 30, cols));
      log_sum_exp(Rows<const T>(scores.data(), 30, cols), log_z);
      for (std::int64_t i = 0; i < 30; i += 4) {
        const Rows<const T> row(scores.data() + i * cols, 1, cols);
        log_softmax(row, alone);
        const auto part = together.begin() + i * cols;
        ASSERT_TRUE(same_bits(std::vector<T>(part, part + cols), alone)) << cols;
        ASSERT_EQ(log_z[static_cast<std::size_t>(i)], static_cast<W>(log_sum_exp(row)));
      }
    }
  });
}

TEST(Parallel, TheBoundIsWhatWasSetAndZeroReturnsToTheDefault) {
  const int before = num_threads();
  EXPECT_GE(before, 1);
  set_num_threads(5);
  EXPECT_EQ(num_threads(), 5);
  set_num_threads(0);
  EXPECT_EQ(num_threads(), before);
}

// setenv is safe here: no other thread of this program reads the environment.
TEST(Parallel, TheEnvironmentSetsTheDefault) {
  const char* old = std::getenv("GIBBS_NUM_THREADS");
  const std::string kept = old ? old : "";
  setenv("GIBBS_NUM_THREADS", "3", 1);
  set_num_threads(0);
  EXPECT_EQ(num_threads(), 3);
  unsetenv("GIBBS_NUM_THREADS");
  set_num_threads(0);
  const int processors = num_threads();
  for (const char* nonsense : {"", "0", "-2", "2x", "many", "1e9", "99999999999999999999"}) {
    setenv("GIBBS_NUM_THREADS", nonsense, 1);
    set_num_threads(0);
    EXPECT_EQ(num_threads(), processors) << nonsense;
  }
  old ? setenv("GIBBS_NUM_THREADS", kept.c_str(), 1) : unsetenv("GIBBS_NUM_THREADS");
  set_num_threads(0);
}

}  // namespace
}  // namespace gibbs::testing
