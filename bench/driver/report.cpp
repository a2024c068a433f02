#include "driver/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gibbs::bench {
namespace {

using Row = std::vector<std::string>;
using Table = std::vector<Row>;

// Three figures that count, in as few characters.
std::string number(std::optional<double> value) {
  if (!value) return "-";
  return fmt::format("{:.{}f}", *value, *value < 10 ? 2 : *value < 100 ? 1 : 0);
}

std::optional<double> copy_rate(const Result& result) {
  const auto seconds = median_seconds(result, "softmax/memcpy");
  if (!seconds) return std::nullopt;
  return static_cast<double>(2 * sizeof(float)) * static_cast<double>(result.shape.elements()) /
         *seconds * 1e-9;
}

std::optional<double> nanoseconds(const Result& result, const std::string& name) {
  const auto seconds = median_seconds(result, name);
  if (!seconds) return std::nullopt;
  return *seconds * 1e9 / static_cast<double>(result.shape.elements());
}

Table figures(const std::vector<Result>& results) {
  Table table{{"rows x columns", "copy, GB/s", "softmax, ns", "oneDNN, ns"}};
  for (const Ratio& ratio : ratios()) {
    if (ratio.in_table) table[0].push_back(ratio.name);
  }
  for (const Result& result : results) {
    if (result.shape.roster == Roster::kSweeps) continue;
    Row row{result.shape.name, number(copy_rate(result)),
            number(nanoseconds(result, "softmax/gibbs")),
            number(nanoseconds(result, "softmax/onednn"))};
    for (const Ratio& ratio : ratios()) {
      if (ratio.in_table) row.push_back(number(value(result, ratio)));
    }
    table.push_back(std::move(row));
  }
  return table;
}

std::string with_floor(const Bar& bar, double value, const std::optional<double>& floor) {
  return floor ? fmt::format("{:.4g} ({} {:.4g})", value, bar.floor, *floor)
               : fmt::format("{:.4g}", value);
}

// "met", and the shapes that are beyond the bar all the same.
std::string judged(const Bar& bar, const Figure& figure, const std::vector<Figure>& beyond) {
  if (!met(bar, figure.value)) {
    return figure.floor ? fmt::format("missed ({} {:.4g})", bar.floor, *figure.floor) : "missed";
  }
  std::vector<std::string> shapes;
  for (const Figure& f : beyond) {
    shapes.push_back(fmt::format("{}: {}", f.shape, with_floor(bar, f.value, f.floor)));
  }
  return shapes.empty() ? "met" : fmt::format("met, but {}", fmt::join(shapes, ", "));
}

Row verdict(const Bar& bar, const std::optional<Figure>& figure,
            const std::vector<Figure>& beyond) {
  return {bar.what, fmt::format("{} {}", bar.at_most ? "<=" : ">=", bar.limit),
          // A figure that just misses its bar must not be rounded onto it.
          figure ? fmt::format("{:.4g}", figure->value) : "-", figure ? figure->shape : "-",
          figure ? judged(bar, *figure, beyond) : "not measured"};
}

Table verdicts(const Report& report) {
  Table table{{"what", "bar", "measured", "where", "verdict"}};
  for (const Bar& bar : bars()) {
    table.push_back(verdict(bar, measured(bar, report.results), beyond(bar, report.results)));
  }
  for (const CommandBar& bar : command_bars()) {
    std::optional<Figure> figure;
    if (report.command) {
      figure = Figure{"file to file", (*report.command).*bar.figure * bar.unit, {}};
    }
    table.push_back(verdict({bar.what, "", {}, bar.at_most, bar.limit}, figure, {}));
  }
  return table;
}

// "softmax / oneDNN" would make a column 16 wide; over two lines it takes 8.
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> lines;
  std::string rest = text;
  for (std::size_t at; (at = rest.find(' ')) != std::string::npos; rest = rest.substr(at + 1)) {
    const std::string word = rest.substr(0, at);
    if (word == "/" && !lines.empty()) {
      lines.back() += '/';
    } else {
      lines.push_back(word);
    }
  }
  lines.push_back(rest);
  return lines;
}

std::vector<std::size_t> widths(const Table& table) {
  std::vector<std::size_t> wide(table[0].size());
  for (const Row& row : table) {
    for (std::size_t k = 0; k < row.size(); ++k) wide[k] = std::max(wide[k], row[k].size());
  }
  return wide;
}

