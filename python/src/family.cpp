// Maps that are told what entmax is, or translate it: normmax, top-k, tempered, with a sink.
#include <utility>

#include "functions.hpp"
#include "gibbs/family/normmax.hpp"
#include "gibbs/family/sink.hpp"
#include "gibbs/family/tempered.hpp"
#include "gibbs/family/top_k.hpp"
#include "map_run.hpp"
#include "vjp_run.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// (p, the sides of each row), or p alone where no side is there.
template <class... Arrays>
nb::object with_sides(nb::object p, const Problem& problem, const Arrays&... sides) {
  if (!(sides && ...)) return p;
  return nb::make_tuple(p, give_back(sides, problem.scores)...);
}

nb::object normmax_of(nb::handle scores, nb::handle alpha, nb::handle axis, nb::handle temperature,
                      nb::handle mask, nb::handle out, bool details) {
  const Problem problem("normmax", scores, alpha, axis, temperature, nb::none(), mask);
  Sides sides = details ? all_sides(problem) : Sides{};
  sides.entropy = {};
  nb::object p = run_map(problem, out, sides, false,
                         []<Score T>(const NumbersOf&, const Rows<const T>& x, const Rows<T>& to,
                                     const EntmaxOptions<T>& o) {
                           normmax(x, to,
                                   {.alpha = o.alpha,
                                    .temperature = o.temperature,
                                    .mask = o.mask,
                                    .value = o.log_partition,
                                    .support = o.support,
                                    .threshold = o.threshold});
                         });
  return with_sides(std::move(p), problem, sides.log_partition, sides.support, sides.threshold);
}

nb::object top_k_of(const char* function, nb::handle scores, nb::handle k, nb::handle alpha,
                    nb::handle axis, nb::handle temperature, nb::handle log_degeneracy,
                    nb::handle mask, nb::handle out, bool details) {
  const Problem problem(function, scores, alpha, axis, temperature, log_degeneracy, mask);
  const std::int64_t kept = take_integer({function, "k"}, k);
  const Sides sides = details ? all_sides(problem) : Sides{};
  nb::object p = run_map(problem, out, sides, false,
                         [&]<Score T>(const NumbersOf&, const Rows<const T>& x, const Rows<T>& to,
                                      const EntmaxOptions<T>& o) { top_k_entmax(x, kept, to, o); });
  return with_sides(std::move(p), problem, sides.log_partition, sides.entropy, sides.support,
                    sides.threshold);
}

nb::object tempered_of(nb::handle scores, nb::handle t, nb::handle axis, nb::handle temperature,
                       nb::handle log_degeneracy, nb::handle mask, nb::handle out, bool details) {
  const char* const function = "tempered_softmax";
  const nb::float_ one(1.0);
  const Problem problem(function, scores, one, axis, temperature, log_degeneracy, mask);
  const double index = take_number({function, "t"}, t);
  const Sides sides = details ? all_sides(problem) : Sides{};
  nb::object p = run_map(problem, out, sides, false,
                         [&]<Score T>(const NumbersOf&, const Rows<const T>& x, const Rows<T>& to,
                                      const EntmaxOptions<T>& o) {
                           tempered_softmax(x, index, to,
                                            {.temperature = o.temperature,
                                             .log_degeneracy = o.log_degeneracy,
                                             .mask = o.mask,
                                             .log_partition = o.log_partition,
                                             .entropy = o.entropy,
                                             .support = o.support,
                                             .threshold = o.threshold});
                         });
  return with_sides(std::move(p), problem, sides.log_partition, sides.entropy, sides.support,
                    sides.threshold);
}

