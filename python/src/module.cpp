// gibbs._core: the functions behind the package, all arguments by position.
#define GIBBS_IMPORTS_NUMPY
#include "functions.hpp"

NB_MODULE(_core, m) {
  if (PyArray_ImportNumPyAPI() < 0) throw nanobind::python_error();
  gibbs::python::add_maps(m);
  gibbs::python::add_sums(m);
  gibbs::python::add_derivatives(m);
  gibbs::python::add_losses(m);
  gibbs::python::add_score_losses(m);
  gibbs::python::add_family(m);
  gibbs::python::add_constrained(m);
  gibbs::python::add_constrained_derivatives(m);
  gibbs::python::add_sparse(m);
  gibbs::python::add_draws(m);
  gibbs::python::add_gumbel_pieces(m);
  gibbs::python::add_noise(m);
  gibbs::python::add_many_draws(m);
  gibbs::python::add_relaxed(m);
  gibbs::python::add_relaxed_derivatives(m);
  gibbs::python::add_relaxed_densities(m);
  gibbs::python::add_truncation(m);
  gibbs::python::add_conditional_gumbels(m);
  gibbs::python::add_estimators(m);
  gibbs::python::add_thermo_levels(m);
  gibbs::python::add_thermo_occupations(m);
  gibbs::python::add_thermo_maximum_entropy(m);
  gibbs::python::add_thermo_quantum(m);
  gibbs::python::add_thermo_metropolis(m);
  gibbs::python::add_thermo_ensembles(m);
  gibbs::python::add_thermo_mbar(m);
  gibbs::python::add_settings(m);
}
