#pragma once
// Memory that a task works in.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace gibbs::maps {

// A buffer of at least `lanes` of W, aligned to a cache line, not initialised.
template <class W>
class Buffer {
 public:
  explicit Buffer(std::int64_t lanes)
      : data_(lanes == 0
                  ? nullptr
                  : static_cast<W*>(::operator new (static_cast<std::size_t>(lanes) * sizeof(W),
                                                    std::align_val_t{64}))) {}
  W* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(W* data) const { ::operator delete (data, std::align_val_t{64}); }
  };
  std::unique_ptr<W, Free> data_;
};

}  // namespace gibbs::maps
