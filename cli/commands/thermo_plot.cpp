#include "commands/thermo_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "commands/gnuplot.hpp"
#include "commands/words.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

using thermo::State;

struct Quantity {
  std::string_view name;
  double State::*value;
  std::string_view symbol;
  bool is_energy;
};

constexpr std::array kQuantities = {
    Quantity{"log_partition", &State::log_partition, "ln Z", false},
    Quantity{"mean_energy", &State::mean_energy, "U", true},
    Quantity{"free_energy", &State::free_energy, "F", true},
    Quantity{"entropy", &State::entropy, "S / k", false},
    Quantity{"heat_capacity", &State::heat_capacity, "C_V / k", false},
};
constexpr std::string_view kPopulations = "populations";

const Quantity* find(std::string_view name) {
  const auto found = std::ranges::find(kQuantities, name, &Quantity::name);
  return found == kQuantities.end() ? nullptr : &*found;
}

bool is_quantity(std::string_view name) { return name == kPopulations || find(name) != nullptr; }

constexpr std::array kTerminals = {
    Choice<const char*>{".svg", "svg size 720,480 font 'sans,14' background '#ffffff'"},
    Choice<const char*>{".png", "pngcairo size 720,480 font 'sans,12'"},
    Choice<const char*>{".pdf", "pdfcairo size 18cm,12cm font 'sans,12'"}};

const char* terminal_of(const std::string& file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  for (const auto& terminal : kTerminals) {
    if (terminal.word == ending) return terminal.value;
  }
  throw BadRequest(fmt::format("--plot: {} does not end in .svg, .png or .pdf", in_quotes(file)));
}

// Text between single quotes of gnuplot, as it stands.
std::string in_single_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

struct Point {
  double x, y;
  bool is_left() const { return std::signbit(x); }
};

// From left to right, without what is not finite, for which gnuplot has no words.
std::vector<Point> points_of(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) points.push_back({x[i], y[i]});
  }
  std::ranges::stable_sort(points, [](const Point& a, const Point& b) {
    return a.x < b.x || (a.x == b.x && a.is_left() && !b.is_left());
  });
  return points;
}

// Lines "x y". A blank one between T < 0 and T > 0 parts the curve: they meet at infinity.
std::string data_of(const std::vector<Point>& points) {
  std::string lines;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool jumps = i > 0 && points[i - 1].is_left() && !points[i].is_left();
    lines += fmt::format("{}{} {}\n", jumps ? "\n" : "", number_text(points[i].x),
                         number_text(points[i].y));
  }
  return lines;
}

// The fifth colour of gnuplot is a yellow that is hardly seen on white: contrast 1.3.
constexpr std::string_view kGreyForYellow = "set linetype 5 linecolor rgb '#7f7f7f'\n";

// Few temperatures are seen one by one, and one alone at all; of many the line is enough.
constexpr std::size_t kFewPoints = 16;

std::string_view style_of(const std::vector<Point>& points) {
  return points.size() > kFewPoints ? "lines" : "linespoints pointtype 7 pointsize 0.7";
}

}  // namespace

std::string plotted_quantity(const std::string& file, const std::string& quantity) {
  if (file.empty()) {
    if (quantity.empty()) return {};
    throw BadRequest("--quantity is what --plot draws; add --plot");
  }
  terminal_of(file);
  find_gnuplot();
  if (!quantity.empty() && !is_quantity(quantity)) {
    std::vector<std::string_view> names{kPopulations};
    for (const Quantity& known : kQuantities) names.push_back(known.name);
    throw BadRequest(fmt::format("--quantity must be one of {}; got {}", fmt::join(names, ", "),
                                 in_quotes(quantity)));
  }
  if (!quantity.empty()) return quantity;
  const std::string stem = std::filesystem::path(file).stem().string();
  return is_quantity(stem) ? stem : "heat_capacity";
}

std::vector<double> values_of(const std::string& quantity, const std::vector<State>& states) {
  std::vector<double> values(states.size());
  std::ranges::transform(states, values.begin(), find(quantity)->value);
  return values;
}

std::string label_of(const std::string& quantity, thermo::EnergyUnit unit) {
  if (quantity == kPopulations) return "p";
  const Quantity& known = *find(quantity);
  const bool has_unit = known.is_energy && unit != thermo::EnergyUnit::kReduced;
  return fmt::format("{}{}", known.symbol,
                     has_unit ? fmt::format(" ({})", thermo::name(unit)) : std::string());
}

std::string draw(const Curves& curves) {
  std::string script = fmt::format(
      "set terminal {} noenhanced\nset xlabel {}\nset ylabel {}\nset grid\n{}{}",
      terminal_of(curves.file), in_single_quotes(curves.x_label), in_single_quotes(curves.y_label),
      kGreyForYellow, curves.y.size() > 1 ? "set key outside right\n" : "set key off\n");
  std::string plots;
  for (std::size_t i = 0; i < curves.y.size(); ++i) {
    const std::vector<Point> points = points_of(curves.x, curves.y[i]);
    if (points.empty()) continue;
    script += fmt::format("$curve{} << END\n{}END\n", i, data_of(points));
    plots +=
        fmt::format("{}$curve{} using 1:2 with {} linewidth 2 title {}", plots.empty() ? "" : ", ",
                    i, style_of(points), in_single_quotes(curves.names[i]));
  }
  if (plots.empty()) throw BadRequest("--plot: no temperature at which there is something finite");
  return run_gnuplot(script + "plot " + plots + "\n");
}

}  // namespace gibbs::cli
