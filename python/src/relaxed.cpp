// Relaxed draws: scores in, points of the simplex out.
#include "gibbs/sampling/relaxed.hpp"

#include "batches.hpp"
#include "functions.hpp"
#include "gibbs/sampling/binary_concrete.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

struct RelaxedProblem {
  RelaxedProblem(const char* function, nb::handle scores, nb::handle alpha, nb::handle axis,
                 nb::handle tau_of, nb::handle temperature, nb::handle log_degeneracy,
                 nb::handle mask, nb::handle whose)
      : map(function, scores, alpha, axis, temperature, log_degeneracy, mask),
        tau({function, "tau"}, tau_of, map.scores, map.axis),
        noise(function, whose, map.scores, map.axis, "draw") {}

  Problem map;
  PerRowArgument tau;
  NoiseProblem noise;
};

// What the library would refuse, by its place among all rows.
template <Score T>
void check_all(const RelaxedProblem& problem, std::int64_t rows) {
  T none{};
  gumbel_entmax(Rows<const T>(&none, rows, 0), Rows<T>(&none, rows, 0),
                {.alpha = problem.map.alpha.all(),
                 .temperature = problem.map.temperature.all(),
                 .tau = problem.tau.all()});
}

template <class Options, Score T>
Options options_of(Batch& batch, const RelaxedProblem& problem) {
  Options options;
  batch.put_law<T>(options);
  batch.put_noise(problem.noise, options);
  options.tau = batch.numbers(problem.tau);
  return options;
}

// call.operator()<T>(batch, scores, out, second) for every batch. The second output, of the shape
// of the scores, is returned beside the first where it is wanted.
template <class Call>
nb::object relaxed(const RelaxedProblem& problem, nb::handle out, bool both, const Call& call) {
  const Array& scores = problem.map.scores;
  Output output({problem.map.function, "out"}, out, scores,
                {&problem.map.log_degeneracy, &problem.map.mask});
  const Array second = both ? new_like(scores) : Array{};
  Batches batches(problem.map);
  const int out_at = batches.add(output.array()), second_at = batches.add(second);
  batches.run([&]<Score T>(std::int64_t rows) { check_all<T>(problem, rows); },
              [&]<Score T>(Batch& batch) {
                call(batch, batch.scores<T>(), batch.view<T>(output.array(), out_at),
                     batch.view<T>(second, second_at));
              });
  nb::object first = output.finish(scores);
  if (!both) return first;
  return nb::make_tuple(first, give_back(second, scores));
}

nb::object gumbel_entmax_of(const char* function, nb::handle scores, nb::handle alpha,
                            nb::handle axis, nb::handle tau, nb::handle temperature,
                            nb::handle log_degeneracy, nb::handle mask, nb::handle noise,
                            nb::handle out) {
  const RelaxedProblem problem(function, scores, alpha, axis, tau, temperature, log_degeneracy,
                               mask, noise);
  return relaxed(
      problem, out, false,
      [&]<Score T>(Batch& batch, const Rows<const T>& x, const Rows<T>& y, const Rows<T>&) {
        gumbel_entmax(x, y, options_of<RelaxedEntmaxOptions<T>, T>(batch, problem));
      });
}

nb::object log_gumbel_softmax_of(nb::handle scores, nb::handle axis, nb::handle tau,
                                 nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                                 nb::handle noise, nb::handle out) {
  const nb::float_ one(1.0);
  const RelaxedProblem problem("log_gumbel_softmax", scores, one, axis, tau, temperature,
                               log_degeneracy, mask, noise);
  return relaxed(
      problem, out, false,
      [&]<Score T>(Batch& batch, const Rows<const T>& x, const Rows<T>& log_y, const Rows<T>&) {
        log_gumbel_softmax(x, log_y, options_of<RelaxedOptions<T>, T>(batch, problem));
      });
}

nb::object straight_through_of(nb::handle scores, nb::handle axis, nb::handle tau,
                               nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                               nb::handle noise, nb::handle out, bool return_relaxed) {
  const nb::float_ one(1.0);
  const RelaxedProblem problem("straight_through", scores, one, axis, tau, temperature,
                               log_degeneracy, mask, noise);
  return relaxed(
      problem, out, return_relaxed,
      [&]<Score T>(Batch& batch, const Rows<const T>& x, const Rows<T>& one_hot, const Rows<T>& y) {
        const auto options = options_of<RelaxedOptions<T>, T>(batch, problem);
        return_relaxed ? straight_through(x, one_hot, y, options)
                       : straight_through(x, one_hot, options);
      });
}

nb::object binary_concrete_of(nb::handle scores, nb::handle axis, nb::handle tau,
                              nb::handle temperature, nb::handle mask, nb::handle noise,
                              nb::handle out, bool return_logits) {
  const nb::float_ one(1.0);
  const RelaxedProblem problem("binary_concrete", scores, one, axis, tau, temperature, nb::none(),
                               mask, noise);
  return relaxed(
      problem, out, return_logits,
      [&]<Score T>(Batch& batch, const Rows<const T>& x, const Rows<T>& y, const Rows<T>& logits) {
        auto options = options_of<BinaryConcreteOptions<T>, T>(batch, problem);
        options.logits = logits;
        binary_concrete(x, y, options);
      });
}

}  // namespace

void add_relaxed(nb::module_& m) {
  add_function(m, "gumbel_entmax", &gumbel_entmax_of);
  add_function(m, "log_gumbel_softmax", &log_gumbel_softmax_of);
  add_function(m, "straight_through", &straight_through_of);
  add_function(m, "binary_concrete", &binary_concrete_of);
}

}  // namespace gibbs::python
