#pragma once
// How far ahead memory is asked for.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gibbs::kernels {

// From a row of `cols` lanes of W to the one that is asked for meanwhile: the next, or one far
// enough away to have come when it is its turn. Of 1024 floats the next comes too late: softmax
// then takes a fifth longer out of cache.
template <class W>
constexpr std::int64_t rows_ahead(std::int64_t cols) {
  constexpr std::int64_t kAskedBytes = 24 << 10;
  return std::max<std::int64_t>(
      1, kAskedBytes / (static_cast<std::int64_t>(sizeof(W)) * std::max<std::int64_t>(cols, 1)));
}

// From what a pass over a row computes to what it asks for in the same row. 4 rows of 4Mi floats
// take 3 % longer where it is 4 KiB away, and a fifth where it is in the next row, whose own passes
// then find it gone.
template <class W>
inline constexpr std::int64_t kLanesAhead = (16 << 10) / sizeof(W);

}  // namespace gibbs::kernels
