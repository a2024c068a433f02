#pragma once
// The ids of the rows of a batch, by which their noise is found.

#include <cstdint>
#include <span>

#include "base/check.hpp"

namespace gibbs::sampling {

// first + i, or ids[i] where ids are given: then as many as rows.
class RowIds {
 public:
  RowIds(const char* function, std::uint64_t first, std::span<const std::uint64_t> ids,
         std::int64_t rows)
      : first_(first), ids_(ids) {
    if (ids.empty()) return;
    base::check_length(function, "row_ids", static_cast<std::int64_t>(ids.size()), rows);
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
