#pragma once
// What draws are called with.

#include <algorithm>
#include <limits>
#include <string>

#include "batches.hpp"
#include "gibbs/sampling/draw.hpp"

namespace gibbs::python {

// NumPy would refuse too many in a sentence of its own, which names no function.
inline void check_size(const Where& where, std::int64_t count, std::int64_t rows) {
  const std::int64_t most =
      std::numeric_limits<std::int64_t>::max() / 8 / std::max<std::int64_t>(rows, 1);
  if (count <= most) return;
  refuse_value(where, "must be at most " + std::to_string(most) + " for " + std::to_string(rows) +
                          (rows == 1 ? " row" : " rows") + ", got " + std::to_string(count));
}

// How many numbers each row gets; None: one, without an axis for it.
struct Count {
  Count(const Where& where, nanobind::handle value)
      : argument(where.argument), has_axis(!value.is_none()) {
    if (has_axis) count = take_count(where, value);
  }

  const char* argument;
  std::int64_t count = 1;
  bool has_axis;
};

inline Array new_beside_rows(const Problem& problem, const Count& count, int type_number) {
  std::vector<npy_intp> shape = shape_of_rows(problem.scores, problem.axis);
  if (count.has_axis) {
    const npy_intp rows = PyArray_MultiplyList(shape.data(), static_cast<int>(shape.size()));
    check_size({problem.function, count.argument}, count.count, rows);
    shape.push_back(count.count);
  }
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
