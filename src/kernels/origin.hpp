#pragma once
// Where the states of a group of rows lie.

#include <cstddef>
#include <cstdint>

namespace gibbs::kernels {

template <class W>
struct Origin {
  const W* data;
  std::ptrdiff_t row_step, col_step;

  W at(std::int64_t row, std::int64_t col) const {
    return data[row * row_step + static_cast<std::ptrdiff_t>(col) * col_step];
  }
  void copy_row(std::int64_t row, std::size_t cols, W* to) const {
    for (std::size_t j = 0; j < cols; ++j) {
      to[j] = data[row * row_step + static_cast<std::ptrdiff_t>(j) * col_step];
    }
  }
};

}  // namespace gibbs::kernels
