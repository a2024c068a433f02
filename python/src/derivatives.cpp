// Vector-Jacobian products.
#include "functions.hpp"
#include "gibbs/entmax.hpp"
#include "gibbs/entmax_hvp.hpp"
#include "gibbs/log_softmax.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "vjp_run.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

template <Score T>
VjpOptions<T> without_alpha(const EntmaxVjpOptions<T>& o) {
  return {o.temperature, o.log_degeneracy, o.grad_temperature, o.grad_log_degeneracy};
}

// Every derivative is called alike, so that one function of Python serves all: alpha is 1 where the
// map has none.
nb::tuple entmax_vjp_of(const char* function, nb::handle probabilities, nb::handle upstream,
                        nb::handle alpha, nb::handle axis, nb::handle temperature,
                        nb::handle log_degeneracy, int wanted) {
  const Problem problem(function, probabilities, alpha, axis, temperature, log_degeneracy,
                        nb::none(), "probabilities");
  const Array v = take_beside({function, "upstream"}, upstream, problem.scores, "probabilities");
  return gradients(problem, v, wanted,
                   []<Score T>(const VjpRun& run, const Slabs::Offsets& offsets,
                               const EntmaxVjpOptions<T>& options) {
                     entmax_vjp(run.given<T>(offsets), run.upstream<T>(offsets),
                                run.grad<T>(offsets), options);
                   });
}

nb::tuple log_softmax_vjp_of(const char* function, nb::handle log_probabilities,
                             nb::handle upstream, nb::handle alpha, nb::handle axis,
                             nb::handle temperature, nb::handle log_degeneracy, int wanted) {
  const Problem problem(function, log_probabilities, alpha, axis, temperature, log_degeneracy,
                        nb::none(), "log_probabilities");
  const Array v =
      take_beside({function, "upstream"}, upstream, problem.scores, "log_probabilities");
  return gradients(problem, v, wanted,
                   []<Score T>(const VjpRun& run, const Slabs::Offsets& offsets,
                               const EntmaxVjpOptions<T>& options) {
                     log_softmax_vjp(run.given<T>(offsets), run.upstream<T>(offsets),
                                     run.grad<T>(offsets), without_alpha(options));
                   });
}

nb::tuple log_sum_exp_vjp_of(const char* function, nb::handle scores, nb::handle upstream,
                             nb::handle alpha, nb::handle axis, nb::handle temperature,
                             nb::handle log_degeneracy, int wanted) {
  const Problem problem(function, scores, alpha, axis, temperature, log_degeneracy, nb::none());
  const PerRowArgument v({function, "upstream"}, upstream, problem.scores, problem.axis);
  return gradients(problem, {}, wanted,
                   [&]<Score T>(const VjpRun& run, const Slabs::Offsets& offsets,
                                const EntmaxVjpOptions<T>& options) {
                     std::vector<double> room;
                     const Rows<const T> rows = run.given<T>(offsets);
                     const auto per_row =
                         working_numbers<T>(run.numbers(v, offsets, room), rows.rows);
                     log_sum_exp_vjp(rows, std::span<const working_t<T>>(per_row),
                                     run.grad<T>(offsets), without_alpha(options));
                   });
}

// The Hessian of <upstream, p> in the scores times a direction.
nb::object entmax_hvp_of(nb::handle probabilities, nb::handle upstream, nb::handle direction,
                         nb::handle alpha, nb::handle axis, nb::handle temperature,
                         nb::handle log_degeneracy) {
  constexpr const char* kName = "entmax_hvp";
  const Problem problem(kName, probabilities, alpha, axis, temperature, log_degeneracy, nb::none(),
                        "probabilities");
  const Array v = take_beside({kName, "upstream"}, upstream, problem.scores, "probabilities");
  const Array w = take_beside({kName, "direction"}, direction, problem.scores, "probabilities");
  const Array product = new_like(problem.scores);
  const Extras none(problem, 0);
  VjpRun(problem, v, w, product, none)
      .run([]<Score T>(const VjpRun& run, const Slabs::Offsets& offsets,
                       const EntmaxVjpOptions<T>& options) {
        entmax_hvp(run.given<T>(offsets), run.upstream<T>(offsets), run.direction<T>(offsets),
                   run.grad<T>(offsets),
                   {options.alpha, options.temperature, options.log_degeneracy});
      });
  return give_back(product, problem.scores);
}

}  // namespace

void add_derivatives(nb::module_& m) {
  m.attr("WANTS_TEMPERATURE") = kTemperature;
  m.attr("WANTS_LOG_DEGENERACY") = kLogDegeneracy;
  m.attr("WANTS_ALPHA") = kAlpha;
  add_function(m, "entmax_vjp", &entmax_vjp_of);
  add_function(m, "entmax_hvp", &entmax_hvp_of);
  add_function(m, "log_softmax_vjp", &log_softmax_vjp_of);
  add_function(m, "log_sum_exp_vjp", &log_sum_exp_vjp_of);
}

}  // namespace gibbs::python
