// gibbs.thermo: ensembles.
#include <nanobind/stl/string.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "draw_problem.hpp"
#include "functions.hpp"
#include "gibbs/thermo/ensemble.hpp"
#include "gibbs/thermo/ising_limit.hpp"

namespace gibbs::python {

namespace nb = nanobind;
using thermo::Ensemble;
using thermo::Levels;
using thermo::State;

namespace {

// In the order of the class of Python; the skewness, which is computed, is the last.
constexpr std::array kFields = {
    &State::temperature,     &State::beta,         &State::log_partition, &State::mean_energy,
    &State::free_energy,     &State::entropy,      &State::heat_capacity, &State::mean_energy_slope,
    &State::energy_variance, &State::energy_third, &State::energy_fourth};

// Numbers of any shape, side by side.
struct Doubles {
  Doubles(const char* function, const char* argument, nb::handle value)
      : array(side_by_side(take_doubles({function, argument}, value), NPY_DOUBLE)) {}

  std::span<const double> entries() const { return entries_of<double>(array); }
  std::vector<npy_intp> shape() const { return {array.shape(), array.shape() + array.ndim()}; }

  Array array;
};

Array new_of_shape(const std::vector<npy_intp>& shape, int type_number) {
  return new_array(static_cast<int>(shape.size()), shape.data(), type_number);
}

// `fields` numbers for each entry of `like`: an array of each, one after the other.
Array stacked_like(const Doubles& like, std::size_t fields) {
  std::vector<npy_intp> shape = like.shape();
  shape.insert(shape.begin(), static_cast<npy_intp>(fields));
  return new_of_shape(shape, NPY_DOUBLE);
}

double* doubles_in(const Array& array) { return static_cast<double*>(array.data()); }

void write_fields(const std::vector<State>& states, double* to) {
  for (const auto field : kFields) {
    to = std::ranges::transform(states, to, [&](const State& s) { return s.*field; }).out;
  }
  std::ranges::transform(states, to, [](const State& s) { return s.skewness(); });
}

nb::object stacked(const Doubles& like, const std::vector<State>& states) {
  const Array all = stacked_like(like, kFields.size() + 1);
  write_fields(states, doubles_in(all));
  return all.object;
}

std::vector<State> unstacked(const Doubles& all) {
  const auto count = static_cast<std::size_t>(all.array.size()) / (kFields.size() + 1);
  std::vector<State> states(count);
  for (std::size_t f = 0; f < kFields.size(); ++f) {
    for (std::size_t i = 0; i < count; ++i) states[i].*kFields[f] = all.entries()[f * count + i];
  }
  return states;
}

thermo::EnsembleOptions options_of(const char* function, nb::handle unit, nb::handle boltzmann) {
  thermo::EnsembleOptions options;
  const std::string name = take_text({function, "unit"}, unit);
  in_the_name_of(function, [&] { options.unit = thermo::energy_unit(name); });
  if (!boltzmann.is_none()) options.boltzmann = take_number({function, "boltzmann"}, boltzmann);
  return options;
}

Ensemble ensemble_of(const Levels& levels, nb::handle unit, nb::handle boltzmann) {
  return Ensemble(levels, options_of("Ensemble", unit, boltzmann));
}

nb::object states_of(const Ensemble& ensemble, const char* function, nb::handle temperatures,
                     bool inverse) {
  const Doubles at(function, inverse ? "betas" : "temperatures", temperatures);
  std::vector<State> states;
  without_lock(at.array.size() * ensemble.levels().size(), [&] {
    states = inverse ? ensemble.sweep_beta(at.entries()) : ensemble.sweep(at.entries());
  });
  return stacked(at, states);
}

nb::object populations_of(const Ensemble& ensemble, nb::handle temperatures) {
  const Doubles at("populations", "temperatures", temperatures);
  std::vector<npy_intp> shape = at.shape();
  const std::int64_t levels = ensemble.levels().size();
  shape.push_back(levels);
  const Array p = new_of_shape(shape, NPY_DOUBLE);
  without_lock(p.size(), [&] {
    ensemble.populations(at.entries(), Rows<double>(doubles_in(p), at.array.size(), levels));
  });
  return p.object;
}

nb::object most_probable_occupations_of(const Ensemble& ensemble, nb::handle temperatures,
                                        nb::handle systems) {
  constexpr const char* kName = "most_probable_occupations";
  const Doubles at(kName, "temperatures", temperatures);
  const std::int64_t count = take_integer({kName, "systems"}, systems);
  std::vector<npy_intp> shape = at.shape();
  const std::int64_t levels = ensemble.levels().size();
  shape.push_back(levels);
  const Array n = new_of_shape(shape, NPY_INT64);
  without_lock(n.size(), [&] {
    ensemble.most_probable_occupations(
        at.entries(), count,
        Rows<std::int64_t>(static_cast<std::int64_t*>(n.data()), at.array.size(), levels));
  });
  return n.object;
}

// temperature, beta, converged, iterations, residual.
nb::object temperatures_of(const Ensemble& ensemble, nb::handle energies) {
  const Doubles means("temperature_of", "mean_energy", energies);
  const Array all = stacked_like(means, 5);
  const std::int64_t count = means.array.size();
  std::vector<thermo::TemperatureSolution> found;
  without_lock(count * ensemble.levels().size(), [&] {
    for (const double energy : means.entries()) found.push_back(ensemble.temperature_of(energy));
  });
  double* to = doubles_in(all);
  for (const auto& one : found) {
    const double numbers[] = {one.temperature, one.beta, one.converged ? 1.0 : 0.0,
                              static_cast<double>(one.iterations), one.residual};
    for (std::int64_t f = 0; f < 5; ++f) to[f * count] = numbers[f];
    ++to;
  }
  return all.object;
}

// log Z, U, S, C_V; `states` empty: those missing grow as `growth` says.
nb::object tails_of(const Ensemble& ensemble, nb::handle temperatures, nb::handle cut,
                    nb::handle growth, const std::string& states) {
  const Doubles at("tail", "temperatures", temperatures);
  thermo::Cut how{take_number({"tail", "cut"}, cut), take_number({"tail", "growth"}, growth), {}};
  if (!states.empty()) {
    in_the_name_of("tail: states", [&] { how.states = thermo::Degeneracy::of_decimal(states); });
  }
  const Array all = stacked_like(at, 4);
  const std::int64_t count = at.array.size();
  double* to = doubles_in(all);
  for (const double t : at.entries()) {
    const thermo::TailBound bound = ensemble.tail(t, how);
    const double numbers[] = {bound.log_partition, bound.mean_energy, bound.entropy,
                              bound.heat_capacity};
    for (std::int64_t f = 0; f < 4; ++f) to[f * count] = numbers[f];
    ++to;
  }
  return all.object;
}

// (levels, log p) of the draws at each temperature.
nb::tuple levels_drawn(const Ensemble& ensemble, nb::handle temperatures, nb::handle draws,
                       nb::handle seed, nb::handle stream, nb::handle first_row,
                       nb::handle first_draw) {
  constexpr const char* kName = "sample";
  const Doubles at(kName, "temperatures", temperatures);
  const Count count({kName, "draws"}, draws);
  std::vector<npy_intp> shape = at.shape();
  if (count.has_axis) shape.push_back(count.count);
  const Array drawn = new_of_shape(shape, NPY_INT64), logs = new_of_shape(shape, NPY_DOUBLE);
  thermo::MicrostateOptions options;
  options.seed = take_bits({kName, "seed"}, seed);
  options.stream = take_bits({kName, "stream"}, stream);
  options.first_row = take_bits({kName, "first_row"}, first_row);
  options.first_draw = take_bits({kName, "first_draw"}, first_draw);
  const std::int64_t rows = at.array.size();
  options.log_probability = Rows<double>(doubles_in(logs), rows, count.count);
  without_lock(drawn.size() + rows * ensemble.levels().size(), [&] {
    ensemble.sample(at.entries(),
                    Rows<std::int64_t>(static_cast<std::int64_t*>(drawn.data()), rows, count.count),
                    options);
  });
  return nb::make_tuple(drawn.object, logs.object);
}

nb::object peak_of(const Ensemble& ensemble, nb::handle from, nb::handle to) {
  const Doubles low("heat_capacity_peak", "low", from);
  const double high = take_number({"heat_capacity_peak", "high"}, to);
  const double least = take_number({"heat_capacity_peak", "low"}, from);
  return stacked(low, {ensemble.heat_capacity_peak(least, high)});
}

nb::object combined(nb::handle a, nb::handle b) {
  const Doubles first("combine", "a", a), second("combine", "b", b);
  std::vector<State> states = unstacked(first);
  const std::vector<State> others = unstacked(second);
  for (std::size_t i = 0; i < states.size(); ++i) states[i] = thermo::combine(states[i], others[i]);
  const Array all = new_of_shape(first.shape(), NPY_DOUBLE);
  write_fields(states, doubles_in(all));
  return all.object;
}

nb::object multi_populations(nb::handle parts, nb::handle temperatures, const Levels& degeneracies,
                             nb::handle unit, nb::handle boltzmann) {
  constexpr const char* kName = "multi_temperature_populations";
  const Doubles energies(kName, "parts", parts), at(kName, "temperatures", temperatures);
  if (energies.array.ndim() != 2) {
    refuse_value({kName, "parts"},
                 "must have two dimensions, got " + std::to_string(energies.array.ndim()));
  }
  const npy_intp rows = energies.array.shape()[0], levels = energies.array.shape()[1];
  const Array p = new_of_shape({levels}, NPY_DOUBLE);
  thermo::multi_temperature_populations(Rows<const double>(energies.entries().data(), rows, levels),
                                        at.entries(), degeneracies.degeneracies(),
                                        {doubles_in(p), static_cast<std::size_t>(levels)},
                                        options_of(kName, unit, boltzmann));
  return p.object;
}

nb::object translation_of(nb::handle mass, nb::handle volume, nb::handle temperatures,
                          nb::handle count, nb::handle boltzmann, nb::handle planck) {
  const Doubles at("translation", "temperature", temperatures);
  const double m = take_number({"translation", "mass"}, mass),
               v = take_number({"translation", "volume"}, volume);
  const std::int64_t particles = take_integer({"translation", "count"}, count);
  thermo::Constants constants;
  constants.boltzmann = take_number({"Constants", "boltzmann"}, boltzmann);
  constants.planck = take_number({"Constants", "planck"}, planck);
  std::vector<State> states;
  for (const double t : at.entries()) {
    states.push_back(thermo::translation(m, v, t, particles, constants));
  }
  return stacked(at, states);
}

nb::object ising_square_limit(nb::handle temperatures, nb::handle coupling) {
  constexpr const char* kName = "ising_square_limit";
  constexpr std::array kSiteFields = {
      &thermo::IsingState::temperature,   &thermo::IsingState::log_partition,
      &thermo::IsingState::mean_energy,   &thermo::IsingState::free_energy,
      &thermo::IsingState::entropy,       &thermo::IsingState::heat_capacity,
      &thermo::IsingState::magnetization,
  };
  const Doubles at(kName, "temperatures", temperatures);
  const double j = take_number({kName, "coupling"}, coupling);
  const Array all = stacked_like(at, kSiteFields.size());
  const std::int64_t count = at.array.size();
  double* to = doubles_in(all);
  for (const double t : at.entries()) {
    const thermo::IsingState state = thermo::ising_square_limit(t, j);
    for (std::size_t f = 0; f < kSiteFields.size(); ++f) {
      to[static_cast<std::int64_t>(f) * count] = state.*kSiteFields[f];
    }
    ++to;
  }
  return all.object;
}

double ising_critical_temperature(nb::handle coupling) {
  return thermo::ising_critical_temperature(
      take_number({"ising_critical_temperature", "coupling"}, coupling));
}

const Levels& levels_of(const Ensemble& ensemble) { return ensemble.levels(); }

}  // namespace

void add_thermo_ensembles(nb::module_& m) {
  nb::class_<Ensemble>(m, "Ensemble").def("boltzmann", &Ensemble::boltzmann);
  add_function(m, "ensemble_of", &ensemble_of);
  m.def("levels_of", &levels_of, nb::arg(), nb::rv_policy::copy);
  add_function(m, "states_of", &states_of);
  add_function(m, "populations_of", &populations_of);
  add_function(m, "most_probable_occupations", &most_probable_occupations_of);
  add_function(m, "temperatures_of", &temperatures_of);
  add_function(m, "tails_of", &tails_of);
  add_function(m, "levels_drawn", &levels_drawn);
  add_function(m, "peak_of", &peak_of);
  add_function(m, "combined_states", &combined);
  add_function(m, "multi_temperature_populations", &multi_populations);
  add_function(m, "translation_of", &translation_of);
  add_function(m, "ising_square_limit", &ising_square_limit);
  add_function(m, "ising_critical_temperature", &ising_critical_temperature);
}

}  // namespace gibbs::python
