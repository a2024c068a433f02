#include "commands/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace gibbs::cli {

namespace {

constexpr std::array<std::string_view, 9> kBars = {"\u00b7", "\u2581", "\u2582", "\u2583", "\u2584",
                                                   "\u2585", "\u2586", "\u2587", "\u2588"};
constexpr std::size_t kWidestLabel = 16;
constexpr std::size_t kWidestName = 16;
constexpr std::string_view kBold = "\x1b[1;36m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";

// Characters of UTF-8, taken as one column each.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

// Cut or filled up to `width` columns; control characters become spaces.
std::string fitted(std::string_view text, std::size_t width) {
  std::string shown;
  std::size_t used = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    if (begins && used == width) break;
    used += begins ? 1 : 0;
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return shown.append(width - used, ' ');
}

std::size_t widest(const std::vector<std::string>& texts, std::size_t limit) {
  std::size_t width = 0;
  for (const std::string& text : texts) width = std::max(width, columns_of(text));
  return std::min(width, limit);
}

// What tells the names apart: "digit_0", "digit_1" are "0" and "1".
std::vector<std::string> without_common_start(std::vector<std::string> names) {
  if (names.size() < 2) return names;
  std::size_t common = names.front().size();
  for (const std::string& name : names) {
    const auto differ =
        std::mismatch(name.begin(), name.end(), names.front().begin(), names.front().end());
    common = std::min(common, static_cast<std::size_t>(differ.first - name.begin()));
  }
  for (std::string& name : names) name.erase(0, common);
  return names;
}

std::size_t level(double probability) {
  if (probability == 0) return 0;
  return static_cast<std::size_t>(std::clamp(std::ceil(probability * 8), 1.0, 8.0));
}

// How the classes are laid out on a line.
struct Grid {
  std::size_t per_bar = 1;  // classes behind one bar
  std::size_t bars = 0;
  std::size_t bar_width = 1;
  std::size_t gap = 0;
};

Grid grid_for(std::size_t classes, std::size_t room) {
  Grid grid;
  grid.per_bar = std::max<std::size_t>(1, (classes + room - 1) / room);
  grid.bars = (classes + grid.per_bar - 1) / grid.per_bar;
  if (3 * grid.bars <= room) {
    grid.bar_width = 2;
    grid.gap = 1;
  }
  return grid;
}

std::string bar(double probability, bool is_largest, std::size_t width, bool colour) {
  std::string cells;
  for (std::size_t i = 0; i < width; ++i) cells += kBars[level(probability)];
  if (!colour) return cells;
  return fmt::format("{}{}{}", is_largest ? kBold : kDim, cells, kPlain);
}

std::string bars(const std::vector<double>& p, std::size_t largest, const Grid& grid, bool colour) {
  std::string line;
  for (std::size_t i = 0; i < grid.bars; ++i) {
    const std::size_t first = i * grid.per_bar;
    const std::size_t last = std::min(first + grid.per_bar, p.size());
    const double most = *std::max_element(p.begin() + static_cast<std::ptrdiff_t>(first),
                                          p.begin() + static_cast<std::ptrdiff_t>(last));
    line += bar(most, first <= largest && largest < last, grid.bar_width, colour);
    line.append(grid.gap, ' ');
  }
  return line;
}

std::string head(const std::vector<std::string>& names, const Grid& grid) {
  const std::vector<std::string> shown = without_common_start(names);
  if (grid.per_bar > 1 || widest(shown, grid.bar_width + 1) > grid.bar_width) return {};
  std::string line;
  for (const std::string& name : shown) line += fitted(name, grid.bar_width + grid.gap);
  return line;
}

std::string cells_of(const PictureRow& row, const std::vector<std::string>& names, const Grid& grid,
                     bool colour) {
  const std::vector<double>& p = row.probabilities;
  if (std::any_of(p.begin(), p.end(), [](double x) { return std::isnan(x); })) return "nan";
  const auto largest = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
  const std::string line = bars(p, largest, grid, colour);
  if (p[largest] == 0) return line + " no state";
  return fmt::format("{} {} {:.3f}", line, fitted(names[largest], widest(names, kWidestName)),
                     p[largest]);
}

}  // namespace

std::string picture(const std::vector<PictureRow>& rows, const std::vector<std::string>& names,
                    const PictureStyle& style) {
  std::vector<std::string> labels;
  labels.reserve(rows.size());
  for (const PictureRow& row : rows) labels.push_back(row.label);
  const std::size_t label_width = widest(labels, kWidestLabel);
  const std::size_t left = 6 + (label_width > 0 ? label_width + 2 : 0);
  const std::size_t taken = left + widest(names, kWidestName) + 8;
  const auto width = static_cast<std::size_t>(std::max(style.width, 0));
  const Grid grid = grid_for(names.size(), width > taken + 8 ? width - taken : 8);

  std::string text;
  if (const std::string line = head(names, grid); !line.empty()) {
    text += fmt::format("{:{}}{}\n", "", left, line);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string label = label_width > 0 ? fitted(labels[i], label_width) + "  " : "";
    text += fmt::format("{:4}  {}{}\n", i + 1, label, cells_of(rows[i], names, grid, style.colour));
  }
  if (grid.per_bar > 1) text += fmt::format("  each bar: the largest of {}\n", grid.per_bar);
  return text;
}

}  // namespace gibbs::cli
