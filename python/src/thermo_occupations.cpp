// gibbs.thermo: what can be counted.
#include <nanobind/stl/string.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "functions.hpp"
#include "gibbs/thermo/occupations.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;
using thermo::CountableLevels;

namespace {

CountableLevels countable_levels(nb::handle quanta, nb::handle degeneracies, nb::handle quantum) {
  constexpr const char* kName = "CountableLevels";
  auto rows = take_integers({kName, "quanta"}, quanta);
  auto states = optional_row({kName, "degeneracies"}, degeneracies, rows.size(), &take_integers);
  return CountableLevels(std::move(rows), std::move(states),
                         take_number({kName, "quantum"}, quantum));
}

CountableLevels countable_levels_of(const thermo::Levels& levels, nb::handle quantum) {
  return CountableLevels::of(levels, take_number({"CountableLevels", "quantum"}, quantum));
}

nb::tuple fields_of(const CountableLevels& levels) {
  return nb::make_tuple(array_of(levels.quanta()), array_of(levels.degeneracies()),
                        levels.quantum());
}

std::int64_t quanta_of(const CountableLevels& levels, nb::handle energy) {
  return levels.quanta_of(take_number({"CountableLevels", "energy"}, energy));
}

nb::object probabilities_of(const CountableLevels& levels, nb::handle beta) {
  return array_of(levels.probabilities(take_number({"CountableLevels", "beta"}, beta)));
}

struct Occupied {
  Occupied(const char* function, nb::handle occupation, nb::handle degeneracies)
      : n(take_integers({function, "occupation"}, occupation)),
        g(optional_row({function, "degeneracies"}, degeneracies, n.size(), &take_integers)) {}
  std::vector<std::int64_t> n, g;
};

std::string arrangements_of(nb::handle occupation, nb::handle degeneracies) {
  const Occupied given("arrangements", occupation, degeneracies);
  const nb::gil_scoped_release unlocked;
  return thermo::arrangements(given.n, given.g);
}

double log_arrangements_of(nb::handle occupation, nb::handle degeneracies) {
  const Occupied given("log_arrangements", occupation, degeneracies);
  return thermo::log_arrangements(given.n, given.g);
}

double log_factorial_of(nb::handle n) {
  return thermo::log_factorial(take_integer({"log_factorial", "n"}, n));
}

nb::tuple told(const thermo::Approximation& a) { return nb::make_tuple(a.value, a.error); }

nb::tuple told(const thermo::Stirling& s) {
  return nb::make_tuple(s.exact, told(s.leading), told(s.with_root), told(s.with_inverse));
}

nb::tuple stirling_of_number(nb::handle n) {
  return told(thermo::stirling(take_integer({"stirling", "n"}, n)));
}

nb::tuple stirling_of_occupation(nb::handle occupation, nb::handle degeneracies) {
  const Occupied given("stirling", occupation, degeneracies);
  return told(thermo::stirling(given.n, given.g));
}

// N systems of these levels, with an energy in quanta.
struct Systems {
  Systems(const char* name, nb::handle number, nb::handle quanta)
      : function(name),
        count(take_integer({name, "count"}, number)),
        energy(take_integer({name, "energy"}, quanta)) {}
  const char* function;
  std::int64_t count, energy;
};

std::string macrostates_of(const CountableLevels& levels, nb::handle count, nb::handle energy) {
  const Systems systems("macrostates", count, energy);
  const nb::gil_scoped_release unlocked;
  return thermo::macrostates(levels, systems.count, systems.energy);
}

nb::tuple told(const thermo::Microcanonical& m) {
  return nb::make_tuple(m.arrangements, m.log_arrangements, array_of(m.mean_occupation));
}

nb::tuple told(const thermo::MostProbable& m) {
  return nb::make_tuple(array_of(m.occupation), m.log_arrangements, m.certified, m.gap, m.steps);
}

nb::tuple told(const thermo::BoltzmannOccupation& b) {
  return nb::make_tuple(b.beta, b.entropy, array_of(b.occupation));
}

nb::tuple microcanonical_of(const CountableLevels& levels, nb::handle count, nb::handle energy) {
  const Systems systems("microcanonical", count, energy);
  thermo::Microcanonical found;
  {
    const nb::gil_scoped_release unlocked;
    found = thermo::microcanonical(levels, systems.count, systems.energy);
  }
  return told(found);
}

nb::tuple most_probable_of(const CountableLevels& levels, nb::handle count, nb::handle energy,
                           nb::handle max_steps) {
  const Systems systems("most_probable_occupation", count, energy);
  const std::int64_t steps = take_integer({systems.function, "max_steps"}, max_steps);
  thermo::MostProbable found;
  {
    const nb::gil_scoped_release unlocked;
    found = thermo::most_probable_occupation(levels, systems.count, systems.energy,
                                             {.max_steps = steps});
  }
  return told(found);
}

nb::tuple most_probable_at(const CountableLevels& levels, nb::handle count, nb::handle beta) {
  constexpr const char* kName = "most_probable_occupation_at";
  const std::int64_t systems = take_integer({kName, "count"}, count);
  return told(
      thermo::most_probable_occupation_at(levels, systems, take_number({kName, "beta"}, beta)));
}

nb::tuple boltzmann_of(const CountableLevels& levels, nb::handle count, nb::handle energy) {
  const Systems systems("boltzmann_occupation", count, energy);
  return told(thermo::boltzmann_occupation(levels, systems.count, systems.energy));
}

nb::list convergence_of(const CountableLevels& levels, nb::handle count, nb::handle energy,
                        nb::handle multiples, nb::handle max_steps) {
  const Systems systems("convergence", count, energy);
  const auto factors = take_integers({systems.function, "multiples"}, multiples);
  const std::int64_t steps = take_integer({systems.function, "max_steps"}, max_steps);
  std::vector<thermo::Convergence> rows;
  {
    const nb::gil_scoped_release unlocked;
    rows =
        thermo::convergence(levels, systems.count, systems.energy, factors, {.max_steps = steps});
  }
  nb::list all;
  for (const thermo::Convergence& row : rows) {
    all.append(nb::make_tuple(row.count, row.energy, told(row.exact), told(row.most_probable),
                              told(row.boltzmann), row.mean_distance, row.most_probable_distance));
  }
  return all;
}

}  // namespace

void add_thermo_occupations(nb::module_& m) {
  nb::class_<CountableLevels>(m, "CountableLevels").def("__len__", &CountableLevels::size);
  add_function(m, "countable_levels", &countable_levels);
  add_function(m, "countable_levels_of", &countable_levels_of);
  add_function(m, "fields_of_countable_levels", &fields_of);
  add_function(m, "quanta_of", &quanta_of);
  add_function(m, "countable_probabilities", &probabilities_of);
  add_function(m, "arrangements", &arrangements_of);
  add_function(m, "log_arrangements", &log_arrangements_of);
  add_function(m, "log_factorial", &log_factorial_of);
  add_function(m, "stirling", &stirling_of_number);
  add_function(m, "stirling_of_occupation", &stirling_of_occupation);
  add_function(m, "macrostates", &macrostates_of);
  add_function(m, "microcanonical", &microcanonical_of);
  add_function(m, "most_probable_occupation", &most_probable_of);
  add_function(m, "most_probable_occupation_at", &most_probable_at);
  add_function(m, "boltzmann_occupation", &boltzmann_of);
  add_function(m, "convergence", &convergence_of);
}

}  // namespace gibbs::python
