#include "commands/thermo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <gibbs/parallel.hpp>
#include <numeric>
#include <span>
#include <stdexcept>

#include "commands/level_model.hpp"
#include "commands/thermo_plot.hpp"
#include "io/byte_source.hpp"
#include "io/number.hpp"
#include "io/output_file.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

using thermo::Ensemble;
using thermo::State;

constexpr std::size_t kMostCurves = 8;

// k T of the highest temperature, for a ladder that must be cut somewhere.
double highest_thermal_energy(const ThermoRequest& request) {
  const auto& all = request.temperatures;
  const bool bounded = !all.empty() && std::ranges::all_of(all, [](double t) {
    return t >= 0 && std::isfinite(t) && !std::signbit(t);
  });
  if (!bounded) {
    throw BadRequest(
        "--model: a ladder without an end needs count=N at T = inf, below 0, and for "
        "--mean-energy");
  }
  const double k =
      request.options.boltzmann.value_or(thermo::boltzmann_constant(request.options.unit));
  return k * *std::ranges::max_element(all);
}

thermo::Levels levels_of(const ThermoRequest& request) {
  if (request.model.empty()) return read_levels(request.input, request.columns);
  return make_model(request.model, [&] { return highest_thermal_energy(request); });
}

void refuse_empty(const ThermoRequest& request, const thermo::Levels& levels) {
  if (std::isfinite(levels.lowest())) return;
  const std::string& source = request.model.empty() ? request.input : request.model;
  throw BadData(fmt::format("{} has no level that can be occupied", shown_name(source)));
}

// One line of numbers after the other.
class Table {
 public:
  Table(OutputFile& file, const ThermoRequest& request)
      : file_(file), separator_(request.separator), digits_(request.digits) {}

  void add(std::string_view field) {
    if (!line_.empty()) line_ += separator_;
    line_ += field;
  }
  void add(double number) {
    add(digits_ ? fmt::format("{:.{}g}", number, *digits_) : number_text(number));
  }
  void end_line() {
    line_ += '\n';
    file_.write(line_);
    line_.clear();
  }

 private:
  OutputFile& file_;
  char separator_;
  std::optional<int> digits_;
  std::string line_;
};

// All of them, before anything is written.
std::vector<thermo::TemperatureSolution> solve(const ThermoRequest& request,
                                               const Ensemble& ensemble) {
  std::vector<thermo::TemperatureSolution> solutions;
  for (const double energy : request.mean_energies) {
    solutions.push_back(ensemble.temperature_of(energy));
    const auto& found = solutions.back();
    if (found.converged) continue;
    throw BadData(fmt::format("no temperature found for a mean energy of {}: {} is still {} off",
                              energy, found.temperature, found.residual));
  }
  return solutions;
}

void write_temperatures(const ThermoRequest& request, const Ensemble& ensemble, OutputFile& file) {
  const auto solutions = solve(request, ensemble);
  Table table(file, request);
  for (const char* const name : {"mean_energy", "beta", "temperature"}) table.add(name);
  table.end_line();
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    for (const double number :
         {request.mean_energies[i], solutions[i].beta, solutions[i].temperature}) {
      table.add(number);
    }
    table.end_line();
  }
}

void write_head(const ThermoRequest& request, std::int64_t levels, Table& table) {
  for (const char* const name :
       {"temperature", "log_partition", "mean_energy", "free_energy", "entropy", "heat_capacity"}) {
    table.add(name);
  }
  if (request.cut) {
    for (const char* const name :
         {"log_partition_error", "mean_energy_error", "entropy_error", "heat_capacity_error"}) {
      table.add(name);
    }
  }
  for (std::int64_t s = 0; request.populations && s < levels; ++s)
    table.add(fmt::format("p_{}", s));
  for (std::int64_t s = 0; request.occupations && s < levels; ++s)
    table.add(fmt::format("n_{}", s));
  table.end_line();
}

// The bounds of --cut at each temperature; none without it.
std::vector<thermo::TailBound> tails_of(const ThermoRequest& request, const Ensemble& ensemble) {
  std::vector<thermo::TailBound> tails;
  if (!request.cut) return tails;
  for (const double t : request.temperatures) tails.push_back(ensemble.tail(t, *request.cut));
  return tails;
}

// What is asked of each level, for a few temperatures at once: what the levels alone say is made
// once for all of them.
class LevelFields {
 public:
  LevelFields(const ThermoRequest& request, const Ensemble& ensemble)
      : request_(request), ensemble_(ensemble), levels_(ensemble.levels().size()) {}

  // The fields of one of the temperatures; they are asked for in order.
  void add(std::size_t temperature, Table& table) {
    if (!request_.populations && !request_.occupations) return;
    if (temperature >= end_) load(temperature);
    const auto row = static_cast<std::int64_t>(temperature - begin_);
    for (std::int64_t s = 0; request_.populations && s < levels_; ++s) table.add(shares(row, s));
    for (std::int64_t s = 0; request_.occupations && s < levels_; ++s) {
      table.add(request_.whole ? static_cast<double>(numbers(row, s))
                               : static_cast<double>(*request_.occupations) * shares(row, s));
    }
  }

