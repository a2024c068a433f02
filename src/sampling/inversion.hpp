#pragma once
// Draws by inversion of the running sum of a row's weights, block by block.
//
// What is drawn is defined by sums of weights in double, portable_weights in order: a block by the
// sums of the blocks, a column by the weights of its block. A first draw need not compute them all.
// Sums from the kernel of log_sum_exp, in a quarter of the time, tell which block it is, unless the
// uniform falls so near an edge between blocks that their error could matter: then, two times in a
// thousand, the row is summed in doubles after all.

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "gibbs/sampling/noise.hpp"
#include "kernels/portable.hpp"
#include "kernels/softmax.hpp"
#include "maps/workspace.hpp"
#include "sampling/draw_law.hpp"

namespace gibbs::sampling {

inline constexpr std::int64_t kDrawBlock = 256;

// Draws of a row from which on the sums of all blocks are kept.
inline constexpr std::int64_t kManyDraws = 9;

// The first place where the running sum of n weights exceeds u times their sum: one of weight > 0.
inline std::int64_t invert(const double* running, std::int64_t n, double u) {
  return std::upper_bound(running, running + n, u * running[n - 1]) - running;
}

// The same for many u: where the search starts is looked up.
class GuidedSums {
 public:
  // A power of two of at least two starts to a place: most searches end where they start.
  static constexpr std::int64_t starts_of(std::int64_t n) {
    return static_cast<std::int64_t>(std::bit_ceil(2 * static_cast<std::uint64_t>(n)));
  }

  // starts: starts_of(n) numbers, written here.
  GuidedSums(const double* running, std::int64_t n, std::int32_t* starts)
      : running_(running),
        total_(running[n - 1]),
        buckets_(static_cast<double>(starts_of(n))),
        starts_(starts) {
    std::int32_t i = 0;
    for (std::int64_t b = 0; b < starts_of(n); ++b) {
      const double target = static_cast<double>(b) / buckets_ * total_;
      while (running[i] <= target && i + 1 < n) ++i;
      starts[b] = i;
    }
  }

  std::int64_t invert(double u) const {
    const double target = u * total_;
    std::int64_t i = starts_[static_cast<std::int64_t>(u * buckets_)];
    // Nearly always enough, and without a branch that a processor would guess wrong.
    i += static_cast<std::int64_t>(running_[i] <= target);
    i += static_cast<std::int64_t>(running_[i] <= target);
    while (running_[i] <= target) ++i;
    return i;
  }

 private:
  const double* running_;
  double total_, buckets_;
  const std::int32_t* starts_;
};

// Uniform on [0, 1) from the upper 53 bits: unlike uniform_noise without a branch, which a
// processor would guess wrong half of the time.
inline double uniform_from_zero(std::uint64_t bits) {
  return static_cast<double>(static_cast<std::int64_t>(bits >> 11)) * 0x1p-53;
}

template <class V>
std::int64_t blocks_of(const DrawLaw<V>& law) {
  return (law.n + kDrawBlock - 1) / kDrawBlock;
}
template <class V>
std::int64_t size_of_block(const DrawLaw<V>& law, std::int64_t block) {
  return std::min(kDrawBlock, law.n - block * kDrawBlock);
}

// The running sums of a block's weights, to `to`; their last.
template <class V>
double sum_block(const DrawLaw<V>& law, std::int64_t block, double* to) {
  const std::int64_t n = size_of_block(law, block);
  kernels::portable_weights(law.x + block * kDrawBlock, n, static_cast<double>(law.max),
                            law.temperature, to);
  for (std::int64_t i = 1; i < n; ++i) to[i] += to[i - 1];
  return to[n - 1];
}

// The running sums of all blocks; `kept`, if given, receives those within each.
template <class V>
void sum_blocks(const DrawLaw<V>& law, double* edges, double* kept) {
  double room[kDrawBlock], total = 0;
  for (std::int64_t b = 0; b < blocks_of(law); ++b) {
    total += sum_block(law, b, kept ? kept + b * kDrawBlock : room);
    edges[b] = total;
  }
}

// Many draws of one row: all weights are kept, and guides to them where the draws pay for those. A
// guide costs about an eighth of a search without.
template <class V>
class ManyInversions {
 public:
  ManyInversions(const DrawLaw<V>& law, std::int64_t draws)
      : blocks_(blocks_of(law)),
        weights_(law.n),
        edges_(blocks_),
        starts_(draws < law.n / 8 ? 0 : blocks_ * kBlockStarts + GuidedSums::starts_of(blocks_)) {
    sum_blocks(law, edges_.data(), weights_.data());
    for (std::int64_t b = 0; b < blocks_; ++b) {
      sums_.push_back({weights_.data() + b * kDrawBlock, size_of_block(law, b)});
    }
    if (draws >= law.n / 8) guide();
  }

  // The columns of the words of categories kWholeRow - 1 and kWholeRow, pair by pair.
  void draw(const std::uint64_t* words, std::int64_t n, std::int64_t* columns) const {
    if (guided_.empty()) return draw_by(words, n, columns, Sums{edges_.data(), blocks_}, sums_);
    draw_by(words, n, columns, guided_.back(), guided_);
  }

