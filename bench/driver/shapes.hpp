#pragma once
// The batches that are timed.

#include <cstdint>
#include <span>

namespace gibbs::bench {

struct Shape {
  const char* name;
  std::int64_t rows;
  std::int64_t cols;
  // A shape that the table does not list: only one thread against two is timed on it.
  bool threads_only = false;

  constexpr std::int64_t elements() const { return rows * cols; }
  // 32 MiB in and 32 MiB out, or more: above the 36 MiB L3 of the machine the bars were set on.
  constexpr bool out_of_cache() const { return elements() >= std::int64_t{8} << 20; }
};

// In the order of the table.
std::span<const Shape> shapes();

}  // namespace gibbs::bench
