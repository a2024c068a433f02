#pragma once
// Memory that a task works in.

#include <cstddef>
#include <cstdint>
#include <new>

namespace gibbs::maps {

// What a buffer holds itself: a call for one short row would spend a tenth of its time on the heap.
// And of the one in which whole rows are mapped, which is not one of many on the stack.
inline constexpr std::size_t kInsideBytes = 1024, kRowInsideBytes = 16 << 10;

// A buffer of at least `lanes` of W, aligned to a cache line, not initialised.
template <class W, std::size_t kInside = kInsideBytes>
class Buffer {
 public:
  explicit Buffer(std::int64_t lanes) : data_(room_for(static_cast<std::size_t>(lanes))) {}
  ~Buffer() {
    if (!is_inside()) ::operator delete (data_, std::align_val_t{kAlignment});
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  W* data() const { return data_; }

 private:
  static constexpr std::size_t kAlignment = 64;

  W* room_for(std::size_t lanes) {
    const std::size_t bytes = lanes * sizeof(W);
    if (bytes == 0) return nullptr;
    void* const memory = bytes <= kInside ? static_cast<void*>(inside_)
                                          : ::operator new (bytes, std::align_val_t{kAlignment});
    return static_cast<W*>(memory);
  }
  bool is_inside() const { return static_cast<const void*>(data_) == inside_; }

  alignas(kAlignment) std::byte inside_[kInside];
  W* data_;
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
