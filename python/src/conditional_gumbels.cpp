// Perturbed scores, given which of them is the highest.
#include "gibbs/sampling/conditional_gumbels.hpp"

#include <string>
#include <vector>

#include "batches.hpp"
#include "functions.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// One column for each row, in the order of the rows.
std::vector<std::int64_t> take_winners(const Where& where, nb::handle value,
                                       const Problem& problem) {
  const Array given = take_any(where, value);
  if (!PyArray_ISINTEGER(given.get())) {
    refuse_type(where, "must be integers, got " + text_of_dtype(given.get()));
  }
  const Array wide = side_by_side(given, NPY_INT64);
  std::vector<std::int64_t> winners;
  for (const std::int64_t offset :
       offsets_over_rows(where, wide.get(), problem.scores, problem.axis)) {
    winners.push_back(entries_of<std::int64_t>(wide)[static_cast<std::size_t>(offset)]);
  }
  return winners;
}

nb::object conditional_gumbels_of(nb::handle scores, nb::handle winners, nb::handle axis,
                                  nb::handle maximum, nb::handle whose) {
  const nb::float_ one(1.0);
  const Problem problem("conditional_gumbels", scores, one, axis, one, nb::none(), nb::none());
  const auto highest = take_winners({problem.function, "winners"}, winners, problem);
  const NoiseProblem noise(problem.function, whose, problem.scores, problem.axis, "draw");
  std::vector<double> maxima;
  if (!maximum.is_none()) {
    const PerRowArgument given({problem.function, "maximum"}, maximum, problem.scores,
                               problem.axis);
    const PerRow all = given.all();
    for (std::size_t i = 0; i < highest.size(); ++i) {
      maxima.push_back(all[static_cast<std::int64_t>(i)]);
    }
  }
  const Array perturbed = new_like(problem.scores, Dtype::kFloat64);
  Batches batches(problem);
  const int perturbed_at = batches.add(perturbed);
  batches.run([&]<Score T>(Batch& batch) {
    ConditionalGumbelOptions options;
    batch.put_noise(noise, options);
    if (!maxima.empty()) options.maximum = batch.given(maxima.data());
    conditional_gumbels(batch.scores<T>(), batch.given(highest.data()),
                        batch.view<double>(perturbed, perturbed_at), options);
  });
  return give_back(perturbed, problem.scores);
}

// (in the scores, in the maximum or None)
nb::tuple conditional_gumbels_vjp_of(nb::handle scores, nb::handle winners, nb::handle perturbed,
                                     nb::handle upstream, nb::handle axis, bool maximum_given) {
  const nb::float_ one(1.0);
  const Problem problem("conditional_gumbels_vjp", scores, one, axis, one, nb::none(), nb::none());
  const auto highest = take_winners({problem.function, "winners"}, winners, problem);
  const Array z = take_doubles({problem.function, "perturbed"}, perturbed);
  const Array v = take_doubles({problem.function, "upstream"}, upstream);
  const Array grad = new_like(problem.scores, Dtype::kFloat64);
  const Array grad_maximum = maximum_given ? new_per_row(problem, NPY_DOUBLE) : Array{};
  Batches batches(problem);
  const int z_at = batches.add_broadcast("perturbed", z);
  const int v_at = batches.add_broadcast("upstream", v);
  const int grad_at = batches.add(grad);
  batches.run([&]<Score T>(Batch& batch) {
    conditional_gumbels_vjp(batch.scores<T>(), batch.given(highest.data()),
                            batch.view<const double>(z, z_at), batch.view<const double>(v, v_at),
                            batch.view<double>(grad, grad_at),
                            {.grad_maximum = batch.result<double>(grad_maximum)});
  });
  return nb::make_tuple(
      give_back(grad, problem.scores),
      grad_maximum ? give_back(grad_maximum, problem.scores) : nb::object(nb::none()));
}

}  // namespace

void add_conditional_gumbels(nb::module_& m) {
  add_function(m, "conditional_gumbels", &conditional_gumbels_of);
  add_function(m, "conditional_gumbels_vjp", &conditional_gumbels_vjp_of);
}

}  // namespace gibbs::python
