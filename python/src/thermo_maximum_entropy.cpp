// gibbs.thermo: the law of greatest entropy.
#include <string>

#include "arguments.hpp"
#include "functions.hpp"
#include "gibbs/thermo/maximum_entropy.hpp"
#include "number_rows.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

constexpr const char* kName = "maximum_entropy";

// One function, or one in each row.
Rows<const double> rows_of(const Array& functions) {
  if (functions.ndim() < 1 || functions.ndim() > 2) {
    refuse_value({kName, "functions"},
                 "must have one or two dimensions, got " + std::to_string(functions.ndim()));
  }
  const bool one = functions.ndim() == 1;
  const npy_intp* const shape = functions.shape();
  return {static_cast<const double*>(functions.data()), one ? 1 : shape[0],
          one ? shape[0] : shape[1]};
}

nb::tuple maximum_entropy_of(nb::handle functions, nb::handle moments, nb::handle degeneracies,
                             nb::handle max_iterations) {
  const Array wide = side_by_side(take_doubles({kName, "functions"}, functions), NPY_DOUBLE);
  const Array means = side_by_side(take_doubles({kName, "moments"}, moments), NPY_DOUBLE);
  const auto m = entries_of<double>(means);
  const Rows<const double> rows = rows_of(wide);
  const auto g = optional_row({kName, "degeneracies"}, degeneracies,
                              static_cast<std::size_t>(rows.cols), &take_row);
  thermo::MaximumEntropyOptions options;
  options.degeneracies = g;
  options.max_iterations = take_integer({kName, "max_iterations"}, max_iterations);
  thermo::MaximumEntropy found;
  {
    const nb::gil_scoped_release unlocked;
    found = thermo::maximum_entropy(rows, m, options);
  }
  return nb::make_tuple(array_of(found.multipliers), found.log_partition, found.entropy,
                        array_of(found.probabilities), found.rank, found.on_boundary,
                        found.converged, found.iterations, found.gradient_norm);
}

}  // namespace

void add_thermo_maximum_entropy(nb::module_& m) {
  add_function(m, "maximum_entropy", &maximum_entropy_of);
}

}  // namespace gibbs::python
