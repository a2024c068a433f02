#include "io/npy_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstring>
#include <utility>

#include "io/number.hpp"

namespace gibbs::cli {

namespace {

// A column of a Fortran array is read in pieces of at least this many rows, where memory allows.
constexpr std::int64_t kFortranRows = 4096;
constexpr std::int64_t kMostFortranBytes = std::int64_t{1} << 24;
constexpr std::int64_t kRoomOfKept = 32;  // the longest number takes 24 characters

std::int64_t rows_of_a_block(const NpyHeader& header, std::int64_t block_bytes) {
  const std::int64_t row_bytes = header.cols * header.bytes;
  if (header.fortran_order) {
    block_bytes = std::max(block_bytes, std::min(kFortranRows * row_bytes, kMostFortranBytes));
  }
  return std::max<std::int64_t>(1, block_bytes / row_bytes);
}

// A block of stored numbers at strides. Copied out one by one: a string is not aligned for them.
template <Score Stored>
struct Stash {
  const char* bytes;
  std::int64_t row_step;
  std::int64_t col_step;

  Stored operator()(std::int64_t row, std::int64_t col) const {
    Stored value;
    std::memcpy(&value, bytes + (row * row_step + col * col_step) * std::int64_t{sizeof value},
                sizeof value);
    return value;
  }
};

template <Score T, Score Stored>
T converted(Stored stored) {
  if constexpr (std::same_as<T, Stored>) {
    return stored;
  } else {
    const auto wide = static_cast<working_t<Stored>>(stored);
    const T value(static_cast<working_t<T>>(wide));
    if (std::isfinite(wide) && !std::isfinite(static_cast<working_t<T>>(value))) {
      throw Problem{0, 0, out_of_range<T>(number_text(stored))};
    }
    return value;
  }
}

// Score columns to block.numbers; block.rows counts the rows done.
template <Score T, Score Stored>
void copy_scores(const Stash<Stored>& stash, const std::vector<std::int64_t>& columns,
                 std::int64_t rows, Block<T>& block) {
  block.numbers.resize(static_cast<std::size_t>(rows) * columns.size());
  T* to = block.numbers.data();
  for (block.rows = 0; block.rows < rows; ++block.rows) {
    for (const std::int64_t column : columns) {
      try {
        *to++ = converted<T>(stash(block.rows, column));
      } catch (Problem& problem) {
        block.problem = {block.rows + 1, column + 1, std::move(problem.sentence)};
        return;
      }
    }
  }
}

template <Score T, Score Stored>
void copy_kept(const Stash<Stored>& stash, const std::vector<std::int64_t>& columns,
               Block<T>& block) {
  block.kept.clear();
  const auto count = static_cast<std::size_t>(block.rows) * columns.size();
  block.kept_text.resize(count * kRoomOfKept + kNumberRoom);
  char* to = block.kept_text.data();
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (const std::int64_t column : columns) {
      char* const end = write_number(to, stash(row, column));
      block.kept.emplace_back(to, static_cast<std::size_t>(end - to));
      to = end;
    }
  }
}

}  // namespace

NpyTable::NpyTable(const ByteSource& source, const ColumnRequest& request, std::int64_t block_bytes)
    : source_(&source), header_(read_npy_header(source)) {
  plan_ = plan_columns(request, {}, header_.cols, source.name());
  block_rows_ = rows_of_a_block(header_, block_bytes);
}

template <Score T>
bool NpyTable::next(Block<T>& block) {
  block.problem.reset();
  block.first_row = next_row_;
  block.rows = std::min(block_rows_, header_.rows - next_row_);
  block.lines = block.rows;
  block.bytes = block.rows * header_.cols * header_.bytes;
  next_row_ += block.rows;
  return block.rows > 0;
}

template <Score T>
void NpyTable::load(Block<T>& block) const {
  try {
    if (header_.bytes == 8) return convert<double>(block);
    if (header_.bytes == 4) return convert<float>(block);
    convert<float16>(block);
  } catch (Problem& problem) {
    block.rows = 0;
    block.problem = std::move(problem);
  }
}

template <Score Stored, Score T>
void NpyTable::convert(Block<T>& block) const {
  const std::int64_t rows = block.rows;
  const auto numbers = static_cast<std::size_t>(rows * header_.cols);
  const bool all_columns = std::ssize(plan_.scores) == header_.cols &&
                           std::is_sorted(plan_.scores.begin(), plan_.scores.end());
  if constexpr (std::same_as<T, Stored>) {
    if (all_columns && !header_.fortran_order) {
      block.numbers.resize(numbers);
      return read_rows(block.first_row, rows, reinterpret_cast<char*>(block.numbers.data()));
    }
  }
  block.text.resize(numbers * sizeof(Stored));
  read_rows(block.first_row, rows, block.text.data());
  const Stash<Stored> stash{block.text.data(), header_.fortran_order ? 1 : header_.cols,
                            header_.fortran_order ? rows : 1};
  copy_scores(stash, plan_.scores, rows, block);
  copy_kept(stash, plan_.kept, block);
}

// In the order of the file: a Fortran array comes as one piece of each column.
void NpyTable::read_rows(std::int64_t first_row, std::int64_t rows, char* to) const {
  if (!header_.fortran_order) {
    return read_numbers(first_row * header_.cols, rows * header_.cols, to);
  }
  for (std::int64_t column = 0; column < header_.cols; ++column) {
    read_numbers(column * header_.rows + first_row, rows, to);
    to += rows * header_.bytes;
  }
}

void NpyTable::read_numbers(std::int64_t first, std::int64_t count, char* to) const {
  const auto size = static_cast<std::size_t>(count * header_.bytes);
  const std::int64_t offset = header_.data_begins + first * header_.bytes;
  if (source_->read_at(offset, to, size) != size) {
    throw Problem{0, 0, "the file has become shorter while it was read"};
  }
}

template bool NpyTable::next(Block<double>&);
template bool NpyTable::next(Block<float>&);
template bool NpyTable::next(Block<float16>&);
template bool NpyTable::next(Block<bfloat16>&);
template void NpyTable::load(Block<double>&) const;
template void NpyTable::load(Block<float>&) const;
template void NpyTable::load(Block<float16>&) const;
template void NpyTable::load(Block<bfloat16>&) const;

}  // namespace gibbs::cli
