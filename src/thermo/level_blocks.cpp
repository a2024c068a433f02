#include "thermo/level_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "maps/threads.hpp"
#include "thermo/twofold.hpp"

namespace gibbs::thermo {
namespace {

// Levels are cut into at most kMostChunks pieces of a fixed size, so that the order of the sums
// does not depend on the threads; temperatures into groups, and slabs that bound the memory.
constexpr std::int64_t kMostChunks = 64;
constexpr std::int64_t kSmallestChunk = 16 * kernels::kLevelBlock;
constexpr std::int64_t kGroup = 128;
constexpr std::int64_t kSlab = 1024;

std::int64_t chunk_size(std::int64_t levels) {
  const std::int64_t share = (levels + kMostChunks - 1) / kMostChunks;
  const std::int64_t blocks = (share + kernels::kLevelBlock - 1) / kernels::kLevelBlock;
  return std::max(kSmallestChunk, blocks * kernels::kLevelBlock);
}

// Adds the levels [first, last) at each temperature.
void add_levels(BlockReader& reader, std::int64_t first, std::int64_t last,
                std::span<const kernels::ThermalScale> scales, Moments* to) {
  alignas(64) double scratch[kernels::kLevelScratch];
  kernels::LevelSums sums[kGroup];
  for (std::int64_t at = first; at < last; at += kernels::kLevelBlock) {
    const auto block = reader.read(at, std::min(last, at + kernels::kLevelBlock));
    if (block.levels == 0) continue;
    kernels::level_sums(block, scales, scratch, sums);
    for (std::size_t t = 0; t < scales.size(); ++t) to[t] = merge(to[t], moments_of(sums[t]));
  }
}

// At most kSlab temperatures.
void add_slab(const Levels& levels, const Reference& reference,
              std::span<const kernels::ThermalScale> scales, Moments* to) {
  const std::int64_t size = levels.size(), chunk = chunk_size(size);
  const std::int64_t chunks = (size + chunk - 1) / chunk, count = std::ssize(scales);
  const std::int64_t groups = (count + kGroup - 1) / kGroup;
  std::vector<Moments> parts(static_cast<std::size_t>(chunks * count));
  constexpr std::int64_t kPairCost = 2;
  maps::for_each_task(chunks * groups, kPairCost * size * count, [&](std::int64_t task) {
    const std::int64_t c = task / groups, first = (task % groups) * kGroup;
    const auto group = scales.subspan(static_cast<std::size_t>(first),
                                      static_cast<std::size_t>(std::min(kGroup, count - first)));
    BlockReader reader(levels, reference);
    add_levels(reader, c * chunk, std::min(size, (c + 1) * chunk), group,
               parts.data() + c * count + first);
  });
  for (std::int64_t i = 0; i < chunks * count; ++i) {
    to[i % count] = merge(to[i % count], parts[static_cast<std::size_t>(i)]);
  }
}

}  // namespace

Reference reference_at(const Levels& levels, double energy, bool downward) {
  constexpr double kLarge = 0x1p1000;
  const bool large = std::max(std::abs(levels.lowest()), std::abs(levels.highest())) > kLarge;
  return {.energy = energy, .downward = downward, .scale = large ? 0x1p-16 : 1, .apart = false};
}

Reference ground_reference(const Levels& levels, bool downward) {
  Reference reference =
      reference_at(levels, downward ? levels.highest() : levels.lowest(), downward);
  reference.apart = true;
  return reference;
}

double farthest(const Levels& levels, const Reference& reference) {
  const double to = reference.energy * reference.scale;
  return std::max(std::abs(levels.lowest() * reference.scale - to),
                  std::abs(levels.highest() * reference.scale - to));
}

Moments ground_states(const Levels& levels, double energy) {
  Moments ground;
  for (std::size_t i = 0; i < levels.energies().size(); ++i) {
    if (levels.energies()[i] != energy) continue;
    const Degeneracy& g = levels.degeneracies()[i];
    ground = merge(ground, {.exponent = g.exponent(), .weight = g.mantissa()});
  }
  return ground;
}

kernels::LevelBlock BlockReader::read(std::int64_t first, std::int64_t last) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double scale = reference_.distance_scale(), from = -reference_.energy * scale;
  std::size_t n = 0;
  kernels::LevelBlock block{distance_, nullptr, mantissa_, exponent_};
  for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
    const double energy = levels_.energies()[i];
    const Degeneracy& g = levels_.degeneracies()[i];
    const bool ground = reference_.apart && energy == reference_.energy;
    if (g.mantissa() == 0 || energy == kInfinity || ground) continue;
    const Twofold distance = two_sum(energy * scale, from);
    distance_[n] = distance.high;
    low_[n] = distance.low;
    mantissa_[n] = g.mantissa();
    exponent_[n] = static_cast<double>(g.exponent());
    block.farthest = std::max(block.farthest, std::abs(distance.high));
    if (distance.low != 0) block.distance_low = low_;
    ++n;
  }
  constexpr auto kPad = static_cast<std::size_t>(kernels::kLevelPad);
  for (; n % kPad != 0; ++n) {
    distance_[n] = low_[n] = mantissa_[n] = 0;
    exponent_[n] = kernels::kNoLevel;
  }
  block.levels = static_cast<std::int64_t>(n);
  return block;
}

std::vector<Moments> level_moments(const Levels& levels, const Reference& reference,
                                   std::span<const kernels::ThermalScale> scales) {
  std::vector<Moments> moments(scales.size());
  for (std::size_t first = 0; first < scales.size(); first += kSlab) {
    const std::size_t count = std::min<std::size_t>(kSlab, scales.size() - first);
    add_slab(levels, reference, scales.subspan(first, count), moments.data() + first);
  }
  return moments;
}

}  // namespace gibbs::thermo
