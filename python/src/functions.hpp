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
void add_settings(nanobind::module_& m);

}  // namespace gibbs::python
