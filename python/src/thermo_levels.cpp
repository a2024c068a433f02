// gibbs.thermo: units, lists of levels, models.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "functions.hpp"
#include "gibbs/thermo/levels.hpp"
#include "gibbs/thermo/models.hpp"
#include "gibbs/thermo/units.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;
using thermo::Degeneracy;
using thermo::Levels;

namespace {

std::vector<double> take_energies(nb::handle energies) {
  return take_row({"Levels", "energies"}, energies);
}

Levels levels_of_numbers(nb::handle energies, nb::handle degeneracies) {
  auto rows = take_energies(energies);
  if (degeneracies.is_none()) return Levels(std::move(rows));
  const auto numbers = take_row({"Levels", "degeneracies"}, degeneracies);
  // No degeneracies at all would be one state each.
  if (numbers.empty()) return {std::move(rows), std::vector<Degeneracy>()};
  return Levels(std::move(rows), numbers);
}

Levels levels_of_text(nb::handle energies, const std::vector<std::string>& degeneracies) {
  return Levels::of_decimals(take_energies(energies), degeneracies);
}

Levels levels_of_logs(nb::handle energies, nb::handle logs, const std::string& states) {
  const auto rows = take_row({"Levels", "log_degeneracies"}, logs);
  std::optional<Degeneracy> total;
  if (!states.empty()) {
    in_the_name_of("Levels: states", [&] { total = Degeneracy::of_decimal(states); });
  }
  return Levels::of_log_degeneracies(take_energies(energies), rows, total);
}

nb::object energies_of(const Levels& levels) { return array_of(levels.energies()); }
nb::object log_degeneracies_of(const Levels& levels) { return array_of(levels.log_degeneracies()); }

nb::object degeneracies_of(const Levels& levels) {
  std::vector<double> values(static_cast<std::size_t>(levels.size()));
  std::ranges::transform(levels.degeneracies(), values.begin(), &Degeneracy::value);
  return array_of(values);
}

nb::tuple bounds_of(const Levels& levels) {
  return nb::make_tuple(levels.lowest(), levels.highest(), levels.log_states());
}

// Each argument of a model is named by the model.
struct Arguments {
  const char* function;
  double number(const char* name, nb::handle value) const {
    return take_number({function, name}, value);
  }
  std::int64_t integer(const char* name, nb::handle value) const {
    return take_integer({function, name}, value);
  }
  // Levels made by their number. One that no memory holds is refused, as NumPy refuses a shape.
  template <class Make>
  Levels ladder(const char* name, nb::handle value, Make&& make) const {
    const std::int64_t length = integer(name, value);
    try {
      return make(length);
    } catch (const std::bad_alloc&) {
      refuse_memory({function, name}, length);
    } catch (const std::length_error&) {
      refuse_memory({function, name}, length);
    }
  }
};

Levels two_level(nb::handle gap, nb::handle ground, nb::handle excited) {
  const Arguments take{"two_level"};
  return thermo::two_level(take.number("gap", gap), take.number("ground_degeneracy", ground),
                           take.number("excited_degeneracy", excited));
}

Levels harmonic_oscillator(nb::handle quantum, nb::handle count, bool zero_point) {
  const Arguments take{"harmonic_oscillator"};
  const double unit = take.number("quantum", quantum);
  return take.ladder("count", count, [&](std::int64_t levels) {
    return thermo::harmonic_oscillator(unit, levels, zero_point);
  });
}

Levels rigid_rotor(nb::handle constant, nb::handle count, nb::handle even, nb::handle odd) {
  const Arguments take{"rigid_rotor"};
  const double unit = take.number("constant", constant);
  const double of_even = take.number("even_weight", even), of_odd = take.number("odd_weight", odd);
  return take.ladder("count", count, [&](std::int64_t levels) {
    return thermo::rigid_rotor(unit, levels, of_even, of_odd);
  });
}

Levels particle_in_box(nb::handle unit, nb::handle count) {
  const Arguments take{"particle_in_box"};
  const double energy = take.number("unit", unit);
  return take.ladder("count", count,
                     [&](std::int64_t levels) { return thermo::particle_in_box(energy, levels); });
}

Levels ising_chain(nb::handle spins, nb::handle coupling, nb::handle field) {
  const Arguments take{"ising_chain"};
  return thermo::ising_chain(take.integer("spins", spins), take.number("coupling", coupling),
                             take.number("field", field));
}

Levels ising_square(nb::handle length, nb::handle coupling) {
  const Arguments take{"ising_square"};
  return thermo::ising_square(take.integer("length", length), take.number("coupling", coupling));
}

Levels hydrogen_like(nb::handle rydberg, nb::handle last) {
  const Arguments take{"hydrogen_like"};
  const double energy = take.number("rydberg", rydberg);
  return take.ladder("last", last,
                     [&](std::int64_t levels) { return thermo::hydrogen_like(energy, levels); });
}

// How many levels a model needs, by its name.
std::int64_t model_count(const std::string& model, nb::handle unit, nb::handle thermal_energy,
                         nb::handle tail) {
  const std::string function = model + "_count";
  const Arguments take{function.c_str()};
  const double e = take.number("unit", unit), t = take.number("thermal_energy", thermal_energy);
  const double lost = take.number("tail", tail);
  if (model == "harmonic_oscillator") return thermo::harmonic_oscillator_count(e, t, lost);
  if (model == "rigid_rotor") return thermo::rigid_rotor_count(e, t, lost);
  return thermo::particle_in_box_count(e, t, lost);
}

// In the order of the class of Python; none: those of CODATA.
thermo::Constants constants_of(nb::handle values) {
  using thermo::Constants;
  constexpr std::pair<const char*, double Constants::*> kFields[] = {
      {"boltzmann", &Constants::boltzmann},
      {"planck", &Constants::planck},
      {"light_speed", &Constants::light_speed},
      {"avogadro", &Constants::avogadro},
      {"elementary_charge", &Constants::elementary_charge},
      {"hartree", &Constants::hartree},
      {"calorie", &Constants::calorie}};
  Constants constants;
  const std::size_t given = nb::len(values);
  for (std::size_t i = 0; i < std::size(kFields) && i < given; ++i) {
    constants.*kFields[i].second = take_number({"Constants", kFields[i].first}, values[i]);
  }
  return constants;
}

nb::tuple default_constants() {
  const thermo::Constants c;
  return nb::make_tuple(c.boltzmann, c.planck, c.light_speed, c.avogadro, c.elementary_charge,
                        c.hartree, c.calorie);
}

std::string constants_text(nb::handle values) { return thermo::describe(constants_of(values)); }

double boltzmann_constant(nb::handle unit, nb::handle values) {
  double k = 0;
  const std::string name = take_text({"boltzmann_constant", "unit"}, unit);
  const thermo::Constants constants = constants_of(values);
  in_the_name_of("boltzmann_constant",
                 [&] { k = thermo::boltzmann_constant(thermo::energy_unit(name), constants); });
  return k;
}

}  // namespace

