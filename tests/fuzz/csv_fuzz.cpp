// Any bytes as CSV: no crash, and the same table whatever the size of the blocks.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "io/csv_table.hpp"
#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace {

using namespace gibbs::cli;

// All of a table as one text, with the sentence that it ends with.
template <gibbs::Score T>
std::string read(std::string_view bytes, const CsvOptions& options, const ColumnRequest& request) {
  std::string whole;
  std::string kept;
  try {
    MemorySource source(bytes);
    CsvTable table(source, request, options);
    Block<T> block;
    for (std::int64_t lines = 0; table.next(block); lines += block.lines) {
      table.load(block);
      const std::int64_t count = block.rows * std::ssize(table.columns().scores);
      for (std::int64_t i = 0; i < count; ++i) {
        whole += number_text(block.numbers[static_cast<std::size_t>(i)]) + ' ';
      }
      for (std::int64_t i = 0; i < block.rows * std::ssize(table.columns().kept); ++i) {
        const std::string value = decode_field(block.kept[static_cast<std::size_t>(i)]);
        if (decode_field(encode_field(value, options.separator)) != value) std::abort();
        kept += value + ' ';
      }
      if (block.problem) {
        block.problem->line += lines;
        throw bad_data("csv", *block.problem);
      }
    }
  } catch (const std::runtime_error& error) {
    whole += error.what();
  }
  return whole + kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  CsvOptions options{.separator = (data[0] & 1) != 0 ? '\t' : ',',
                     .header = static_cast<Header>((data[0] >> 1) % 3),
                     .empty_is_masked = (data[0] & 8) != 0};
  const ColumnRequest request = (data[0] & 16) != 0 ? ColumnRequest{{"2"}, {"1"}} : ColumnRequest{};
  const std::string whole = read<double>(bytes, options, request);
  options.sizes.block = 1 + data[1];
  if (read<double>(bytes, options, request) != whole) std::abort();
  read<gibbs::float16>(bytes, options, request);
  return 0;
}
