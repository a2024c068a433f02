#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

Problem::Problem(const char* name, nb::handle of, nb::handle index, nb::handle along,
                 nb::handle warmth, nb::handle log_g, nb::handle present, const char* argument)
    : function(name),
      scores(take_numbers({name, argument}, of)),
      axis(take_axis(name, along, scores.ndim())),
      alpha({name, "alpha"}, index, scores, axis),
      temperature({name, "temperature"}, warmth, scores, axis),
      log_degeneracy(take_as({name, "log_degeneracy"}, log_g, working_dtype(scores.dtype))),
      mask(take_mask({name, "mask"}, present)) {}

}  // namespace gibbs::python
