// entmax as compressed rows.
#include "gibbs/sparse.hpp"

#include <nanobind/ndarray.h>

#include <utility>

#include "functions.hpp"
#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// A vector as a NumPy array that owns it.
template <class T>
nb::object as_numpy(std::vector<T>&& values) {
  auto* kept = new std::vector<T>(std::move(values));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T>(kept->data(), {kept->size()}, owner));
}

void check(const Problem& problem) {
  const Where where{problem.function, "scores"};
  if (problem.scores.ndim() < 1 || problem.scores.ndim() > 2) {
    refuse_value(where, "must have one or two dimensions where sparse=True, got " +
                            std::to_string(problem.scores.ndim()));
  }
  if (working_dtype(problem.scores.dtype) != problem.scores.dtype) {
    refuse_type(where, std::string("must be float64 or float32 where sparse=True, got ") +
                           name_of(problem.scores.dtype));
  }
}

template <Score T>
SparseRows<T> solve(const Problem& problem) {
  Slabs slabs(problem.scores.shape(), problem.scores.ndim(), problem.axis);
  const int scores_at = slabs.add(problem.scores.get());
  const int log_g_at = problem.add_log_degeneracy(slabs);
  const int mask_at = problem.add_mask(slabs);
  slabs.plan();  // of at most two dimensions, so it is one batch
  const Slabs::Offsets offsets{};
  EntmaxOptions<T> options;
  options.alpha = problem.alpha.all();
  options.temperature = problem.temperature.all();
  options.log_degeneracy =
      side_input<const T>(data_of<T>(problem.log_degeneracy), slabs, log_g_at, offsets);
  options.mask = side_input<const bool>(data_of<bool>(problem.mask), slabs, mask_at, offsets);
  SparseRows<T> rows;
  without_lock(problem.scores.size(), [&] {
    rows = sparse_entmax(slabs.view(data_of<const T>(problem.scores), scores_at, offsets), options);
  });
  return rows;
}

template <Score T>
nb::tuple solved(const Problem& problem) {
  SparseRows<T> rows;
  in_the_name_of(problem.function, [&] { rows = solve<T>(problem); });
  const bool transposed = problem.scores.ndim() == 2 && problem.axis == 0;
  return nb::make_tuple(as_numpy(std::move(rows.values)), as_numpy(std::move(rows.columns)),
                        as_numpy(std::move(rows.row_offsets)), nb::make_tuple(rows.rows, rows.cols),
                        transposed);
}

nb::tuple sparse_entmax_of(const char* function, nb::handle scores, nb::handle alpha,
                           nb::handle axis, nb::handle temperature, nb::handle log_degeneracy,
                           nb::handle mask) {
  const Problem problem(function, scores, alpha, axis, temperature, log_degeneracy, mask);
  check(problem);
  return problem.scores.dtype == Dtype::kFloat64 ? solved<double>(problem) : solved<float>(problem);
}

}  // namespace

void add_sparse(nb::module_& m) { add_function(m, "sparse_entmax", &sparse_entmax_of); }

}  // namespace gibbs::python
