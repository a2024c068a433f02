// Densities of relaxed draws and their derivatives.
#include <string>

#include "batches.hpp"
#include "functions.hpp"
#include "gibbs/sampling/binary_concrete.hpp"
#include "gibbs/sampling/concrete_density.hpp"
#include "gradients.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

ConcreteMeasure take_measure(const char* function, nb::handle value) {
  const bool is_text = PyUnicode_Check(value.ptr()) != 0;
  if (is_text && PyUnicode_CompareWithASCIIString(value.ptr(), "simplex") == 0) {
    return ConcreteMeasure::kSimplex;
  }
  if (is_text && PyUnicode_CompareWithASCIIString(value.ptr(), "log") == 0) {
    return ConcreteMeasure::kLog;
  }
  refuse_value({function, "measure"},
               std::string("must be simplex or log, got ") + nb::str(value).c_str());
}

// `point` is where the density is taken: log y, or the logits.
struct DensityProblem {
  DensityProblem(const char* function, nb::handle scores, const char* name_of_point,
                 nb::handle point_of, nb::handle axis, nb::handle tau_of, nb::handle temperature,
                 nb::handle log_degeneracy, nb::handle measure_of)
      : map(function, scores, nb::float_(1.0), axis, temperature, log_degeneracy, nb::none()),
        point_name(name_of_point),
        point(take_beside({function, name_of_point}, point_of, map.scores, "scores")),
        tau({function, "tau"}, tau_of, map.scores, map.axis),
        measure(take_measure(function, measure_of)) {}

  Problem map;
  const char* point_name;
  Array point;
  PerRowArgument tau;
  ConcreteMeasure measure;
};

template <Score T, class Options>
void put(const DensityProblem& problem, Batch& batch, Options& options) {
  batch.put_law<T>(options);
  options.tau = batch.numbers(problem.tau);
  options.measure = problem.measure;
}

nb::object concrete_log_density_of(nb::handle scores, nb::handle log_relaxed, nb::handle axis,
                                   nb::handle tau, nb::handle temperature,
                                   nb::handle log_degeneracy, nb::handle measure) {
  const DensityProblem problem("concrete_log_density", scores, "log_relaxed", log_relaxed, axis,
                               tau, temperature, log_degeneracy, measure);
  const Array density = new_per_row(problem.map, NPY_DOUBLE);
  Batches batches(problem.map);
  const int point_at = batches.add_broadcast(problem.point_name, problem.point);
  batches.run([&]<Score T>(Batch& batch) {
    ConcreteDensityOptions<T> options;
    put<T>(problem, batch, options);
    concrete_log_density(batch.scores<T>(), batch.view<const T>(problem.point, point_at),
                         batch.result<double>(density), options);
  });
  return give_back(density, problem.map.scores);
}

nb::object binary_concrete_log_density_of(nb::handle scores, nb::handle logits, nb::handle axis,
                                          nb::handle tau, nb::handle temperature,
                                          nb::handle measure) {
  const DensityProblem problem("binary_concrete_log_density", scores, "logits", logits, axis, tau,
                               temperature, nb::none(), measure);
  const Array density = new_like(problem.map.scores, Dtype::kFloat64);
  Batches batches(problem.map);
  const int point_at = batches.add_broadcast(problem.point_name, problem.point);
  const int density_at = batches.add(density);
  batches.run([&]<Score T>(Batch& batch) {
    BinaryConcreteDensityOptions options;
    put<T>(problem, batch, options);
    binary_concrete_log_density(batch.scores<T>(), batch.view<const T>(problem.point, point_at),
                                batch.view<double>(density, density_at), options);
  });
  return give_back(density, problem.map.scores);
}

// What a derivative of a density writes.
struct DensityGradients {
  DensityGradients(const DensityProblem& problem, int wanted)
      : scores(new_like(problem.map.scores)),
        extras(problem.map, wanted),
        tau(wanted & kTau ? new_per_row(problem.map, problem.map.working_type()) : Array{}),
        point(wanted & kPoint ? new_like(problem.map.scores) : Array{}) {}

  Array scores;
  Extras extras;
  Array tau, point;

