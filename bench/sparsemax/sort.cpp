// Sparsemax as published: sort, cumulative sum, threshold.
// source    Martins & Astudillo 2016, algorithm 1

#include <algorithm>
#include <functional>
#include <vector>

#include "driver/check.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

float threshold(const std::vector<float>& sorted) {
  double sum = 0, tau = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += double{sorted[k]};
    const double candidate = (sum - 1) / static_cast<double>(k + 1);
    if (double{sorted[k]} <= candidate) break;
    tau = candidate;
  }
  return static_cast<float>(tau);
}

void sparsemax(const Arena& arena, std::vector<float>& sorted) {
  const std::int64_t cols = arena.shape.cols;
  for (std::int64_t i = 0; i < arena.shape.rows; ++i) {
    const float* x = arena.scores + i * cols;
    sorted.assign(x, x + cols);
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    const float tau = threshold(sorted);
    std::transform(x, x + cols, arena.out + i * cols,
                   [=](float score) { return std::max(0.0f, score - tau); });
  }
}

}  // namespace

Contestant sparsemax_sort(const Arena& arena) {
  return {"sparsemax/sort",
          [=, sorted = std::make_shared<std::vector<float>>()] { sparsemax(arena, *sorted); },
          [=] { return entmax_error(arena, arena.out_rows(), 2); }, 2e-5};
}

}  // namespace gibbs::bench
