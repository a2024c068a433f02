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
  gibbs::python::add_settings(m);
}
