#include "commands/thermo_request.hpp"

#include <array>
#include <cmath>

#include "commands/number_list.hpp"
#include "commands/thermo_plot.hpp"
#include "commands/words.hpp"

namespace gibbs::cli {

namespace {

using thermo::EnergyUnit;

constexpr std::int64_t kMostSystems = std::int64_t{1} << 52;

EnergyUnit read_unit(const std::string& word) {
  std::array<Choice<EnergyUnit>, 8> units;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto unit = static_cast<EnergyUnit>(i);
    units[i] = {thermo::name(unit), unit};
  }
  return choose("--unit", word, units);
}

double read_boltzmann(const std::string& word) {
  const double k = read_number("--boltzmann", word);
  if (k > 0 && std::isfinite(k)) return k;
  throw BadRequest(fmt::format("--boltzmann must be above 0 and finite; got {}", word));
}

std::vector<double> read_numbers(std::string_view option, const std::string& word) {
  std::vector<double> numbers;
  if (!word.empty()) numbers = read_number_list(option, word);
  if (std::ranges::any_of(numbers, [](double x) { return std::isnan(x); })) {
    throw BadRequest(fmt::format("{} must not be nan", option));
  }
  return numbers;
}

std::optional<thermo::Cut> read_cut(const ThermoWords& words) {
  if (words.cut.empty() && words.growth.empty()) return {};
  if (words.cut.empty()) throw BadRequest("--growth is how levels go on beyond --cut; add --cut");
  thermo::Cut cut{.cut = read_number("--cut", words.cut)};
  if (!words.growth.empty()) cut.growth = read_number("--growth", words.growth);
  return cut;
}

// The file of levels, unless a model makes them.
void read_source(const ThermoWords& words, bool input_is_terminal, ThermoRequest& request) {
  request.columns = {words.energy, words.degeneracy, words.log_degeneracy,
                     choose("--header", words.header, kHeaders)};
  request.model = words.model;
  if (words.model.empty()) {
    request.input = read_input(words.input, input_is_terminal);
    return;
  }
  if (!words.input.empty()) throw BadRequest("--model makes its own levels: name no input");
  if (!words.energy.empty() || !words.degeneracy.empty() || words.log_degeneracy) {
    throw BadRequest("--energy, --degeneracy and --log-degeneracy are of a table, not of --model");
  }
}

void check_together(const ThermoRequest& request, const ThermoWords& words) {
  if (request.temperatures.empty() && request.mean_energies.empty()) {
    throw BadRequest("at which temperature? give --temperature, or --mean-energy to find it");
  }
  if (request.mean_energies.empty()) return;
  if (!request.temperatures.empty()) {
    throw BadRequest("--mean-energy finds the temperature: give one of it and --temperature");
  }
  if (request.populations || request.occupations || request.cut || !request.plot.empty()) {
    throw BadRequest(
        "--populations, --occupations, --cut and --plot need --temperature, not --mean-energy");
  }
  if (!words.quantity.empty()) throw BadRequest("--quantity is what --plot draws; add --plot");
}

}  // namespace

ThermoRequest make_request(const ThermoWords& words, bool input_is_terminal) {
  ThermoRequest request;
  if (!words.output.empty()) request.output = words.output;
  const FileFormat format = format_of_file("--output", request.output);
  if (format == FileFormat::kNpy) throw BadRequest("gibbs thermo writes .csv and .tsv");
  request.separator = format == FileFormat::kTsv ? '\t' : ',';
  request.temperatures = read_numbers("--temperature", words.temperature);
  request.mean_energies = read_numbers("--mean-energy", words.mean_energy);
  request.options.unit = read_unit(words.unit);
  if (!words.boltzmann.empty()) request.options.boltzmann = read_boltzmann(words.boltzmann);
  request.populations = words.populations;
  if (!words.occupations.empty()) {
    request.occupations = read_count("--occupations", words.occupations, 1, kMostSystems);
  }
  request.whole = words.whole;
  if (words.whole && !request.occupations) {
    throw BadRequest("--whole is how --occupations counts; add --occupations N");
  }
  request.cut = read_cut(words);
  request.plot = words.plot;
  request.quantity = plotted_quantity(words.plot, words.quantity);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  if (!words.digits.empty()) {
    request.digits = static_cast<int>(read_count("--digits", words.digits, 1, 17));
  }
  check_together(request, words);
  read_source(words, input_is_terminal, request);
  return request;
}

}  // namespace gibbs::cli
