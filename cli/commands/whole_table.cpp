#include "commands/whole_table.hpp"

#include <fmt/format.h>

#include <limits>

#include "commands/words.hpp"
#include "io/byte_source.hpp"
#include "io/csv_table.hpp"
#include "io/npy_table.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

template <class Table>
WholeTable read_all(Table table, std::int64_t numbers) {
  WholeTable whole;
  whole.names = table.columns().names;
  whole.cols = std::ssize(table.columns().scores);
  whole.values.reserve(static_cast<std::size_t>(numbers));
  Block<double> block;
  std::int64_t lines = 0;
  while (table.next(block)) {
    table.load(block);
    if (block.problem) {
      block.problem->line += lines;
      throw bad_data(table.name(), *block.problem);
    }
    whole.values.insert(whole.values.end(), block.numbers.begin(),
                        block.numbers.begin() + block.rows * whole.cols);
    whole.rows += block.rows;
    lines += block.lines;
  }
  return whole;
}

// Of a .npy; text is checked while it is read.
void check_potentials(const std::string& path, const WholeTable& table) {
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    if (table.values[i] > -std::numeric_limits<double>::infinity()) continue;
    const auto place = static_cast<std::int64_t>(i);
    throw bad_data(path, {place / table.cols + 1, place % table.cols + 1,
                          fmt::format("a potential must be a number or inf; got {}",
                                      number_text(table.values[i]))});
  }
}

}  // namespace

WholeTable read_whole_table(std::string_view option, const std::string& path, Cells cells) {
  const FileFormat format = format_of_file(option, path);
  FileSource source(path);
  if (format == FileFormat::kNpy) {
    NpyTable table(source, {});
    const std::int64_t numbers = table.header().rows * table.header().cols;
    WholeTable whole = read_all(std::move(table), numbers);
    if (cells == Cells::kPotentials) check_potentials(path, whole);
    return whole;
  }
  const char separator = format == FileFormat::kTsv ? '\t' : ',';
  return read_all(CsvTable(source, ColumnRequest{}, {.separator = separator, .cells = cells}), 0);
}

}  // namespace gibbs::cli