void add_thermo_levels(nb::module_& m) {
  nb::class_<Levels>(m, "Levels").def("__len__", &Levels::size);
  add_function(m, "levels_of_numbers", &levels_of_numbers);
  add_function(m, "levels_of_text", &levels_of_text);
  add_function(m, "levels_of_logs", &levels_of_logs);
  add_function(m, "energies_of", &energies_of);
  add_function(m, "degeneracies_of", &degeneracies_of);
  add_function(m, "log_degeneracies_of", &log_degeneracies_of);
  add_function(m, "bounds_of", &bounds_of);
  add_function(m, "product_of_levels", &thermo::product);
  add_function(m, "two_level", &two_level);
  add_function(m, "harmonic_oscillator", &harmonic_oscillator);
  add_function(m, "rigid_rotor", &rigid_rotor);
  add_function(m, "particle_in_box", &particle_in_box);
  add_function(m, "ising_chain", &ising_chain);
  add_function(m, "ising_square", &ising_square);
  add_function(m, "hydrogen_like", &hydrogen_like);
  add_function(m, "model_count", &model_count);
  add_function(m, "default_constants", &default_constants);
  add_function(m, "constants_text", &constants_text);
  add_function(m, "boltzmann_constant", &boltzmann_constant);
}

}  // namespace gibbs::python
