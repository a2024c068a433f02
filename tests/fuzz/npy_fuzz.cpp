// Any bytes as .npy: no crash, and no more rows than there are bytes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "io/npy_table.hpp"

namespace {

using namespace gibbs::cli;

template <gibbs::Score T>
std::int64_t count_numbers(std::string_view bytes, const ColumnRequest& request,
                           std::int64_t block_bytes) {
  std::int64_t numbers = 0;
  try {
    const MemorySource source(bytes);
    NpyTable table(source, request, block_bytes);
    Block<T> block;
    while (table.next(block)) {
      table.load(block);
      numbers += block.rows * std::ssize(table.columns().scores);
      if (block.problem) break;
    }
  } catch (const std::runtime_error&) {
    return numbers;
  }
  return numbers;
}

// A header is rarely hit on by chance: put one before the bytes.
std::string with_magic(std::string_view bytes) {
  const std::size_t size = std::min<std::size_t>(bytes.size(), 70);
  std::string file = "\x93NUMPY";
  file += {'\1', '\0', static_cast<char>(size), '\0'};
  return file += bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string file = (data[0] & 1) != 0 ? with_magic(bytes) : std::string(bytes);
  const ColumnRequest request = (data[0] & 2) != 0 ? ColumnRequest{{"2"}, {"1"}} : ColumnRequest{};
  const std::int64_t numbers = count_numbers<double>(file, request, 1 + data[1]);
  if (numbers > std::ssize(file)) std::abort();
  if (count_numbers<double>(file, request, 1 << 18) != numbers) std::abort();
  count_numbers<float>(file, request, 1 + data[1]);
  count_numbers<gibbs::float16>(file, request, 1 + data[1]);
  return 0;
}
