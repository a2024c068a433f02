// gibbs.thermo: chains of functions of Python.
#include <string>
#include <vector>

#include "arguments.hpp"
#include "functions.hpp"
#include "gibbs/thermo/metropolis.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

constexpr const char* kName = "metropolis";

// (beta, steps, burn_in, stride, seed, stream, chain, first_step)
thermo::MetropolisOptions take_options(nb::handle given) {
  return {.beta = take_number({kName, "beta"}, given[0]),
          .steps = take_integer({kName, "steps"}, given[1]),
          .burn_in = take_integer({kName, "burn_in"}, given[2]),
          .stride = take_integer({kName, "stride"}, given[3]),
          .seed = take_bits({kName, "seed"}, given[4]),
          .stream = take_bits({kName, "stream"}, given[5]),
          .chain = take_bits({kName, "chain"}, given[6]),
          .first_step = take_bits({kName, "first_step"}, given[7])};
}

std::size_t take_uniforms(nb::handle uniforms) {
  const std::int64_t count = take_integer({kName, "uniforms"}, uniforms);
  if (count < 0 || count > 1'000'000) {
    refuse_value({kName, "uniforms"}, "must be from 0 to 1000000, got " + std::to_string(count));
  }
  return static_cast<std::size_t>(count);
}

nb::tuple told(const thermo::Autocorrelation& a) {
  return nb::make_tuple(a.mean, a.variance, a.time, a.window, a.standard_error);
}

nb::tuple metropolis_of(nb::handle energy, nb::handle propose, nb::handle start, nb::handle options,
                        nb::handle uniforms, bool keep_states) {
  check_function({kName, "energy"}, energy);
  check_function({kName, "propose"}, propose);
  const auto asked = take_options(options);
  std::vector<double> numbers(take_uniforms(uniforms));
  nb::object state = nb::borrow(start);
  nb::list states;
  const auto run = thermo::metropolis(
      state,
      [&](const nb::object& s) {
        return take_number({kName, "energy(state)"}, energy(s));
      },
      [&](const nb::object& s, thermo::StepNoise& noise) -> nb::object {
        for (double& u : numbers) u = noise.uniform();
        return propose(s, array_of(numbers));
      },
      asked,
      [&](const nb::object& s, double) {
        if (keep_states) states.append(s);
      });
  return nb::make_tuple(state, states, run.steps, run.accepted, array_of(run.energies),
                        told(run.energy));
}

nb::tuple autocorrelation_of(nb::handle series) {
  return told(thermo::autocorrelation(take_row({"autocorrelation", "series"}, series)));
}

}  // namespace

void add_thermo_metropolis(nb::module_& m) {
  add_function(m, "metropolis", &metropolis_of);
  add_function(m, "autocorrelation", &autocorrelation_of);
}

}  // namespace gibbs::python
