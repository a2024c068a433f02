// gibbs.thermo: particles that cannot be told apart.
#include <nanobind/stl/string.h>

#include <string>

#include "arguments.hpp"
#include "functions.hpp"
#include "gibbs/thermo/quantum_statistics.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

thermo::Statistics statistics_of(const char* function, nb::handle statistics) {
  const Where where{function, "statistics"};
  const std::string name = take_text(where, statistics);
  if (name == "bose-einstein") return thermo::Statistics::kBoseEinstein;
  if (name == "fermi-dirac") return thermo::Statistics::kFermiDirac;
  if (name == "maxwell-boltzmann") return thermo::Statistics::kMaxwellBoltzmann;
  refuse_value(where, "must be bose-einstein, fermi-dirac or maxwell-boltzmann, got " + name);
}

nb::object mean_number_of(nb::handle statistics, nb::handle x) {
  const thermo::Statistics which = statistics_of("mean_number", statistics);
  const Array given = take_doubles({"mean_number", "x"}, x);
  const Array wide = side_by_side(given, NPY_DOUBLE);
  const Array numbers = new_like(wide);
  double* to = static_cast<double*>(numbers.data());
  for (const double each : entries_of<double>(wide)) *to++ = thermo::mean_number(which, each);
  return give_back(numbers, given);
}

nb::tuple quantum_gas_of(nb::handle statistics, const thermo::Levels& levels, nb::handle particles,
                         nb::handle beta) {
  constexpr const char* kName = "quantum_gas";
  const auto found = thermo::quantum_gas(statistics_of(kName, statistics), levels,
                                         take_number({kName, "particles"}, particles),
                                         take_number({kName, "beta"}, beta));
  return nb::make_tuple(found.beta, found.chemical_potential, found.log_fugacity,
                        array_of(found.occupation), found.mean_energy, found.entropy,
                        found.converged, found.iterations, found.residual);
}

}  // namespace

void add_thermo_quantum(nb::module_& m) {
  add_function(m, "mean_number", &mean_number_of);
  add_function(m, "quantum_gas", &quantum_gas_of);
}

}  // namespace gibbs::python
