#pragma once
// Lists of levels, made ready for the kernel block by block.

#include <cstdint>

#include "gibbs/thermo/levels.hpp"
#include "kernels/level_sums.hpp"
#include "thermo/moments.hpp"

namespace gibbs::thermo {

// Where energies are counted from, and in which direction: distance = +-scale (E - energy), with a
// power of two that keeps sums of distances in the range of a double.
struct Reference {
  double energy = 0;
  bool downward = false;  // for T < 0: what lies lower is farther
  double scale = 1;
  bool apart = true;  // levels at this energy are left out of the blocks: they are the ground state

  double distance_scale() const { return downward ? -scale : scale; }
};

// From the lowest energy of the levels, or downward from the highest.
Reference ground_reference(const Levels& levels, bool downward);
// From any energy.
Reference reference_at(const Levels& levels, double energy, bool downward);
// The largest scaled distance.
double farthest(const Levels& levels, const Reference& reference);

// The levels at exactly the energy of the reference.
Moments ground_states(const Levels& levels, double energy);

// Room for one block.
class BlockReader {
 public:
  BlockReader(const Levels& levels, const Reference& reference)
      : levels_(levels), reference_(reference) {}
  // Those of [first, last) that can be occupied, at most kLevelBlock. Valid until the next call; no
  // levels: there are none.
  kernels::LevelBlock read(std::int64_t first, std::int64_t last);

 private:
  static constexpr std::size_t kSize = kernels::kLevelBlock;

  const Levels& levels_;
  const Reference reference_;
  alignas(64) double distance_[kSize];
  alignas(64) double low_[kSize];
  alignas(64) double mantissa_[kSize];
  alignas(64) double exponent_[kSize];
};

// Weight and moments of the levels in distances from the reference, at each temperature.
std::vector<Moments> level_moments(const Levels& levels, const Reference& reference,
                                   std::span<const kernels::ThermalScale> scales);

}  // namespace gibbs::thermo