 private:
  static constexpr std::int64_t kBlockStarts = GuidedSums::starts_of(kDrawBlock);

  struct Sums {
    const double* running;
    std::int64_t n;
    std::int64_t invert(double u) const { return sampling::invert(running, n, u); }
  };

  // First the blocks of all: one search waits less for another than for its own next step.
  template <class Edges, class Blocks>
  void draw_by(const std::uint64_t* words, std::int64_t n, std::int64_t* columns, Edges edges,
               const std::vector<Blocks>& sums) const {
    for (std::int64_t i = 0; i < n; ++i) {
      columns[i] = blocks_ == 1 ? 0 : edges.invert(uniform_from_zero(words[2 * i]));
    }
    const Blocks* const blocks = sums.data();
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t block = columns[i];
      columns[i] = block * kDrawBlock + blocks[block].invert(uniform_from_zero(words[2 * i + 1]));
    }
  }

  void guide() {
    std::int32_t* starts = starts_.data();
    for (const Sums& of_block : sums_) {
      guided_.emplace_back(of_block.running, of_block.n, starts);
      starts += kBlockStarts;
    }
    guided_.emplace_back(edges_.data(), blocks_, starts);
  }

  std::int64_t blocks_;
  maps::Buffer<double> weights_, edges_;
  maps::Buffer<std::int32_t> starts_;
  std::vector<Sums> sums_;          // of each block
  std::vector<GuidedSums> guided_;  // of each block, then of the blocks
};

// A few draws of one row.
template <class V>
class FewInversions {
 public:
  explicit FewInversions(const DrawLaw<V>& law) : law_(law), blocks_(blocks_of(law)) {}

  void draw(const std::uint64_t* words, std::int64_t n, std::int64_t* columns) const {
    for (std::int64_t i = 0; i < n; ++i) columns[i] = draw(words + 2 * i);
  }
  // The column of the words of categories kWholeRow - 1 and kWholeRow.
  std::int64_t draw(const std::uint64_t* words) const {
    const std::int64_t at = blocks_ == 1 ? 0 : block(uniform_from_zero(words[0]));
    double running[kDrawBlock];
    sum_block(law_, at, running);
    return at * kDrawBlock + invert(running, size_of_block(law_, at), uniform_from_zero(words[1]));
  }

 private:
  // A relative error that the fast sums do not have: 2^-21 was the largest seen of float.
  static constexpr double kError = sizeof(V) == 4 ? 0x1p-19 : 0x1p-40;

  std::int64_t block(double u) const {
    if (const auto found = quick_block(u)) return *found;
    const maps::Buffer<double> edges(blocks_);
    sum_blocks(law_, edges.data(), nullptr);
    return invert(edges.data(), blocks_, u);
  }

  // Sums relative to their own score, relative to the highest of the row. Most have the same.
  class FromRowMax {
   public:
    explicit FromRowMax(const DrawLaw<V>& law) : law_(law), last_(law.max) {}
    double operator()(const kernels::Part& part) {
      if (part.total.max != last_) {
        last_ = part.total.max;
        const auto below = last_ - static_cast<long double>(law_.max);
        factor_ = std::exp(static_cast<double>(below) / law_.temperature);
      }
      return part.total.sum > 0 ? static_cast<double>(part.total.sum) * factor_ : 0;
    }

   private:
    const DrawLaw<V>& law_;
    long double last_;
    double factor_ = 1;
  };

  // The block in which the running sum passes u of the total; none if it is too near an edge.
  std::optional<std::int64_t> quick_block(double u) const {
    constexpr std::int64_t kBlocks = kGroup / kDrawBlock;
    const auto scale = kernels::make_scale<V>(law_.temperature);
    const std::int64_t groups = (law_.n + kGroup - 1) / kGroup;
    const maps::Buffer<kernels::Part> own(law_.groups ? 0 : groups);
    const maps::Buffer<double> sums(groups);
    if (!law_.groups) kernels::parts_of_row(law_.x, law_.n, kGroup, scale, own.data());
    const kernels::Part* const parts = law_.groups ? law_.groups : own.data();
    FromRowMax from_row_max(law_);
    double total = 0;
    for (std::int64_t g = 0; g < groups; ++g) total += sums.data()[g] = from_row_max(parts[g]);
    const double target = u * total, error = kError * total;
    double before = 0;
    std::int64_t group = 0;
    while (group + 1 < groups && before + sums.data()[group] <= target) {
      before += sums.data()[group++];
    }
    const std::int64_t end = std::min(blocks_, (group + 1) * kBlocks);
    for (std::int64_t b = group * kBlocks; b < end; ++b) {
      const auto part =
          kernels::part_of_row(law_.x + b * kDrawBlock, static_cast<const V*>(nullptr),
                               size_of_block(law_, b), scale, kernels::Sum::kForLog);
      const double after = before + from_row_max(part);
      if (target < after - error && target > before + error) return b;
      before = after;
    }
    return std::nullopt;
  }

  const DrawLaw<V>& law_;
  std::int64_t blocks_;
};

}  // namespace gibbs::sampling
