#pragma once
// Memory that a task works in.

#include <cstddef>
#include <cstdint>

namespace gibbs::maps {

// What a buffer holds itself: a call for one short row would spend a tenth of its time on the heap.
// And of the one in which whole rows are mapped, which is not one of many on the stack.
inline constexpr std::size_t kInsideBytes = 1024, kRowInsideBytes = 16 << 10;

// Some memory, aligned to a cache line. What a thread gives back it keeps for its next call, up to
// kKeptBytes: malloc hands a buffer back to the system, and each page of the next one is cleared
// anew; 262144 rows of 32 columns took ten times as long across memory for it.
inline constexpr std::size_t kKeptBytes = std::size_t{16} << 20;
struct Memory {
  void* data = nullptr;
  std::size_t bytes = 0;
};
Memory take_memory(std::size_t bytes);  // as many, or more; throws as operator new
void give_memory(Memory memory);

// A buffer of at least `lanes` of W, aligned to a cache line, not initialised.
template <class W, std::size_t kInside = kInsideBytes>
class Buffer {
 public:
  explicit Buffer(std::int64_t lanes) : memory_(room_for(static_cast<std::size_t>(lanes))) {}
  ~Buffer() {
    if (memory_.data != inside_) give_memory(memory_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  W* data() const { return static_cast<W*>(memory_.data); }

 private:
  Memory room_for(std::size_t lanes) {
    const std::size_t bytes = lanes * sizeof(W);
    if (bytes == 0) return {};
    return bytes <= kInside ? Memory{inside_, bytes} : take_memory(bytes);
  }

  alignas(64) std::byte inside_[kInside];
  Memory memory_;
};

// Where a row's candidates for the support of entmax go. The first of them are stored once more
// with every vector of the row, and where that crosses the end of a page rows of 1024 columns
// take 2.7 times as long; so some of the page is left. Needs kPageRoom more lanes.
inline constexpr std::int64_t kPageRoom = 256;
template <class W>
W* inside_page(W* scratch) {
  constexpr std::size_t kPage = 4096, kLeast = kPageRoom * sizeof(float);
  const std::size_t left = kPage - reinterpret_cast<std::uintptr_t>(scratch) % kPage;
  return left < kLeast ? scratch + left / sizeof(W) : scratch;
}

}  // namespace gibbs::maps
