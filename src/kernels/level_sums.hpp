#pragma once
// Weights and moments of energy levels at many temperatures: the batch call.

#include <cstdint>
#include <span>

namespace gibbs::kernels {

// Levels of a block: their arrays and the scratch of the kernel stay in the first cache.
inline constexpr std::int64_t kLevelBlock = 512;
// Arrays of a block have a multiple of this many levels: the largest pack of any target.
inline constexpr std::int64_t kLevelPad = 64;

// Levels as distances from a reference energy, of either sign, and degeneracies mantissa
// 2^exponent. What fills up a block has mantissa 0 and exponent kNoLevel.
struct LevelBlock {
  const double* distance = nullptr;
  const double* distance_low = nullptr;  // what the distance lost by rounding; null: nothing
  const double* mantissa = nullptr;
  const double* exponent = nullptr;  // whole numbers up to 2^50
  std::int64_t levels = 0;           // a multiple of kLevelPad, at least one of them real
  double farthest = 0;               // the largest |distance|
};
inline constexpr double kNoLevel = -1e300;

// theta = k |T| made ready; theta = inf has the rates 0.
struct ThermalScale {
  double log2e_over_theta = 0;
  double inverse = 0;                                // 1 / theta
  double ln2_high = 0, ln2_middle = 0, ln2_low = 0;  // theta log(2); 26 bits each, then the rest
  double unit = 1;                                   // of the moments: at most theta
};

// Sums over a block with w = g exp(-distance / theta) 2^-exponent, and z = (distance - origin) /
// unit. The origin (low: what it lost by rounding) is near the mean, which `first` tells; where
// nearly all weight is at one distance, it is exactly there.
struct LevelSums {
  double exponent = 0;
  double weight = 0;  // sum w; the others are sum w z^j
  double origin = 0, origin_low = 0, unit = 1;
  double first = 0, second = 0, third = 0, fourth = 0;
};

// Doubles that the kernel needs beside the block.
inline constexpr std::int64_t kLevelScratch = 3 * kLevelBlock;

// The sums at each temperature. block arrays and scratch: aligned to 64 bytes.
void level_sums(const LevelBlock& block, std::span<const ThermalScale> scales, double* scratch,
                LevelSums* sums);

}  // namespace gibbs::kernels