  // (scores, temperature, log_degeneracy, tau, point)
  nb::tuple give_back(const Array& like) const {
    const auto given = [&](const Array& array) {
      return array ? python::give_back(array, like) : nb::object(nb::none());
    };
    return nb::make_tuple(given(scores), or_none(extras.temperature),
                          or_none(extras.log_degeneracy), or_none(tau), given(point));
  }
};

nb::tuple concrete_log_density_vjp_of(nb::handle scores, nb::handle log_relaxed,
                                      nb::handle upstream, nb::handle axis, nb::handle tau,
                                      nb::handle temperature, nb::handle log_degeneracy,
                                      nb::handle measure, int wanted) {
  const DensityProblem problem("concrete_log_density_vjp", scores, "log_relaxed", log_relaxed, axis,
                               tau, temperature, log_degeneracy, measure);
  const PerRowArgument u({problem.map.function, "upstream"}, upstream, problem.map.scores,
                         problem.map.axis);
  const DensityGradients to(problem, wanted);
  Batches batches(problem.map);
  const int point_at = batches.add_broadcast(problem.point_name, problem.point);
  const int scores_at = batches.add(to.scores), point_to_at = batches.add(to.point);
  const int log_g_at = batches.add(to.extras.log_degeneracy);
  batches.run([&]<Score T>(Batch& batch) {
    using W = working_t<T>;
    ConcreteDensityVjpOptions<T> options;
    put<T>(problem, batch, options);
    options.grad_log_relaxed = batch.view<T>(to.point, point_to_at);
    options.grad_temperature = batch.result<W>(to.extras.temperature);
    options.grad_tau = batch.result<W>(to.tau);
    options.grad_log_degeneracy = batch.view<W>(to.extras.log_degeneracy, log_g_at);
    const PerRow numbers = batch.numbers(u);
    std::vector<double> per_row;
    for (std::int64_t i = 0; i < batch.rows(); ++i) per_row.push_back(numbers[i]);
    concrete_log_density_vjp(batch.scores<T>(), batch.view<const T>(problem.point, point_at),
                             std::span<const double>(per_row), batch.view<T>(to.scores, scores_at),
                             options);
  });
  return to.give_back(problem.map.scores);
}

nb::tuple binary_concrete_log_density_vjp_of(nb::handle scores, nb::handle logits,
                                             nb::handle upstream, nb::handle axis, nb::handle tau,
                                             nb::handle temperature, nb::handle measure,
                                             int wanted) {
  const DensityProblem problem("binary_concrete_log_density_vjp", scores, "logits", logits, axis,
                               tau, temperature, nb::none(), measure);
  const Array u = take_doubles({problem.map.function, "upstream"}, upstream);
  const DensityGradients to(problem, wanted);
  Batches batches(problem.map);
  const int point_at = batches.add_broadcast(problem.point_name, problem.point);
  const int upstream_at = batches.add_broadcast("upstream", u);
  const int scores_at = batches.add(to.scores), point_to_at = batches.add(to.point);
  batches.run([&]<Score T>(Batch& batch) {
    using W = working_t<T>;
    BinaryConcreteDensityVjpOptions<T> options;
    put<T>(problem, batch, options);
    options.grad_logits = batch.view<T>(to.point, point_to_at);
    options.grad_temperature = batch.result<W>(to.extras.temperature);
    options.grad_tau = batch.result<W>(to.tau);
    binary_concrete_log_density_vjp(batch.scores<T>(), batch.view<const T>(problem.point, point_at),
                                    batch.view<const double>(u, upstream_at),
                                    batch.view<T>(to.scores, scores_at), options);
  });
  return to.give_back(problem.map.scores);
}

}  // namespace

void add_relaxed_densities(nb::module_& m) {
  m.attr("WANTS_POINT") = kPoint;
  add_function(m, "concrete_log_density", &concrete_log_density_of);
  add_function(m, "binary_concrete_log_density", &binary_concrete_log_density_of);
  add_function(m, "concrete_log_density_vjp", &concrete_log_density_vjp_of);
  add_function(m, "binary_concrete_log_density_vjp", &binary_concrete_log_density_vjp_of);
}

}  // namespace gibbs::python
