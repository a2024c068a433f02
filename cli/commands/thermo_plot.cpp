#include "commands/thermo_plot.hpp"

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

// Lines "x y" of one curve; gnuplot has no other words for what is not finite.
std::string data_of(const std::vector<double>& x, const std::vector<double>& y) {
  std::string lines;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    lines += fmt::format("{} {}\n", number_text(x[i]), number_text(y[i]));
  }
  return lines;
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
      "set terminal {} noenhanced\nset xlabel {}\nset ylabel {}\nset grid\n{}",
      terminal_of(curves.file), in_single_quotes(curves.x_label), in_single_quotes(curves.y_label),
      curves.y.size() > 1 ? "set key outside right\n" : "set key off\n");
  std::string plots;
  for (std::size_t i = 0; i < curves.y.size(); ++i) {
    const std::string data = data_of(curves.x, curves.y[i]);
    if (data.empty()) continue;
    script += fmt::format("$curve{} << END\n{}END\n", i, data);
    plots += fmt::format("{}$curve{} using 1:2 with lines linewidth 2 title {}",
                         plots.empty() ? "" : ", ", i, in_single_quotes(curves.names[i]));
  }
  if (plots.empty()) throw BadRequest("--plot: no temperature at which there is something finite");
  return run_gnuplot(script + "plot " + plots + "\n");
}

}  // namespace gibbs::cli
