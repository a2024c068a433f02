// Very many draws from one law, and whether draws follow a law.
#include <algorithm>
#include <string>
#include <vector>

#include "draw_problem.hpp"
#include "functions.hpp"
#include "gibbs/sampling/alias.hpp"
#include "gibbs/sampling/goodness.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

void check_one_dimension(const Where& where, const Array& array) {
  if (array.ndim() == 1) return;
  refuse_value(where, "must have one dimension, got " + std::to_string(array.ndim()));
}

AliasTable table_of_weights(nb::handle weights) {
  const Where where{"AliasTable", "weights"};
  const Array given = take_doubles(where, weights);
  check_one_dimension(where, given);
  const Array wide = side_by_side(given, NPY_DOUBLE);
  std::optional<AliasTable> table;
  in_the_name_of(where.function, [&] { table.emplace(entries_of<double>(wide)); });
  return *std::move(table);
}

AliasTable table_of_scores(nb::handle scores, nb::handle alpha, nb::handle temperature,
                           nb::handle log_degeneracy, nb::handle mask) {
  const nb::int_ axis(-1);
  const Problem problem("AliasTable", scores, alpha, axis, temperature, log_degeneracy, mask);
  check_one_dimension({problem.function, "scores"}, problem.scores);
  std::optional<AliasTable> table;
  Batches(problem).run([&]<Score T>(Batch& batch) {
    table.emplace(AliasTable::of_scores(batch.scores<T>(), options_of<T>(batch, {})));
  });
  return *std::move(table);
}

nb::object draw_of_table(const AliasTable& table, nb::handle draws, nb::handle seed,
                         nb::handle stream, nb::handle row, nb::handle first_draw) {
  constexpr const char* kName = "AliasTable.draw";
  const std::int64_t count = take_count({kName, "draws"}, draws);
  check_size({kName, "draws"}, count, 1);
  const NoiseKey key{take_bits({kName, "seed"}, seed), take_bits({kName, "stream"}, stream)};
  const std::uint64_t id = take_bits({kName, "row"}, row);
  const std::uint64_t first = take_bits({kName, "first_draw"}, first_draw);
  const npy_intp shape = count;
  const Array tokens = new_array(1, &shape, NPY_INT64);
  without_lock(count, [&] {
    table.draw({data_of<std::int64_t>(tokens), static_cast<std::size_t>(count)}, key, id, first);
  });
  return tokens.object;
}

nb::tuple told(const GoodnessOfFit& fit) {
  return nb::make_tuple(fit.statistic, fit.degrees_of_freedom, fit.p_value);
}

nb::tuple chi_square_test_of(nb::handle counts, nb::handle probabilities) {
  const Where where{"chi_square_test", "counts"};
  const Array given = take_any(where, counts);
  if (!PyArray_ISINTEGER(given.get())) {
    refuse_type(where, "must be integers, got " + text_of_dtype(given.get()));
  }
  const Array n = side_by_side(given, NPY_INT64);
  const Array p =
      side_by_side(take_doubles({where.function, "probabilities"}, probabilities), NPY_DOUBLE);
  GoodnessOfFit fit;
  in_the_name_of(where.function, [&] {
    fit = chi_square_test(entries_of<std::int64_t>(n), entries_of<double>(p));
  });
  return told(fit);
}

nb::tuple uniformity_test_of(nb::handle values) {
  const Array u = side_by_side(take_doubles({"uniformity_test", "values"}, values), NPY_DOUBLE);
  return told(uniformity_test(entries_of<double>(u)));
}

}  // namespace

void add_many_draws(nb::module_& m) {
  // A table that outlives the interpreter is no news to whoever runs a program.
  nb::set_leak_warnings(false);
  nb::class_<AliasTable>(m, "AliasTable").def("__len__", &AliasTable::size);
  add_function(m, "alias_table", &table_of_weights);
  add_function(m, "alias_table_of_scores", &table_of_scores);
  add_function(m, "draw_of_table", &draw_of_table);
  add_function(m, "chi_square_test", &chi_square_test_of);
  add_function(m, "uniformity_test", &uniformity_test_of);
}

}  // namespace gibbs::python
