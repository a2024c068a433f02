#include "kept_blocks.hpp"

#include <algorithm>
#include <type_traits>

#include "memory_block.hpp"

namespace gibbs::python {

static_assert(std::is_trivially_destructible_v<KeptBlocks>);

KeptBlocks::Leaving::~Leaving() {
  std::for_each(blocks_.begin(), blocks_.begin() + count_, unmap_block);
}

std::size_t KeptBlocks::limit() noexcept {
  const std::lock_guard lock(mutex_);
  return limit_;
}

void KeptBlocks::set_limit(std::size_t bytes) noexcept {
  Leaving leaving;
  const std::lock_guard lock(mutex_);
  limit_ = bytes;
  shrink(limit_, kMost, leaving);
}

void* KeptBlocks::take(std::size_t bytes) noexcept {
  if (void* kept = take_kept(bytes)) return kept;
  if (void* fresh = map_block(bytes)) return fresh;
  drop_all();
  return map_block(bytes);
}

void KeptBlocks::give(void* block) noexcept {
  const std::size_t size = size_of_block(block);
  Leaving leaving;
  const std::lock_guard lock(mutex_);
  if (size > limit_) return leaving.add(block);
  shrink(limit_ - size, kMost - 1, leaving);
  blocks_[count_++] = block;
  bytes_ += size;
}

void KeptBlocks::after_fork_in_child() noexcept {
  Leaving leaving;
  shrink(0, 0, leaving);
  mutex_.unlock();
}

// Of two that fit alike the one given last, which is likelier to be in cache.
void* KeptBlocks::take_kept(std::size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  std::size_t best = count_;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!fits_block(blocks_[i], bytes)) continue;
    if (best == count_ || size_of_block(blocks_[i]) <= size_of_block(blocks_[best])) best = i;
  }
  return best == count_ ? nullptr : remove(best);
}

void* KeptBlocks::remove(std::size_t index) noexcept {
  void* block = blocks_[index];
  bytes_ -= size_of_block(block);
  std::copy(blocks_.begin() + index + 1, blocks_.begin() + count_, blocks_.begin() + index);
  --count_;
  return block;
}

void KeptBlocks::shrink(std::size_t bytes, std::size_t count, Leaving& leaving) noexcept {
  while (bytes_ > bytes || count_ > count) leaving.add(remove(0));
}

void KeptBlocks::drop_all() noexcept {
  Leaving leaving;
  const std::lock_guard lock(mutex_);
  shrink(0, 0, leaving);
}

}  // namespace gibbs::python
