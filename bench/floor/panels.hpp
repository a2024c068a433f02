#pragma once
// What moving an array costs whose rows lie across memory: its columns one after the other.

#include <cstdint>

namespace gibbs::bench {

// Copies `cols` columns of `rows` floats, `height` rows of every column at a time, and writes
// around the caches. All are whole cache lines, and `rows` whole panels.
void copy_in_panels(const float* in, float* out, std::int64_t rows, std::int64_t cols,
                    std::int64_t height);

// Reads all of it; then reads it again and copies it around the caches. Returns what it read.
float read_then_copy(const float* in, float* out, std::int64_t rows, std::int64_t cols);

}  // namespace gibbs::bench
