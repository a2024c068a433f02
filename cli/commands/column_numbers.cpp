#include "commands/column_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "commands/whole_table.hpp"
#include "io/byte_source.hpp"
#include "io/number.hpp"
#include "io/problem.hpp"

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

void check_values(const Kind& kind, const std::string& path, const WholeTable& numbers) {
  const std::int64_t header = numbers.names.empty() ? 0 : 1;
  for (std::size_t i = 0; i < numbers.values.size(); ++i) {
    const double value = numbers.values[i];
    if (kind.holds(value)) continue;
    const auto place = static_cast<std::int64_t>(i);
    throw bad_data(shown_name(path),
                   {place / numbers.cols + 1 + header, place % numbers.cols + 1,
                    fmt::format("a {} {}; got {}", kind.noun, kind.rule, number_text(value))});
  }
}

std::vector<double> by_name(const Kind& kind, const std::string& path, const WholeTable& numbers,
                            const std::vector<std::string>& names) {
  std::vector<double> chosen;
  for (const std::string& name : names) {
    const auto found = std::find(numbers.names.begin(), numbers.names.end(), name);
    if (found == numbers.names.end()) {
      throw bad_data(shown_name(path),
                     {1, 0, fmt::format("no {} for column {}", kind.noun, in_quotes(name))});
    }
    chosen.push_back(numbers.values[static_cast<std::size_t>(found - numbers.names.begin())]);
  }
  return chosen;
}

std::vector<double> read(const Kind& kind, const std::string& path,
                         const std::vector<std::string>& names, std::size_t columns) {
  if (path.empty()) return {};
  const WholeTable numbers = read_whole_table(kind.option, path);
  check_values(kind, path, numbers);
  if (numbers.rows == 1 && !numbers.names.empty() && !names.empty()) {
    return by_name(kind, path, numbers, names);
  }
  const bool one_line = numbers.rows == 1 || numbers.cols == 1;
  if (one_line && numbers.values.size() == columns) return numbers.values;
  throw bad_data(shown_name(path),
                 {0, 0,
                  fmt::format("{} x {} numbers{}, where one for each of {} score columns is "
                              "needed",
                              numbers.rows, numbers.cols,
                              numbers.names.empty() ? "" : " below its header", columns)});
}

}  // namespace

std::vector<std::string> ColumnFiles::given() const {
  std::vector<std::string> paths = {caps, floors, weights, degeneracy};
  std::erase(paths, std::string());
  std::ranges::transform(paths, paths.begin(), shown_name);
  return paths;
}

ColumnNumbers read_column_numbers(const ColumnFiles& files, const std::vector<std::string>& names,
                                  std::size_t columns) {
  return {read(kDegeneracy, files.degeneracy, names, columns),
          read(kCap, files.caps, names, columns), read(kFloor, files.floors, names, columns),
          read(kWeight, files.weights, names, columns)};
}

}  // namespace gibbs::cli