std::string aligned(const Table& table) {
  const std::vector<std::size_t> wide = widths(table);
  std::string text;
  for (const Row& row : table) {
    std::string line = fmt::format("{:<{}}", row[0], wide[0]);
    for (std::size_t k = 1; k < row.size(); ++k) line += fmt::format(" {:>{}}", row[k], wide[k]);
    text += line + "\n";
  }
  return text;
}

// The heading's words stand one above the other, the last on the last line.
Table with_tall_heading(const Table& table) {
  std::vector<std::vector<std::string>> headings;
  std::size_t height = 0;
  for (std::size_t k = 0; k < table[0].size(); ++k) {
    headings.push_back(k == 0 ? std::vector{table[0][0]} : words(table[0][k]));
    height = std::max(height, headings.back().size());
  }
  Table tall(height, Row(table[0].size()));
  for (std::size_t k = 0; k < headings.size(); ++k) {
    const std::size_t above = height - headings[k].size();
    for (std::size_t i = 0; i < headings[k].size(); ++i) tall[above + i][k] = headings[k][i];
  }
  tall.insert(tall.end(), table.begin() + 1, table.end());
  return tall;
}

std::string markdown(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.size(); ++i) {
    text += fmt::format("| {} |\n", fmt::join(table[i], " | "));
    if (i > 0) continue;
    text += "|---|";
    for (std::size_t k = 1; k < table[0].size(); ++k) text += "---:|";
    text += '\n';
  }
  return text;
}

constexpr const char* kHowToRead =
    "float32, scores of standard deviation 2, one thread but where two are named. ns: median per\n"
    "element, in processor time. Ratios are of times: the median over rounds of the ratio within "
    "a\n"
    "round. copy / softmax is the share of copy bandwidth reached; copy / softmax_vjp too, for\n"
    "three arrays instead of two. Out of cache, copy / oneDNN is the least that softmax / oneDNN\n"
    "can be. reading: the maximum of all scores, by a loop that asks for memory 16 KiB ahead.\n"
    "scaling: how much faster two threads that share nothing compute exponentials than one; above\n"
    "it no bar for threads can be met in cache. A bar is on the worst of its shapes, or on their\n"
    "geometric mean; shapes that miss the bar of a mean are named beside it.\n";

}  // namespace

std::string as_text(const Report& report) {
  std::string text;
  for (const auto& [name, value] : report.facts) text += fmt::format("{:<12} {}\n", name, value);
  return text + "\n" + kHowToRead + "\n" + aligned(with_tall_heading(figures(report.results))) +
         "\n" + aligned(verdicts(report));
}

std::string as_markdown(const Report& report) {
  std::string text = "# Speed\n\nMade by `make bench`; not edited by hand.\n\n| | |\n|---|---|\n";
  for (const auto& [name, value] : report.facts) text += fmt::format("| {} | {} |\n", name, value);
  return text + "\n" + kHowToRead + "\n" + markdown(figures(report.results)) + "\n## Bars\n\n" +
         markdown(verdicts(report));
}

std::string as_json(const Report& report) {
  std::string machine, laps;
  for (const auto& [name, value] : report.facts) {
    machine += fmt::format("{}\n  \"{}\": \"{}\"", machine.empty() ? "" : ",", name, value);
  }
  for (const Result& result : report.results) {
    for (const Lap& lap : result.laps) {
      laps += fmt::format(
          "{}\n  {{\"shape\": \"{}\", \"name\": \"{}\", \"rows\": {}, \"cols\": {}, "
          "\"error\": {:.3g}, \"median_seconds\": {:.6g}, \"least_seconds\": {:.6g}}}",
          laps.empty() ? "" : ",", result.shape.name, lap.name, result.shape.rows,
          result.shape.cols, lap.error, median(lap.seconds), minimum(lap.seconds));
    }
  }
  std::string command = "null";
  if (report.command) {
    const CommandFigures& c = *report.command;
    command = fmt::format(
        "{{\"short_csv_bytes_per_second\": {:.6g}, \"full_csv_bytes_per_second\": {:.6g}, "
        "\"csv_peak_bytes\": {:.6g}, \"npy_share_of_copy\": {:.4g}}}",
        c.short_csv_rate, c.full_csv_rate, c.csv_peak, c.npy_share_of_copy);
  }
  return fmt::format("{{\"machine\": {{{}\n}},\n\"command\": {},\n\"laps\": [{}\n]}}\n", machine,
                     command, laps);
}

}  // namespace gibbs::bench
