// The maps on threads. Everything in this folder is what the thread sanitizer runs.

#include <gtest/gtest.h>

#include <gibbs/gibbs.hpp>

#include "support/random.hpp"
#include "support/run_map.hpp"
#include "support/targets.hpp"
#include "support/threads.hpp"

namespace gibbs::testing {
namespace {

struct Shape {
  std::int64_t rows, cols;
};
constexpr Shape kShapes[] = {{20000, 10}, {3000, 33}, {300, 1000}, {7, 40000}, {2, 131072}};

TEST(MapThreads, ProbabilitiesDoNotDependOnTheirNumber) {
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

TEST(MapThreads, OneVeryLongRowDoesNotDependOnTheirNumber) {
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

TEST(MapThreads, SideOutputsDoNotDependOnTheirNumber) {
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

TEST(MapThreads, DerivativesDoNotDependOnTheirNumber) {
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

}  // namespace
}  // namespace gibbs::testing
