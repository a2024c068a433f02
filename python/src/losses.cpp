// The Fenchel-Young losses of rows, reduced or not, with their derivatives.
#include "functions.hpp"
#include "gibbs/losses/fenchel_young_hvp.hpp"
#include "loss_run.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

struct FenchelYoung {
  template <Score T>
  double operator()(const LossBatch<T>& b) const {
    if (!b.one_by_one) return fenchel_young_loss(b.scores, b.targets, b.alpha, b.options);
    fenchel_young_loss(b.scores, b.targets, b.alpha, b.losses, b.options);
    return 0;
  }
};

struct CrossEntropy {
  template <Score T>
  double operator()(const LossBatch<T>& b) const {
    return call_loss(cross_entropy, b, b.options);
  }
};

template <class Call>
nb::tuple loss_of(const char* function, nb::handle scores, nb::handle targets, nb::handle alpha,
                  nb::handle axis, nb::handle temperature, nb::handle log_degeneracy,
                  nb::handle mask, nb::handle class_weights, nb::handle sample_weights,
                  nb::handle label_smoothing, nb::handle ignore_index, nb::handle z_loss,
                  nb::handle reduction, int wanted) {
  const LossProblem problem = take_loss_problem(
      Problem(function, scores, alpha, axis, temperature, log_degeneracy, mask), targets,
      class_weights, sample_weights, label_smoothing, ignore_index, z_loss);
  return results_of(problem, reduction, wanted, Call{});
}

// The Hessian of the loss in the scores times a direction.
nb::object fenchel_young_hvp_of(nb::handle scores, nb::handle targets, nb::handle direction,
                                nb::handle alpha, nb::handle axis, nb::handle temperature,
                                nb::handle log_degeneracy, nb::handle mask,
                                nb::handle class_weights, nb::handle sample_weights,
                                nb::handle label_smoothing, nb::handle ignore_index,
                                nb::handle z_loss, nb::handle reduction) {
  constexpr const char* kName = "fenchel_young_hvp";
  LossProblem problem = take_loss_problem(
      Problem(kName, scores, alpha, axis, temperature, log_degeneracy, mask), targets,
      class_weights, sample_weights, label_smoothing, ignore_index, z_loss);
  problem.direction = take_beside({kName, "direction"}, direction, problem.map.scores, "scores");
  // The Hessian of the rows' losses lies in blocks: those of their sum.
  Reduce reduce = take_reduction(kName, reduction);
  if (reduce == Reduce::kNone) reduce = Reduce::kSum;
  const LossOutputs outputs(problem.map, reduce, kHessian);
  run_loss(problem, outputs, reduce, []<Score T>(const LossBatch<T>& b) {
    return fenchel_young_hvp(b.scores, b.targets, b.alpha, b.direction, b.product, b.options);
  });
  return give_back(outputs.product, problem.map.scores);
}

}  // namespace

void add_losses(nb::module_& m) {
  m.attr("WANTS_SCORES") = kScores;
  m.attr("WANTS_PREDICTION") = kPrediction;
  m.attr("WANTS_UNSCALED") = kUnscaled;
  add_function(m, "fenchel_young_loss", &loss_of<FenchelYoung>);
  add_function(m, "cross_entropy", &loss_of<CrossEntropy>);
  add_function(m, "fenchel_young_hvp", &fenchel_young_hvp_of);
}

}  // namespace gibbs::python
