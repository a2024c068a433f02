#pragma once
// Blocks of memory straight from the system, each with a page in front that says how large it is.
// Not from malloc: a block that is kept at the top of its heap would keep all below it.

#include <cstddef>

namespace gibbs::python {

// Zeroes; null where the system has no more. The bytes begin at a page.
void* map_block(std::size_t bytes) noexcept;
void unmap_block(void* block) noexcept;
// How many there are.
std::size_t mapped_blocks() noexcept;

// What a block can hold: what was asked for, in whole pages.
std::size_t size_of_block(const void* block) noexcept;
// Whether it can hold `bytes`, and wastes at most an eighth of itself on that.
bool fits_block(const void* block, std::size_t bytes) noexcept;

}  // namespace gibbs::python
