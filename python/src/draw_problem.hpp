#pragma once
// What draws are called with.

#include <string>

#include "batches.hpp"
#include "gibbs/sampling/draw.hpp"

namespace gibbs::python {

// How many numbers each row gets; None: one, without an axis for it.
struct Count {
  Count(const Where& where, nanobind::handle value) : has_axis(!value.is_none()) {
    if (!has_axis) return;
    count = take_integer(where, value);
    if (count < 0) refuse_value(where, "must not be negative, got " + std::to_string(count));
  }

  std::int64_t count = 1;
  bool has_axis;
};

inline Array new_beside_rows(const Problem& problem, const Count& count, int type_number) {
  std::vector<npy_intp> shape = shape_of_rows(problem.scores, problem.axis);
  if (count.has_axis) shape.push_back(count.count);
  return new_array(static_cast<int>(shape.size()), shape.data(), type_number);
}

template <Score T>
DrawOptions<T> options_of(Batch& batch, const NoiseProblem& noise) {
  DrawOptions<T> options;
  batch.put_law<T>(options);
  batch.put_noise(noise, options);
  return options;
}

}  // namespace gibbs::python