 private:
  static constexpr std::int64_t kNumbers = 1 << 20;  // in memory at once, if a line is shorter

  double& shares(std::int64_t row, std::int64_t s) { return shares_[place(row, s)]; }
  std::int64_t& numbers(std::int64_t row, std::int64_t s) { return numbers_[place(row, s)]; }
  std::size_t place(std::int64_t row, std::int64_t s) const {
    return static_cast<std::size_t>(row * levels_ + s);
  }

  void load(std::size_t first) {
    const std::size_t most = static_cast<std::size_t>(
        std::max<std::int64_t>(kNumbers / std::max<std::int64_t>(levels_, 1), 1));
    const auto all = std::span<const double>(request_.temperatures).subspan(first);
    const auto some = all.first(std::min(all.size(), most));
    begin_ = first;
    end_ = first + some.size();
    shares_.resize(place(std::ssize(some), 0));
    ensemble_.populations(some, Rows<double>(shares_.data(), std::ssize(some), levels_));
    if (!request_.whole) return;
    numbers_.resize(shares_.size());
    ensemble_.most_probable_occupations(
        some, *request_.occupations,
        Rows<std::int64_t>(numbers_.data(), std::ssize(some), levels_));
  }

  const ThermoRequest& request_;
  const Ensemble& ensemble_;
  const std::int64_t levels_;
  std::size_t begin_ = 0, end_ = 0;
  std::vector<double> shares_;
  std::vector<std::int64_t> numbers_;
};

void write_state(const State& state, const thermo::TailBound* lost, Table& table) {
  for (const double number : {state.temperature, state.log_partition, state.mean_energy,
                              state.free_energy, state.entropy, state.heat_capacity}) {
    table.add(number);
  }
  if (lost != nullptr) {
    for (const double number :
         {lost->log_partition, lost->mean_energy, lost->entropy, lost->heat_capacity}) {
      table.add(number);
    }
  }
}

// The lowest levels, of which a picture can hold a few.
std::vector<std::size_t> lowest_levels(const thermo::Levels& levels) {
  std::vector<std::size_t> order(levels.energies().size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return levels.energies()[i]; });
  order.resize(std::min(order.size(), kMostCurves));
  return order;
}

void add_populations(const Ensemble& ensemble, Curves& curves) {
  const auto levels = static_cast<std::size_t>(ensemble.levels().size());
  std::vector<double> all(levels);
  const auto shown = lowest_levels(ensemble.levels());
  curves.y.resize(shown.size());
  for (const std::size_t level : shown) curves.names.push_back(fmt::format("level {}", level));
  for (const double temperature : curves.x) {
    ensemble.populations({&temperature, 1},
                         Rows<double>(all.data(), 1, static_cast<std::int64_t>(levels)));
    for (std::size_t i = 0; i < shown.size(); ++i) curves.y[i].push_back(all[shown[i]]);
  }
}

std::string picture_of(const ThermoRequest& request, const Ensemble& ensemble,
                       const std::vector<State>& states) {
  const auto unit = request.options.unit;
  Curves curves{.file = request.plot,
                .x_label = unit == thermo::EnergyUnit::kReduced ? "T" : "T (K)",
                .y_label = label_of(request.quantity, unit),
                .names = {},
                .x = request.temperatures,
                .y = {}};
  if (request.quantity == "populations") {
    add_populations(ensemble, curves);
  } else {
    curves.names = {""};
    curves.y = {values_of(request.quantity, states)};
  }
  return draw(curves);
}

void write_states(const ThermoRequest& request, const Ensemble& ensemble, OutputFile& file) {
  const auto states = ensemble.sweep(request.temperatures);
  const auto tails = tails_of(request, ensemble);
  if (!request.plot.empty()) {
    const std::string picture = picture_of(request, ensemble, states);
    OutputFile picture_file(request.plot);
    picture_file.write(picture);
    picture_file.commit();
  }
  Table table(file, request);
  write_head(request, ensemble.levels().size(), table);
  LevelFields levels(request, ensemble);
  for (std::size_t i = 0; i < states.size(); ++i) {
    write_state(states[i], tails.empty() ? nullptr : &tails[i], table);
    levels.add(i, table);
    table.end_line();
  }
}

// "tail: cut must ..." is "--cut must ...". Of what the library refuses there, all is an option.
std::string in_options(const std::invalid_argument& refusal) {
  std::string rule = rule_of(refusal);
  std::replace(rule.begin(), std::ranges::find(rule, ' '), '_', '-');
  return "--" + rule;
}

}  // namespace

void run_thermo(const ThermoRequest& request) {
  if (request.threads) set_num_threads(*request.threads);
  const Ensemble ensemble(levels_of(request), request.options);
  refuse_empty(request, ensemble.levels());
  OutputFile file(request.output);
  try {
    if (request.mean_energies.empty()) {
      write_states(request, ensemble, file);
    } else {
      write_temperatures(request, ensemble, file);
    }
    file.commit();
  } catch (const std::invalid_argument& refusal) {
    throw BadRequest(in_options(refusal));
  }
}

}  // namespace gibbs::cli
