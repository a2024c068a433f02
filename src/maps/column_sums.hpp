#pragma once
// Gradients that are summed over rows, the same to the bit whatever the threads.

#include <cstddef>
#include <cstdint>
#include <span>
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

// What `get` makes of each row; where there is room for one number only, their sum in order.
template <class W, class Row, class Get>
void deliver_rows(std::span<W> out, const std::vector<Row>& rows, const Get& get) {
  if (out.empty()) return;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double of_row = get(rows[i]);
    if (out.size() == rows.size()) out[i] = static_cast<W>(of_row);
    sum += of_row;
  }
  if (out.size() != rows.size()) out[0] = static_cast<W>(sum);
}

}  // namespace gibbs::maps
