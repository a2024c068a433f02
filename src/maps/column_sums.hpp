#pragma once
// Gradients that are summed over rows, the same to the bit whatever the threads.

#include <cstdint>
#include <vector>

namespace gibbs::maps {

// Rows are summed in this many groups, and the groups in order.
inline constexpr std::int64_t kRowGroups = 16;

inline std::int64_t rows_per_group(std::int64_t rows) {
  return rows == 0 ? 1 : (rows + kRowGroups - 1) / kRowGroups;
}

// kRowGroups x cols partial sums; empty for no columns.
class ColumnSums {
 public:
  explicit ColumnSums(std::int64_t cols)
      : cols_(cols), sums_(static_cast<std::size_t>(kRowGroups * cols)) {}

  double* group(std::int64_t index) { return sums_.data() + index * cols_; }
  double total(std::int64_t col) const {
    double sum = 0;
    for (std::int64_t k = 0; k < kRowGroups; ++k) {
      sum += sums_[static_cast<std::size_t>(k * cols_ + col)];
    }
    return sum;
  }

 private:
  std::int64_t cols_;
  std::vector<double> sums_;
};

}  // namespace gibbs::maps
