// Noise itself: uniform, exponential, Gumbel.
#include "gibbs/sampling/noise.hpp"

#include <string>
#include <vector>

#include "functions.hpp"
#include "noise_problem.hpp"
#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

template <std::floating_point W>
void fill(const std::string& function, Rows<W> rows, const NoiseOptions& options) {
  if (function == "uniform_noise") return uniform_noise(rows, options);
  if (function == "exponential_noise") return exponential_noise(rows, options);
  gumbel_noise(rows, options);
}

// Every row of the array along the axis, the rows numbered in its order.
nb::object fill_noise(const char* function, nb::handle out, nb::handle axis, nb::handle whose) {
  const Where where{function, "out"};
  const Array target = take_target(where, out);
  if (target.dtype != working_dtype(target.dtype)) {
    refuse_type(where, std::string("must be float64 or float32, got ") + name_of(target.dtype));
  }
  Output output(where, out, target, {});
  const int along = take_axis(function, axis, target.ndim());
  const NoiseProblem noise(function, whose, target, along, "draw");
  Slabs slabs(target.shape(), target.ndim(), along);
  const int out_at = slabs.add(output.array().get());
  const int row_at = slabs.add_row_numbers();
  slabs.plan();
  const auto fill_all = [&]<std::floating_point W>(W* data) {
    slabs.for_each([&](const Slabs::Offsets& offsets) {
      std::vector<std::uint64_t> ids;
      NoiseOptions options;
      noise.put(slabs, row_at, offsets, ids, options);
      fill(function, slabs.view(data, out_at, offsets), options);
    });
  };
  without_lock(target.size(), [&] {
    if (target.dtype == Dtype::kFloat64) return fill_all(data_of<double>(output.array()));
    fill_all(data_of<float>(output.array()));
  });
  return output.finish(target);
}

}  // namespace

void add_noise(nb::module_& m) { add_function(m, "fill_noise", &fill_noise); }

}  // namespace gibbs::python
