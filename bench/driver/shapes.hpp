#pragma once
// The batches that are timed.

#include <cstdint>
#include <span>

namespace gibbs::bench {

// Who competes on a shape: the maps; one thread against two; sweeps over temperatures. The table
// lists the first alone.
enum class Roster { kMaps, kThreads, kSweeps };

struct Shape {
  const char* name;
  std::int64_t rows;
  std::int64_t cols;
  Roster roster = Roster::kMaps;

  constexpr std::int64_t elements() const { return rows * cols; }
  // 32 MiB in and 32 MiB out, or more: above the 36 MiB L3 of the machine the bars were set on.
  constexpr bool out_of_cache() const {
    return elements() >= std::int64_t{8} << 20;
  }  // Whether a run takes so long that fewer rounds must do.
  constexpr bool slow() const { return out_of_cache() || roster == Roster::kSweeps; }
};

// In the order of the table.
std::span<const Shape> shapes();

}  // namespace gibbs::bench
