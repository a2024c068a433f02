#pragma once
// Freed blocks that are kept for the next result, up to a bound on all of them together.

#include <array>
#include <cstddef>
#include <mutex>

namespace gibbs::python {

// Any thread may call anything at any time, with Python's lock or without. There is no destructor
// that does anything: arrays are freed to the very end of a process.
class KeptBlocks {
 public:
  // What is kept at most, in bytes; what is above it goes back to the system at once.
  std::size_t limit() noexcept;
  void set_limit(std::size_t bytes) noexcept;

  // The kept block that fits best, else a new one; null where the system has no more, even after
  // all that is kept was given back.
  void* take(std::size_t bytes) noexcept;
  // Keeps it in place of those that were given longest ago, or unmaps it.
  void give(void* block) noexcept;

  // Around a fork. The child keeps nothing: to write in pages that two processes share is to copy
  // them.
  void before_fork() noexcept { mutex_.lock(); }
  void after_fork() noexcept { mutex_.unlock(); }
  void after_fork_in_child() noexcept;

 private:
  // More would be looked through with the lock held, and 64 MiB are not many blocks.
  static constexpr std::size_t kMost = 16;

  // Blocks on their way back to the system, which takes long: with no lock held.
  class Leaving {
   public:
    Leaving() = default;
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving();
    void add(void* block) noexcept { blocks_[count_++] = block; }

   private:
    std::array<void*, kMost + 1> blocks_{};
    std::size_t count_ = 0;
  };

  void* take_kept(std::size_t bytes) noexcept;
  void* remove(std::size_t index) noexcept;
  void shrink(std::size_t bytes, std::size_t count, Leaving& leaving) noexcept;
  void drop_all() noexcept;

  std::mutex mutex_;
  std::size_t limit_ = 0, bytes_ = 0, count_ = 0;
  std::array<void*, kMost> blocks_{};  // in the order in which they were given
};

}  // namespace gibbs::python
