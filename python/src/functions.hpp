#pragma once
// What each file adds to the module.

#include <type_traits>

#include "numpy_api.hpp"

namespace gibbs::python {

// How one parameter is taken: by position; a handle may be None.
template <class Parameter>
auto annotation() {
  if constexpr (std::is_same_v<Parameter, nanobind::handle>) {
    return nanobind::arg().none();
  } else {
    return nanobind::arg();
  }
}

template <class Result, class... Parameters>
void add_function(nanobind::module_& m, const char* name, Result (*function)(Parameters...)) {
  m.def(name, function, annotation<Parameters>()...);
}

void add_maps(nanobind::module_& m);
void add_sums(nanobind::module_& m);
void add_derivatives(nanobind::module_& m);
void add_losses(nanobind::module_& m);
void add_score_losses(nanobind::module_& m);
void add_family(nanobind::module_& m);
void add_constrained(nanobind::module_& m);
void add_constrained_derivatives(nanobind::module_& m);
void add_sparse(nanobind::module_& m);
void add_draws(nanobind::module_& m);
void add_gumbel_pieces(nanobind::module_& m);
void add_noise(nanobind::module_& m);
void add_many_draws(nanobind::module_& m);
void add_relaxed(nanobind::module_& m);
void add_relaxed_derivatives(nanobind::module_& m);
void add_relaxed_densities(nanobind::module_& m);
void add_truncation(nanobind::module_& m);
void add_conditional_gumbels(nanobind::module_& m);
void add_estimators(nanobind::module_& m);
void add_thermo_levels(nanobind::module_& m);
void add_thermo_occupations(nanobind::module_& m);
void add_thermo_maximum_entropy(nanobind::module_& m);
void add_thermo_quantum(nanobind::module_& m);
void add_thermo_metropolis(nanobind::module_& m);
void add_thermo_ensembles(nanobind::module_& m);
void add_thermo_mbar(nanobind::module_& m);
void add_settings(nanobind::module_& m);

}  // namespace gibbs::python
