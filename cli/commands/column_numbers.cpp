#include "commands/column_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "commands/words.hpp"
#include "io/byte_source.hpp"
#include "io/csv_table.hpp"
#include "io/npy_table.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

// What the numbers of a file are, and which may be there.
struct Kind {
  const char* option;
  const char* noun;
  const char* rule;
  bool (*holds)(double);
};

constexpr Kind kDegeneracy = {"--degeneracy", "degeneracy", "must be finite and not negative",
                              [](double g) { return g >= 0 && std::isfinite(g); }};
constexpr Kind kCap = {"--caps", "cap", "must not be negative or nan",
                       [](double cap) { return cap >= 0; }};
constexpr Kind kFloor = {"--floors", "floor", "must be finite and not negative", kDegeneracy.holds};
constexpr Kind kWeight = {"--weights", "weight", "must be finite and above 0",
                          [](double w) { return w > 0 && std::isfinite(w); }};

struct Numbers {
  std::vector<std::string> names;  // empty: by place
  std::vector<double> values;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

template <class Table>
Numbers read_all(Table table) {
  Numbers numbers;
  numbers.names = table.columns().names;
  numbers.cols = std::ssize(table.columns().scores);
  Block<double> block;
  std::int64_t lines = 0;
  while (table.next(block)) {
    table.load(block);
    if (block.problem) {
      block.problem->line += lines;
      throw bad_data(table.name(), *block.problem);
    }
    numbers.values.insert(numbers.values.end(), block.numbers.begin(),
                          block.numbers.begin() + block.rows * numbers.cols);
    numbers.rows += block.rows;
    lines += block.lines;
  }
  return numbers;
}

Numbers read_file(const Kind& kind, const std::string& path) {
  const FileFormat format = format_of_file(kind.option, path);
  FileSource source(path);
  if (format == FileFormat::kNpy) return read_all(NpyTable(source, {}));
  const char separator = format == FileFormat::kTsv ? '\t' : ',';
  return read_all(CsvTable(source, {}, {.separator = separator}));
}

void check_values(const Kind& kind, const std::string& path, const Numbers& numbers) {
  const std::int64_t header = numbers.names.empty() ? 0 : 1;
  for (std::size_t i = 0; i < numbers.values.size(); ++i) {
    const double value = numbers.values[i];
    if (kind.holds(value)) continue;
    const auto place = static_cast<std::int64_t>(i);
    throw bad_data(path,
                   {place / numbers.cols + 1 + header, place % numbers.cols + 1,
                    fmt::format("a {} {}; got {}", kind.noun, kind.rule, number_text(value))});
  }
}

std::vector<double> by_name(const Kind& kind, const std::string& path, const Numbers& numbers,
                            const std::vector<std::string>& names) {
  std::vector<double> chosen;
  for (const std::string& name : names) {
    const auto found = std::find(numbers.names.begin(), numbers.names.end(), name);
    if (found == numbers.names.end()) {
      throw bad_data(path, {1, 0, fmt::format("no {} for column {}", kind.noun, in_quotes(name))});
    }
    chosen.push_back(numbers.values[static_cast<std::size_t>(found - numbers.names.begin())]);
  }
  return chosen;
}

std::vector<double> read(const Kind& kind, const std::string& path,
                         const std::vector<std::string>& names, std::size_t columns) {
  if (path.empty()) return {};
  const Numbers numbers = read_file(kind, path);
  check_values(kind, path, numbers);
  if (numbers.rows == 1 && !numbers.names.empty() && !names.empty()) {
    return by_name(kind, path, numbers, names);
  }
  const bool one_line = numbers.rows == 1 || numbers.cols == 1;
  if (one_line && numbers.values.size() == columns) return numbers.values;
  throw bad_data(path, {0, 0,
                        fmt::format("{} x {} numbers, where one for each of {} score columns is "
                                    "needed",
                                    numbers.rows, numbers.cols, columns)});
}

}  // namespace

std::vector<std::string> ColumnFiles::given() const {
  std::vector<std::string> paths = {caps, floors, weights, degeneracy};
  std::erase(paths, std::string());
  return paths;
}

ColumnNumbers read_column_numbers(const ColumnFiles& files, const std::vector<std::string>& names,
                                  std::size_t columns) {
  return {read(kDegeneracy, files.degeneracy, names, columns),
          read(kCap, files.caps, names, columns), read(kFloor, files.floors, names, columns),
          read(kWeight, files.weights, names, columns)};
}

}  // namespace gibbs::cli
