// softmax, log_softmax and entmax: scores in, probabilities out.
#include "functions.hpp"
#include "gibbs/entmax.hpp"
#include "gibbs/log_softmax.hpp"
#include "map_run.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

constexpr auto kEntmax = []<Score T>(const NumbersOf&, const Rows<const T>& scores,
                                     const Rows<T>& out, const EntmaxOptions<T>& options) {
  entmax(scores, out, options);
};
constexpr auto kLogSoftmax = []<Score T>(const NumbersOf&, const Rows<const T>& scores,
                                         const Rows<T>& out, const EntmaxOptions<T>& options) {
  log_softmax(scores, out,
              {.temperature = options.temperature,
               .log_degeneracy = options.log_degeneracy,
               .mask = options.mask});
};

nb::object softmax(nb::handle scores, nb::handle axis, nb::handle temperature,
                   nb::handle log_degeneracy, nb::handle mask, nb::handle out) {
  const nb::float_ one(1.0);
  const Problem problem("softmax", scores, one, axis, temperature, log_degeneracy, mask);
  return run_map(problem, out, {}, false, kEntmax);
}

nb::object log_softmax(nb::handle scores, nb::handle axis, nb::handle temperature,
                       nb::handle log_degeneracy, nb::handle mask, nb::handle out) {
  const nb::float_ one(1.0);
  const Problem problem("log_softmax", scores, one, axis, temperature, log_degeneracy, mask);
  return run_map(problem, out, {}, false, kLogSoftmax);
}

nb::object entmax_of(const char* function, nb::handle scores, nb::handle alpha, nb::handle axis,
                     nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                     nb::handle out, bool return_support) {
  const Problem problem(function, scores, alpha, axis, temperature, log_degeneracy, mask);
  Sides sides;
  if (return_support) sides.support = new_per_row(problem, NPY_INT64);
  nb::object p = run_map(problem, out, sides, false, kEntmax);
  if (!return_support) return p;
  return nb::make_tuple(p, give_back(sides.support, problem.scores));
}

nb::tuple details(nb::handle scores, nb::handle alpha, nb::handle axis, nb::handle temperature,
                  nb::handle log_degeneracy, nb::handle mask) {
  const Problem problem("details", scores, alpha, axis, temperature, log_degeneracy, mask);
  const Sides sides = all_sides(problem);
  const nb::object p = run_map(problem, nb::none(), sides, false, kEntmax);
  const auto given_back = [&](const Array& side) { return give_back(side, problem.scores); };
  return nb::make_tuple(p, given_back(sides.log_partition), given_back(sides.entropy),
                        given_back(sides.support), given_back(sides.threshold));
}

}  // namespace

void add_maps(nb::module_& m) {
  add_function(m, "softmax", &softmax);
  add_function(m, "log_softmax", &log_softmax);
  add_function(m, "entmax", &entmax_of);
  add_function(m, "details", &details);
}

}  // namespace gibbs::python
