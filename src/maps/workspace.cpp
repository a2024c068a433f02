#include "maps/workspace.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <utility>

// A sanitizer is to see where each buffer ends.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GIBBS_KEEPS_NOTHING
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define GIBBS_KEEPS_NOTHING
#endif

namespace gibbs::maps {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr std::size_t kLeastKept = std::size_t{64} << 10;  // the heap keeps smaller ones itself
#ifdef GIBBS_KEEPS_NOTHING
constexpr std::size_t kMostKept = 0;
#else
constexpr std::size_t kMostKept = kKeptBytes;
#endif

bool is_kept(std::size_t bytes) { return bytes >= kLeastKept && bytes <= kMostKept; }

void release(Memory memory) { ::operator delete(memory.data, kAlignment); }

// What a thread keeps, freed with it.
class Kept {
 public:
  Kept() = default;
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() {
    for (const Memory& piece : pieces_) release(piece);
  }

  // The smallest piece that holds so many bytes, unless most of it would lie idle; none.
  Memory take(std::size_t bytes) {
    Memory* best = nullptr;
    for (Memory& piece : pieces_) {
      const bool fits = piece.bytes >= bytes && piece.bytes / 4 <= bytes;
      if (fits && (!best || piece.bytes < best->bytes)) best = &piece;
    }
    return best ? std::exchange(*best, {}) : Memory{};
  }

  // Keeps a piece in place of the smallest, while all together are not too many bytes.
  void give(Memory memory) {
    Memory& smallest = *std::ranges::min_element(pieces_, {}, &Memory::bytes);
    std::size_t all = memory.bytes - smallest.bytes;
    for (const Memory& piece : pieces_) all += piece.bytes;
    const bool keeps = smallest.bytes <= memory.bytes && all <= kMostKept;
    release(keeps ? std::exchange(smallest, memory) : memory);
  }

 private:
  std::array<Memory, 4> pieces_{};
};

thread_local Kept kept;

}  // namespace

Memory take_memory(std::size_t bytes) {
  if (is_kept(bytes)) {
    if (const Memory memory = kept.take(bytes); memory.data) return memory;
  }
  return {::operator new(bytes, kAlignment), bytes};
}

void give_memory(Memory memory) {
  if (is_kept(memory.bytes)) return kept.give(memory);
  release(memory);
}

}  // namespace gibbs::maps