// The sink's probability lies where entmax has its entropy.
nb::object sink_softmax_of(nb::handle scores, nb::handle sink, nb::handle axis,
                           nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                           nb::handle out, bool details) {
  const char* const function = "sink_softmax";
  const nb::float_ one(1.0);
  const Problem problem(function, scores, one, axis, temperature, log_degeneracy, mask);
  const PerRowArgument score({function, "sink"}, sink, problem.scores, problem.axis);
  Sides sides;
  if (details) {
    sides.log_partition = new_per_row(problem, problem.working_type());
    sides.entropy = new_per_row(problem, problem.working_type());
  }
  nb::object p = run_map(problem, out, sides, !score.is_one_number(),
                         [&]<Score T>(const NumbersOf& numbers_of, const Rows<const T>& x,
                                      const Rows<T>& to, const EntmaxOptions<T>& o) {
                           std::vector<double> room;
                           sink_softmax(x, to,
                                        {.sink = numbers_of(score, room),
                                         .temperature = o.temperature,
                                         .log_degeneracy = o.log_degeneracy,
                                         .mask = o.mask,
                                         .log_partition = o.log_partition,
                                         .sink_probability = o.entropy});
                         });
  return with_sides(std::move(p), problem, sides.log_partition, sides.entropy);
}

nb::tuple normmax_vjp_of(const char* function, nb::handle probabilities, nb::handle upstream,
                         nb::handle alpha, nb::handle axis, nb::handle temperature,
                         nb::handle log_degeneracy, int wanted) {
  const Problem problem(function, probabilities, alpha, axis, temperature, log_degeneracy,
                        nb::none(), "probabilities");
  const Array v = take_beside({function, "upstream"}, upstream, problem.scores, "probabilities");
  return gradients(
      problem, v, wanted,
      []<Score T>(const VjpRun& run, const Slabs::Offsets& offsets, const EntmaxVjpOptions<T>& o) {
        normmax_vjp(run.given<T>(offsets), run.upstream<T>(offsets), run.grad<T>(offsets),
                    {.alpha = o.alpha,
                     .temperature = o.temperature,
                     .grad_temperature = o.grad_temperature,
                     .grad_alpha = o.grad_alpha});
      });
}

// In place of alpha this is given the sink's probability, and gives the gradient in its score.
nb::tuple sink_softmax_vjp_of(const char* function, nb::handle probabilities, nb::handle upstream,
                              nb::handle sink_probability, nb::handle axis, nb::handle temperature,
                              nb::handle log_degeneracy, int wanted) {
  const nb::float_ one(1.0);
  const Problem problem(function, probabilities, one, axis, temperature, log_degeneracy, nb::none(),
                        "probabilities");
  const Array v = take_beside({function, "upstream"}, upstream, problem.scores, "probabilities");
  const PerRowArgument sink({function, "sink_probability"}, sink_probability, problem.scores,
                            problem.axis);
  return gradients(
      problem, v, wanted,
      [&]<Score T>(const VjpRun& run, const Slabs::Offsets& offsets, const EntmaxVjpOptions<T>& o) {
        std::vector<double> room;
        const Rows<const T> p = run.given<T>(offsets);
        const auto per_row = working_numbers<T>(run.numbers(sink, offsets, room), p.rows);
        sink_softmax_vjp(p, run.upstream<T>(offsets), run.grad<T>(offsets),
                         {.temperature = o.temperature,
                          .sink_probability = per_row,
                          .log_degeneracy = o.log_degeneracy,
                          .grad_temperature = o.grad_temperature,
                          .grad_log_degeneracy = o.grad_log_degeneracy,
                          .grad_sink = o.grad_alpha});
      });
}

}  // namespace

void add_family(nb::module_& m) {
  add_function(m, "normmax", &normmax_of);
  add_function(m, "top_k_entmax", &top_k_of);
  add_function(m, "tempered_softmax", &tempered_of);
  add_function(m, "sink_softmax", &sink_softmax_of);
  add_function(m, "normmax_vjp", &normmax_vjp_of);
  add_function(m, "sink_softmax_vjp", &sink_softmax_vjp_of);
}

}  // namespace gibbs::python
