#pragma once
// What labels take beside the maps: whether they are columns, and the sum of their losses.

#include <array>
#include <cstdint>
#include <span>

namespace gibbs::kernels {

// Whether all labels are in [0, cols).
bool are_columns(std::span<const std::int32_t> labels, std::int64_t cols);
bool are_columns(std::span<const std::int64_t> labels, std::int64_t cols);

// A sum in parts that take turns, so that no addition waits for the one before.
using PartialSums = std::array<double, 16>;

// sums[i % 16] += scale losses[i]: the same bits on every target.
void add_losses(std::span<const double> losses, double scale, PartialSums& sums);

}  // namespace gibbs::kernels
