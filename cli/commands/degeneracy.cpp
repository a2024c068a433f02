#include "commands/degeneracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "commands/map_request.hpp"
#include "io/byte_source.hpp"
#include "io/csv_table.hpp"
#include "io/npy_table.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

struct Weights {
  std::vector<std::string> names;  // empty: by place
  std::vector<double> values;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

template <class Table>
Weights read_all(Table table) {
  Weights weights;
  weights.names = table.columns().names;
  weights.cols = std::ssize(table.columns().scores);
  Block<double> block;
  std::int64_t lines = 0;
  while (table.next(block)) {
    table.load(block);
    if (block.problem) {
      block.problem->line += lines;
      throw bad_data(table.name(), *block.problem);
    }
    weights.values.insert(weights.values.end(), block.numbers.begin(),
                          block.numbers.begin() + block.rows * weights.cols);
    weights.rows += block.rows;
    lines += block.lines;
  }
  return weights;
}

Weights read_weights(const std::string& path) {
  const FileFormat format = format_of_file("--degeneracy", path);
  FileSource source(path);
  if (format == FileFormat::kNpy) return read_all(NpyTable(source, {}));
  const char separator = format == FileFormat::kTsv ? '\t' : ',';
  return read_all(CsvTable(source, {}, {.separator = separator}));
}

void check_values(const std::string& path, const Weights& weights) {
  const std::int64_t header = weights.names.empty() ? 0 : 1;
  for (std::size_t i = 0; i < weights.values.size(); ++i) {
    const double g = weights.values[i];
    if (g >= 0 && std::isfinite(g)) continue;
    const auto place = static_cast<std::int64_t>(i);
    throw bad_data(path, {place / weights.cols + 1 + header, place % weights.cols + 1,
                          fmt::format("a degeneracy must be finite and not negative; got {}",
                                      number_text(g))});
  }
}

std::vector<double> by_name(const std::string& path, const Weights& weights,
                            const std::vector<std::string>& names) {
  std::vector<double> chosen;
  for (const std::string& name : names) {
    const auto found = std::find(weights.names.begin(), weights.names.end(), name);
    if (found == weights.names.end()) {
      throw bad_data(path, {1, 0, fmt::format("no degeneracy for column {}", in_quotes(name))});
    }
    chosen.push_back(weights.values[static_cast<std::size_t>(found - weights.names.begin())]);
  }
  return chosen;
}

}  // namespace

std::vector<double> read_degeneracy(const std::string& path, const std::vector<std::string>& names,
                                    std::size_t columns) {
  const Weights weights = read_weights(path);
  check_values(path, weights);
  if (weights.rows == 1 && !weights.names.empty() && !names.empty()) {
    return by_name(path, weights, names);
  }
  const bool one_line = weights.rows == 1 || weights.cols == 1;
  if (one_line && weights.values.size() == columns) return weights.values;
  throw bad_data(path, {0, 0,
                        fmt::format("{} x {} numbers, where one for each of {} score columns is "
                                    "needed",
                                    weights.rows, weights.cols, columns)});
}

}  // namespace gibbs::cli
