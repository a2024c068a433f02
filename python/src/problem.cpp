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

int Problem::add_log_degeneracy(Slabs& slabs) const {
  return add_broadcast({function, "log_degeneracy"}, log_degeneracy, scores, slabs);
}

int Problem::add_mask(Slabs& slabs) const {
  return add_broadcast({function, "mask"}, mask, scores, slabs);
}

Array new_per_row(const Problem& problem, int type_number, bool keepdims) {
  std::vector<npy_intp> shape = shape_of_rows(problem.scores, problem.axis);
  if (keepdims && problem.scores.ndim() > 0) shape.insert(shape.begin() + problem.axis, 1);
  return new_array(static_cast<int>(shape.size()), shape.data(), type_number);
}

}  // namespace gibbs::python
