#pragma once
// What the options of a batch say of some of its rows, which are mapped as a batch of their own.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/per_row.hpp"

namespace gibbs::family {

// Rows of a task: its copies stay in the second cache. One that is turned over reads and writes
// whole cache lines of 16 floats.
inline std::int64_t block_rows(std::int64_t cols, bool turned_over) {
  const std::int64_t rows = std::max<std::int64_t>(65536 / std::max<std::int64_t>(cols, 1), 1);
  return turned_over ? (rows + 15) / 16 * 16 : rows;
}

// A temperature or an alpha as kept for rows [first, first + count).
class PerRowOf {
 public:
  PerRowOf(const PerRow& all, std::int64_t first, std::int64_t count) : one_(all) {
    if (all.is_one_number()) return;
    for (std::int64_t i = 0; i < count; ++i) values_.push_back(all[first + i]);
  }
  // Valid as long as this object.
  PerRow get() const { return one_.is_one_number() ? one_ : PerRow(values_); }

 private:
  PerRow one_;
  std::vector<double> values_;
};

// A side output; not wanted at all where it is empty.
template <class V>
std::span<V> rows_of(std::span<V> all, std::int64_t first, std::int64_t count) {
  if (all.empty()) return all;
  return all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

}  // namespace gibbs::family
