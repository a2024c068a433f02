#include "commands/level_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "commands/words.hpp"
#include "io/byte_source.hpp"
#include "io/csv_text.hpp"
#include "io/number.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

using Fields = std::vector<std::string>;
using thermo::Degeneracy;

std::string lower_case(std::string word) {
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

bool is_word(const std::string& field) {
  double ignored = 0;
  return !field.empty() && parse_number(field, ignored) == Parsed::kNotANumber;
}

// The field that is one of two names, as it is written; empty: none.
// throws    BadRequest: `option` must choose between two of them
std::string find_name(const Fields& fields, std::string_view file, std::string_view short_name,
                      std::string_view name, std::string_view option) {
  std::string found;
  for (const std::string& field : fields) {
    const std::string word = lower_case(field);
    if (word != short_name && word != name) continue;
    if (!found.empty() && found != field) {
      throw BadRequest(fmt::format("{} has columns {} and {}: name one with {}", file,
                                   in_quotes(found), in_quotes(field), option));
    }
    found = field;
  }
  return found;
}

// By the names of a header, or by place.
ColumnRequest choose_columns(const Fields& fields, std::string_view file,
                             const LevelColumns& asked) {
  const bool named = asked.header != Header::kNo && std::ranges::any_of(fields, is_word);
  std::string energy = asked.energy, degeneracy = asked.degeneracy;
  if (named) {
    if (energy.empty()) energy = find_name(fields, file, "e", "energy", "--energy");
    if (degeneracy.empty()) {
      degeneracy = find_name(fields, file, "g", "degeneracy", "--degeneracy");
    }
  } else if (energy.empty() && degeneracy.empty() && fields.size() == 2) {
    degeneracy = "2";
  }
  const bool first = energy.empty() && (fields.size() == 1 || (!named && fields.size() == 2));
  if (first) energy = degeneracy == "1" ? "2" : "1";
  if (energy.empty()) {
    throw BadRequest(fmt::format("which column of {} has the energies? name it with --energy; {}",
                                 file,
                                 known_columns(named ? fields : Fields{}, std::ssize(fields))));
  }
  ColumnRequest request;
  request.columns = {energy};
  if (!degeneracy.empty()) request.keep = {degeneracy};
  request.columns_option = "--energy";
  request.keep_option = "--degeneracy";
  request.column_noun = "that of the energies";
  return request;
}

Degeneracy read_degeneracy(const std::string& text, bool logarithm) {
  if (!logarithm) return Degeneracy::of_decimal(text);
  double log = 0;
  const Parsed parsed = parse_number(text, log);
  if (parsed == Parsed::kNumber) return Degeneracy::of_log(log);
  const std::string quoted = in_quotes(text);
  throw std::invalid_argument(": " + (parsed == Parsed::kOutOfRange ? out_of_range<double>(quoted)
                                                                    : quoted + " is not a number"));
}

class LevelReader {
 public:
  LevelReader(CsvTable& table, bool logarithms) : table_(table), logarithms_(logarithms) {}

  thermo::Levels read() {
    Block<double> block;
    std::int64_t lines = 0;
    while (table_.next(block)) {
      table_.load(block);
      if (!block.problem) add(block);
      if (block.problem) {
        if (block.problem->line > 0) block.problem->line += lines;
        throw bad_data(table_.name(), *block.problem);
      }
      lines += block.lines;
    }
    if (energies_.empty()) throw BadData(fmt::format("{} has no levels", table_.name()));
    if (table_.columns().kept.empty()) return thermo::Levels(std::move(energies_));
    return {std::move(energies_), std::move(degeneracies_)};
  }

 private:
  void add(Block<double>& block) {
    energies_.insert(energies_.end(), block.numbers.begin(), block.numbers.begin() + block.rows);
    if (table_.columns().kept.empty()) return;
    for (std::int64_t row = 0; row < block.rows; ++row) {
      const std::string_view raw = block.kept[static_cast<std::size_t>(row)];
      try {
        degeneracies_.push_back(
            read_degeneracy(std::string(trimmed(decode_field(trimmed(raw)))), logarithms_));
      } catch (const std::invalid_argument& refusal) {
        block.problem = {line_of(block, raw), table_.columns().kept.front() + 1, rule_of(refusal)};
        return;
      }
    }
  }

  CsvTable& table_;
  bool logarithms_;
  std::vector<double> energies_;
  std::vector<Degeneracy> degeneracies_;
};

}  // namespace

thermo::Levels read_levels(const std::string& path, const LevelColumns& columns) {
  const FileFormat format = format_of_file("input", path);
  if (format == FileFormat::kNpy) {
    throw BadRequest("a table of levels is .csv or .tsv: degeneracies may be integers of any size");
  }
  FileSource source(path);
  const auto choose = [&](const Fields& fields) {
    return choose_columns(fields, source.name(), columns);
  };
  CsvTable table(source, choose,
                 {.separator = format == FileFormat::kTsv ? '\t' : ',',
                  .header = columns.header,
                  .cells = Cells::kEnergies});
  return LevelReader(table, columns.logarithms).read();
}

}  // namespace gibbs::cli
