#pragma once
// The ids of the rows of a batch, by which their noise is found.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "base/check.hpp"

namespace gibbs::sampling {

// Ids beyond 2^64 would start again at 0, with the noise of other rows.
inline void check_first_row(const char* function, std::uint64_t first, std::int64_t rows) {
  const auto others = static_cast<std::uint64_t>(std::max<std::int64_t>(rows, 1) - 1);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - others;
  if (first <= most) return;
  base::refuse(function, "first_row must be at most " + std::to_string(most) + " for " +
                             std::to_string(rows) + " rows, got " + std::to_string(first));
}

// first + i, or ids[i] where ids are given: then as many as rows.
class RowIds {
 public:
  RowIds(const char* function, std::uint64_t first, std::span<const std::uint64_t> ids,
         std::int64_t rows)
      : first_(first), ids_(ids) {
    if (ids.empty()) {
      check_first_row(function, first, rows);
    } else {
      base::check_length(function, "row_ids", static_cast<std::int64_t>(ids.size()), rows);
    }
  }

  std::uint64_t operator[](std::int64_t row) const {
    const auto i = static_cast<std::uint64_t>(row);
    return ids_.empty() ? first_ + i : ids_[i];
  }

 private:
  std::uint64_t first_;
  std::span<const std::uint64_t> ids_;
};

}  // namespace gibbs::sampling
