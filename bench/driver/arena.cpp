#include "driver/arena.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace gibbs::bench {
namespace {

constexpr float kStandardDeviation = 2;

void fill_normal(float* first, std::int64_t count, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal(0, kStandardDeviation);
  std::generate(first, first + count, [&] { return normal(bits); });
}

// Shares no code with any contestant.
void naive_softmax(Rows<const float> scores, Rows<float> out) {
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < scores.cols; ++j) sum += std::exp(double{scores(i, j)});
    for (std::int64_t j = 0; j < scores.cols; ++j) {
      out(i, j) = static_cast<float>(std::exp(double{scores(i, j)}) / sum);
    }
  }
}

}  // namespace

Memory::Array Memory::make_array(std::int64_t elements) {
  const auto bytes = static_cast<std::size_t>(elements) * sizeof(float);
  Array array(static_cast<float*>(::operator new[](bytes, kAlignment)));
  std::fill_n(array.get(), elements, 0.0f);  // touches every page
  return array;
}

Memory::Memory(std::int64_t elements)
    : scores_(make_array(elements)),
      scores_by_columns_(make_array(elements)),
      upstream_(make_array(elements)),
      probabilities_(make_array(elements)),
      out_(make_array(elements)),
      log_partition_(make_array(elements)) {
  fill_normal(scores_.get(), elements, 1);
  fill_normal(upstream_.get(), elements, 2);
}

Arena Memory::arena(const Shape& shape) {
  const Arena arena{shape,
                    scores_.get(),
                    scores_by_columns_.get(),
                    upstream_.get(),
                    probabilities_.get(),
                    out_.get(),
                    log_partition_.get()};
  const Rows<float> by_columns(scores_by_columns_.get(), shape.rows, shape.cols, 1, shape.rows);
  for (std::int64_t i = 0; i < shape.rows; ++i) {
    for (std::int64_t j = 0; j < shape.cols; ++j) by_columns(i, j) = arena.in_rows()(i, j);
  }
  naive_softmax(arena.in_rows(), {probabilities_.get(), shape.rows, shape.cols});
  return arena;
}

}  // namespace gibbs::bench
