#include "memory_block.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace gibbs::python {

namespace {

// Where pages are larger than 4 KiB the system rounds up by itself.
constexpr std::size_t kPage = 4096;

// From here NumPy asks for huge pages, and where it is told not to, we do not either.
constexpr std::size_t kHuge = std::size_t{4} << 20;

std::atomic<std::size_t> mapped = 0;

bool wants_huge_pages() noexcept {
  const char* text = std::getenv("NUMPY_MADVISE_HUGEPAGE");
  return !text || std::strcmp(text, "0") != 0;
}

std::size_t in_pages(std::size_t bytes) noexcept { return (bytes + kPage - 1) / kPage * kPage; }

char* front_of(void* block) noexcept { return static_cast<char*>(block) - kPage; }

}  // namespace

void* map_block(std::size_t bytes) noexcept {
  static const bool huge_pages = wants_huge_pages();
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) return nullptr;
  const std::size_t size = in_pages(bytes);
  void* front =
      mmap(nullptr, kPage + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (front == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
  if (size >= kHuge && huge_pages) madvise(front, kPage + size, MADV_HUGEPAGE);
#endif
  std::memcpy(front, &size, sizeof size);
  ++mapped;
  return static_cast<char*>(front) + kPage;
}

void unmap_block(void* block) noexcept {
  munmap(front_of(block), kPage + size_of_block(block));
  --mapped;
}

std::size_t mapped_blocks() noexcept { return mapped; }

std::size_t size_of_block(const void* block) noexcept {
  std::size_t size = 0;
  std::memcpy(&size, static_cast<const char*>(block) - kPage, sizeof size);
  return size;
}

bool fits_block(const void* block, std::size_t bytes) noexcept {
  const std::size_t size = size_of_block(block);
  return bytes <= size && size - in_pages(bytes) <= size / 8;
}

}  // namespace gibbs::python
