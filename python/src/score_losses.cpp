// Losses of rows that need no map, and distillation.
#include "functions.hpp"
#include "gibbs/losses/distillation.hpp"
#include "gibbs/losses/hinge.hpp"
#include "gibbs/losses/one_versus_all.hpp"
#include "gibbs/losses/squared.hpp"
#include "loss_run.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// Scores at alpha 1, with the options of maps that the loss has.
Problem problem_of(const char* function, nb::handle scores, nb::handle axis, nb::handle mask,
                   nb::handle temperature = nb::float_(1), nb::handle log_degeneracy = nb::none()) {
  return {function, scores, nb::float_(1), axis, temperature, log_degeneracy, mask};
}

nb::tuple one_versus_all_of(nb::handle scores, nb::handle targets, nb::handle axis,
                            nb::handle temperature, nb::handle mask, nb::handle sample_weights,
                            nb::handle ignore_index, nb::handle reduction, int wanted) {
  const LossProblem problem =
      take_score_problem(problem_of("one_versus_all_loss", scores, axis, mask, temperature),
                         targets, sample_weights, ignore_index);
  return results_of(problem, reduction, wanted, []<Score T>(const LossBatch<T>& b) {
    const LossOptions<T>& o = b.options;
    return call_loss(
        [](const auto&... given) { return one_versus_all_loss(given...); }, b,
        OneVersusAllOptions<T>{o.temperature, o.mask, o.sample_weights, o.ignore_index, o.reduction,
                               o.scale, o.grad_scores, o.grad_temperature});
  });
}

nb::tuple hinge_of(nb::handle scores, nb::handle targets, nb::handle cost, nb::handle axis,
                   nb::handle mask, nb::handle sample_weights, nb::handle ignore_index,
                   nb::handle reduction, int wanted) {
  const LossProblem problem = take_score_problem(problem_of("hinge_loss", scores, axis, mask),
                                                 targets, sample_weights, ignore_index);
  const double of_others = take_number({"hinge_loss", "cost"}, cost);
  return results_of(problem, reduction, wanted, [&]<Score T>(const LossBatch<T>& b) {
    const LossOptions<T>& o = b.options;
    return call_loss([](const auto&... given) { return hinge_loss(given...); }, b,
                     HingeOptions<T>{of_others, o.mask, o.sample_weights, o.ignore_index,
                                     o.reduction, o.scale, o.grad_scores});
  });
}

nb::tuple squared_of(nb::handle scores, nb::handle targets, nb::handle axis, nb::handle mask,
                     nb::handle sample_weights, nb::handle ignore_index, nb::handle reduction,
                     int wanted) {
  const LossProblem problem = take_score_problem(problem_of("squared_loss", scores, axis, mask),
                                                 targets, sample_weights, ignore_index);
  return results_of(problem, reduction, wanted, []<Score T>(const LossBatch<T>& b) {
    const LossOptions<T>& o = b.options;
    return call_loss([](const auto&... given) { return squared_loss(given...); }, b,
                     SquaredOptions<T>{o.mask, o.sample_weights, o.ignore_index, o.reduction,
                                       o.scale, o.grad_scores});
  });
}

nb::tuple distillation_of(nb::handle scores, nb::handle teacher_scores, nb::handle axis,
                          nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                          nb::handle sample_weights, nb::handle reduction, int wanted) {
  const LossProblem problem = take_teacher_problem(
      problem_of("distillation_loss", scores, axis, mask, temperature, log_degeneracy),
      teacher_scores, sample_weights);
  return results_of(problem, reduction, wanted, []<Score T>(const LossBatch<T>& b) {
    const LossOptions<T>& o = b.options;
    const DistillationOptions<T> options{o.temperature,    o.log_degeneracy,  o.mask,
                                         o.sample_weights, o.reduction,       o.scale,
                                         o.grad_scores,    o.grad_temperature};
    const Rows<const T>& teacher = b.targets.probabilities;
    if (!b.one_by_one) return distillation_loss(b.scores, teacher, options);
    distillation_loss(b.scores, teacher, b.losses, options);
    return 0.0;
  });
}

}  // namespace

void add_score_losses(nb::module_& m) {
  add_function(m, "one_versus_all_loss", &one_versus_all_of);
  add_function(m, "hinge_loss", &hinge_of);
  add_function(m, "squared_loss", &squared_of);
  add_function(m, "distillation_loss", &distillation_of);
}

}  // namespace gibbs::python
