#pragma once
// What `gibbs thermo` is asked for.

#include <cstdint>
#include <gibbs/thermo/ensemble.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands/level_table.hpp"
#include "io/writer.hpp"

namespace gibbs::cli {

// The options as words, before anything has been made of them.
struct ThermoWords {
  std::string input;
  std::string output;
  std::string model;
  std::string energy;
  std::string degeneracy;
  std::string header = "auto";
  std::string temperature;
  std::string mean_energy;
  std::string unit = "reduced";
  std::string boltzmann;
  std::string occupations;
  std::string cut;
  std::string growth;
  std::string plot;
  std::string quantity;
  std::string threads;
  std::string digits;
  bool log_degeneracy = false;
  bool populations = false;
  bool whole = false;
  bool constants = false;

  bool operator==(const ThermoWords&) const = default;
};

struct ThermoRequest {
  std::string input;  // empty where there is a model
  std::string model;
  LevelColumns columns;
  std::string output = "-";
  char separator = ',';
  std::vector<double> temperatures, mean_energies;  // one of them is empty
  thermo::EnsembleOptions options;
  bool populations = false;
  std::optional<std::int64_t> occupations;  // N
  bool whole = false;                       // the most probable ones, not N p
  std::optional<thermo::Cut> cut;
  std::string plot, quantity;
  std::optional<int> threads;
  std::optional<int> digits;  // significant ones; all that tell a number from its neighbours
};

// throws    BadRequest: a value out of its range, options that contradict each other
ThermoRequest make_request(const ThermoWords& words, bool input_is_terminal);

}  // namespace gibbs::cli
