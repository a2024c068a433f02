// Vector-Jacobian products of the maps with bounds and a budget.
#include "constrained_problem.hpp"
#include "functions.hpp"
#include "gradients.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// What is not wanted is not there.
struct Outputs {
  Outputs(const Problem& problem, int wanted)
      : scores(new_like(problem.scores)),
        extras(problem, wanted),
        budget(wanted & kBudget ? new_per_row(problem, problem.working_type()) : Array{}),
        lower(wanted & kLower ? new_like(problem.scores, working_dtype(problem.scores.dtype))
                              : Array{}),
        upper(wanted & kUpper ? new_like(problem.scores, working_dtype(problem.scores.dtype))
                              : Array{}) {}

  Array scores;
  Extras extras;
  Array budget, lower, upper;
};

class ConstrainedVjpRun {
 public:
  ConstrainedVjpRun(const ConstrainedProblem& problem, const Array& upstream,
                    const Outputs& outputs)
      : problem_(problem),
        map_(problem.map),
        upstream_(upstream),
        outputs_(outputs),
        slabs_(map_.scores.shape(), map_.scores.ndim(), map_.axis),
        given_at_(slabs_.add(map_.scores.get())),
        grad_at_(slabs_.add(outputs.scores.get())),
        upstream_at_(add_broadcast({map_.function, "upstream"}, upstream, map_.scores, slabs_)),
        inputs_(problem, slabs_),
        grad_log_g_at_(slabs_.add(outputs.extras.log_degeneracy.get())),
        grad_lower_at_(slabs_.add(outputs.lower.get())),
        grad_upper_at_(slabs_.add(outputs.upper.get())),
        row_at_(slabs_.add_row_numbers()) {
    slabs_.plan();
  }

  void run() const {
    for_each_batch(map_, slabs_,
                   [&]<Score T>(const Slabs::Offsets& offsets) { run_slab<T>(offsets); });
  }

 private:
  template <Score T>
  void run_slab(const Slabs::Offsets& offsets) const {
    using W = working_t<T>;
    std::vector<double> alphas, temperatures;
    PerRowResult<W> of_temperature(data_of<W>(outputs_.extras.temperature)),
        of_alpha(data_of<W>(outputs_.extras.alpha)), of_budget(data_of<W>(outputs_.budget));
    ConstrainedVjpOptions<T> options;
    inputs_.put<T>(slabs_, offsets, options);
    options.temperature = map_.temperature.of(slabs_, row_at_, offsets, temperatures);
    options.grad_temperature = of_temperature.of(slabs_, row_at_, offsets);
    options.grad_alpha = of_alpha.of(slabs_, row_at_, offsets);
    options.grad_budget = of_budget.of(slabs_, row_at_, offsets);
    options.grad_log_degeneracy =
        output<W>(outputs_.extras.log_degeneracy, grad_log_g_at_, offsets);
    options.grad_lower = output<W>(outputs_.lower, grad_lower_at_, offsets);
    options.grad_upper = output<W>(outputs_.upper, grad_upper_at_, offsets);
    constrained_vjp(slabs_.view(data_of<const T>(map_.scores), given_at_, offsets),
                    slabs_.view(data_of<const T>(upstream_), upstream_at_, offsets),
                    slabs_.view(data_of<T>(outputs_.scores), grad_at_, offsets),
                    {problem_.kind, map_.alpha.of(slabs_, row_at_, offsets, alphas)}, options);
    for (auto* result : {&of_temperature, &of_alpha, &of_budget}) {
      result->store(slabs_, row_at_, offsets);
    }
  }

  template <class V>
  Rows<V> output(const Array& array, int operand, const Slabs::Offsets& offsets) const {
    return array ? slabs_.view(data_of<V>(array), operand, offsets) : Rows<V>{};
  }

  const ConstrainedProblem& problem_;
  const Problem& map_;
  const Array& upstream_;
  const Outputs& outputs_;
  Slabs slabs_;
  int given_at_, grad_at_, upstream_at_;
  ConstrainedInputs inputs_;
  int grad_log_g_at_, grad_lower_at_, grad_upper_at_, row_at_;
};

// (scores, temperature, log_degeneracy, alpha, budget, lower, upper).
nb::tuple constrained_vjp_of(const char* function, nb::handle probabilities, nb::handle upstream,
                             nb::handle divergence, nb::handle alpha, nb::handle axis,
                             nb::handle budget, nb::handle temperature, nb::handle lower,
                             nb::handle upper, nb::handle weights, nb::handle log_degeneracy,
                             nb::handle mask, int wanted) {
  const ConstrainedProblem problem(Problem(function, probabilities, alpha_or_one(alpha), axis,
                                           temperature, log_degeneracy, mask, "probabilities"),
                                   divergence, !alpha.is_none(), budget, {lower, upper, weights});
  const Problem& map = problem.map;
  const Array v = take_beside({function, "upstream"}, upstream, map.scores, "probabilities");
  const Outputs outputs(map, wanted);
  ConstrainedVjpRun(problem, v, outputs).run();
  return nb::make_tuple(give_back(outputs.scores, map.scores), or_none(outputs.extras.temperature),
                        or_none(outputs.extras.log_degeneracy), or_none(outputs.extras.alpha),
                        or_none(outputs.budget), or_none(outputs.lower), or_none(outputs.upper));
}

}  // namespace

void add_constrained_derivatives(nb::module_& m) {
  m.attr("WANTS_BUDGET") = kBudget;
  m.attr("WANTS_LOWER") = kLower;
  m.attr("WANTS_UPPER") = kUpper;
  add_function(m, "constrained_vjp", &constrained_vjp_of);
}

}  // namespace gibbs::python
