// Winners of pieces of rows, and how they merge.
#include <array>
#include <vector>

#include "draw_problem.hpp"
#include "functions.hpp"
#include "gibbs/sampling/gumbel_max.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// Winners as one array per field: rank, value, low, category, log_weight, log_total, nan.
class Winners {
 public:
  Winners(int ndim, const npy_intp* shape) {
    for (std::size_t i = 0; i < kTypes.size(); ++i) fields_[i] = new_array(ndim, shape, kTypes[i]);
  }
  // throws TypeError, ValueError where these are no arrays of one shape
  Winners(const Where& where, nb::handle given) {
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
      fields_[i] = side_by_side(take_any(where, given[i]), kTypes[i]);
      check_same_shape(where, fields_[0], fields_[i]);
    }
  }

  static void check_same_shape(const Where& where, const Array& a, const Array& b) {
    if (a.ndim() == b.ndim() && PyArray_CompareLists(a.shape(), b.shape(), a.ndim())) return;
    refuse_value(where, "must have one shape, got " + text_of_shape(a.get()) + " and " +
                            text_of_shape(b.get()));
  }

  const Array& shape() const { return fields_[0]; }

  GumbelWinner get(std::int64_t i) const {
    GumbelWinner winner;
    winner.rank = field<double>(0)[i];
    winner.value = field<double>(1)[i];
    winner.low = field<double>(2)[i];
    winner.category = field<std::int64_t>(3)[i];
    winner.log_weight = field<double>(4)[i];
    winner.total = {field<double>(5)[i], 1};
    winner.nan = field<bool>(6)[i];
    return winner;
  }
  void set(std::int64_t i, const GumbelWinner& winner) const {
    field<double>(0)[i] = winner.rank;
    field<double>(1)[i] = winner.value;
    field<double>(2)[i] = winner.low;
    field<std::int64_t>(3)[i] = winner.category;
    field<double>(4)[i] = winner.log_weight;
    field<double>(5)[i] = winner.total.log();
    field<bool>(6)[i] = winner.nan;
  }
  nb::object give_back() const {
    nb::list fields;
    for (const Array& array : fields_) fields.append(python::give_back(array, {}));
    return nb::tuple(fields);
  }

 private:
  static constexpr std::array kTypes{NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_INT64,
                                     NPY_DOUBLE, NPY_DOUBLE, NPY_BOOL};

  template <class V>
  V* field(std::size_t i) const {
    return data_of<V>(fields_[i]);
  }

  std::array<Array, kTypes.size()> fields_;
};

// (log p, status) of each.
nb::tuple told_of_winners(nb::handle winners) {
  const Winners given({"GumbelWinner", "fields"}, winners);
  const Array log_p = new_array(given.shape().ndim(), given.shape().shape(), NPY_DOUBLE);
  const Array status = new_array(given.shape().ndim(), given.shape().shape(), NPY_UINT8);
  for (std::int64_t i = 0; i < given.shape().size(); ++i) {
    const GumbelWinner winner = given.get(i);
    data_of<double>(log_p)[i] = winner.log_probability();
    data_of<std::uint8_t>(status)[i] = static_cast<std::uint8_t>(winner.status());
  }
  return nb::make_tuple(give_back(log_p, {}), give_back(status, {}));
}

nb::object gumbel_max_pieces_of(nb::handle scores, nb::handle axis, nb::handle alpha,
                                nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                                nb::handle whose) {
  const Problem problem("gumbel_max_pieces", scores, alpha, axis, temperature, log_degeneracy,
                        mask);
  const NoiseProblem noise(problem.function, whose, problem.scores, problem.axis);
  const std::vector<npy_intp> rows = shape_of_rows(problem.scores, problem.axis);
  const Winners winners(static_cast<int>(rows.size()), rows.data());
  std::vector<GumbelWinner> found(static_cast<std::size_t>(winners.shape().size()));
  Batches(problem).run([&]<Score T>(Batch& batch) {
    gumbel_max_pieces(batch.scores<T>(), batch.result(found.data()), options_of<T>(batch, noise));
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    winners.set(static_cast<std::int64_t>(i), found[i]);
  }
  return winners.give_back();
}

nb::object merge_winners(nb::handle one, nb::handle other) {
  const Where where{"merge", "winners"};
  const Winners a(where, one), b(where, other);
  Winners::check_same_shape(where, a.shape(), b.shape());
  const Winners merged(a.shape().ndim(), a.shape().shape());
  for (std::int64_t i = 0; i < a.shape().size(); ++i) merged.set(i, merge(a.get(i), b.get(i)));
  return merged.give_back();
}

}  // namespace

void add_gumbel_pieces(nb::module_& m) {
  add_function(m, "gumbel_max_pieces", &gumbel_max_pieces_of);
  add_function(m, "merge_winners", &merge_winners);
  add_function(m, "told_of_winners", &told_of_winners);
}

}  // namespace gibbs::python
