// The textbook's three passes, for this machine and with -ffast-math: the vector exponential of
// the C library is then used, and the sum is taken in vector lanes.

#include <algorithm>
#include <cmath>

#include "driver/check.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

void softmax_row(const float* x, float* p, std::int64_t cols) {
  float maximum = x[0];
  for (std::int64_t j = 1; j < cols; ++j) maximum = std::max(maximum, x[j]);
  float sum = 0;
  for (std::int64_t j = 0; j < cols; ++j) {
    p[j] = std::exp(x[j] - maximum);
    sum += p[j];
  }
  const float scale = 1 / sum;
  for (std::int64_t j = 0; j < cols; ++j) p[j] *= scale;
}

void softmax(const Arena& arena) {
  const std::int64_t cols = arena.shape.cols;
  for (std::int64_t i = 0; i < arena.shape.rows; ++i) {
    softmax_row(arena.scores + i * cols, arena.out + i * cols, cols);
  }
}

}  // namespace

Contestant softmax_textbook(const Arena& arena) {
  return {"softmax/textbook", [=] { softmax(arena); },
          [=] { return softmax_error(arena, arena.out_rows()); }, 1e-3};
}

}  // namespace gibbs::bench
