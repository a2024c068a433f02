// Derivatives of relaxed draws.
#include <utility>

#include "batches.hpp"
#include "functions.hpp"
#include "gibbs/sampling/binary_concrete.hpp"
#include "gibbs/sampling/relaxed.hpp"
#include "gradients.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// What a derivative is called with: `map.scores` is what the relaxation gave.
struct RelaxedVjp {
  RelaxedVjp(const char* function, const char* given_name, nb::handle given, nb::handle upstream_of,
             nb::handle alpha, nb::handle axis, nb::handle tau_of, nb::handle temperature,
             nb::handle scores_of, int wanted)
      : map(function, given, alpha, axis, temperature, nb::none(), nb::none(), given_name),
        upstream(take_beside({function, "upstream"}, upstream_of, map.scores, given_name)),
        scores(scores_of.is_none()
                   ? Array{}
                   : take_beside({function, "scores"}, scores_of, map.scores, given_name)),
        tau({function, "tau"}, tau_of, map.scores, map.axis),
        grad(new_like(map.scores)),
        extras(map, wanted),
        grad_tau(wanted & kTau ? new_per_row(map, map.working_type()) : Array{}) {}

  Problem map;
  Array upstream, scores;
  PerRowArgument tau;
  Array grad;
  Extras extras;
  Array grad_tau;

  // (scores, temperature, log_degeneracy, alpha, tau)
  nb::tuple gradients() const {
    return nb::make_tuple(give_back(grad, map.scores), or_none(extras.temperature),
                          or_none(extras.log_degeneracy), or_none(extras.alpha), or_none(grad_tau));
  }
};

// call(given, upstream, grad, options) for every batch.
template <template <Score> class Options, class Call>
nb::tuple run(const RelaxedVjp& problem, const Call& call) {
  Batches batches(problem.map);
  const int upstream_at = batches.add_broadcast("upstream", problem.upstream);
  const int scores_at = batches.add_broadcast("scores", problem.scores);
  const int grad_at = batches.add(problem.grad);
  const int log_g_at = batches.add(problem.extras.log_degeneracy);
  batches.run([&]<Score T>(Batch& batch) {
    using W = working_t<T>;
    Options<T> options;
    batch.put_law<T>(options);
    options.tau = batch.numbers(problem.tau);
    options.scores = batch.view<const T>(problem.scores, scores_at);
    options.grad_temperature = batch.result<W>(problem.extras.temperature);
    options.grad_tau = batch.result<W>(problem.grad_tau);
    if constexpr (requires { options.grad_alpha; }) {
      options.grad_alpha = batch.result<W>(problem.extras.alpha);
    }
    if constexpr (requires { options.grad_log_degeneracy; }) {
      options.grad_log_degeneracy = batch.view<W>(problem.extras.log_degeneracy, log_g_at);
    }
    call(batch.scores<T>(), batch.view<const T>(problem.upstream, upstream_at),
         batch.view<T>(problem.grad, grad_at), options);
  });
  return problem.gradients();
}

nb::tuple gumbel_entmax_vjp_of(const char* function, nb::handle relaxed, nb::handle upstream,
                               nb::handle alpha, nb::handle axis, nb::handle tau,
                               nb::handle temperature, nb::handle scores, int wanted) {
  return run<RelaxedEntmaxVjpOptions>(
      {function, "relaxed", relaxed, upstream, alpha, axis, tau, temperature, scores, wanted},
      [](const auto& y, const auto& v, const auto& grad, const auto& options) {
        gumbel_entmax_vjp(y, v, grad, options);
      });
}

nb::tuple log_gumbel_softmax_vjp_of(const char* function, nb::handle log_relaxed,
                                    nb::handle upstream, nb::handle alpha, nb::handle axis,
                                    nb::handle tau, nb::handle temperature, nb::handle scores,
                                    int wanted) {
  return run<RelaxedVjpOptions>(
      {function, "log_relaxed", log_relaxed, upstream, alpha, axis, tau, temperature, scores,
       wanted},
      [](const auto& log_y, const auto& v, const auto& grad, const auto& options) {
        log_gumbel_softmax_vjp(log_y, v, grad, options);
      });
}

nb::tuple binary_concrete_vjp_of(const char* function, nb::handle logits, nb::handle upstream,
                                 nb::handle alpha, nb::handle axis, nb::handle tau,
                                 nb::handle temperature, nb::handle scores, int wanted) {
  return run<BinaryConcreteVjpOptions>(
      {function, "logits", logits, upstream, alpha, axis, tau, temperature, scores, wanted},
      [](const auto& l, const auto& v, const auto& grad, const auto& options) {
        binary_concrete_vjp(l, v, grad, options);
      });
}

}  // namespace

void add_relaxed_derivatives(nb::module_& m) {
  m.attr("WANTS_TAU") = kTau;
  add_function(m, "gumbel_entmax_vjp", &gumbel_entmax_vjp_of);
  add_function(m, "log_gumbel_softmax_vjp", &log_gumbel_softmax_vjp_of);
  add_function(m, "binary_concrete_vjp", &binary_concrete_vjp_of);
}

}  // namespace gibbs::python
