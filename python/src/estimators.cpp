// Estimators of gradients of expectations, of functions of Python.
#include "gibbs/sampling/estimators.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "array.hpp"
#include "functions.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

Array array_of(std::span<const double> numbers) {
  const auto count = static_cast<npy_intp>(numbers.size());
  Array array = new_array(1, &count, NPY_DOUBLE);
  std::copy(numbers.begin(), numbers.end(), static_cast<double*>(array.data()));
  return array;
}

// What an estimator is called with. `noise`: (seed, stream, row, first_draw, estimates).
struct EstimatorProblem {
  EstimatorProblem(const char* name, nb::handle scores_of, nb::handle noise)
      : function(name), scores(take_scores({name, "scores"}, scores_of)) {
    options.seed = take_bits({name, "seed"}, noise[0]);
    options.stream = take_bits({name, "stream"}, noise[1]);
    options.row = take_bits({name, "row"}, noise[2]);
    options.first_draw = take_bits({name, "first_draw"}, noise[3]);
    options.estimates = take_integer({name, "estimates"}, noise[4]);
  }

  const char* function;
  std::vector<double> scores;
  EstimatorOptions options;

 private:
  static std::vector<double> take_scores(const Where& where, nb::handle value) {
    const Array given = take_doubles(where, value);
    if (given.ndim() != 1) {
      refuse_value(where, "must have one dimension, got " + std::to_string(given.ndim()));
    }
    const Array wide = side_by_side(given, NPY_DOUBLE);
    const auto numbers = entries_of<double>(wide);
    return {numbers.begin(), numbers.end()};
  }
};

// f(category), a number.
CategoryFunction of_category(const char* function, nb::handle f) {
  check_function({function, "f"}, f);
  return [function, f](std::int64_t category) {
    return take_number({function, "f(category)"}, f(category));
  };
}

// f(bits), a number.
BitsFunction of_bits(const char* function, nb::handle f) {
  check_function({function, "f"}, f);
  return [function, f](std::span<const double> bits) {
    return take_number({function, "f(bits)"}, f(array_of(bits).object));
  };
}

// f(point): (value, gradient); `name` is the argument that f is.
PointFunction of_point(const char* function, nb::handle f, const char* name = "f") {
  check_function({function, name}, f);
  return [function, f, call = std::string(name) + "(point)"](std::span<const double> point,
                                                             std::span<double> gradient) {
    const nb::object told = f(array_of(point).object);
    if (!PyTuple_Check(told.ptr()) || PyTuple_GET_SIZE(told.ptr()) != 2) {
      refuse_type({function, call.c_str()}, "must be (value, gradient), got " + text_of_type(told));
    }
    if (!gradient.empty()) {
      const std::string gradient_of = "the gradient of " + call;
      const Where where{function, gradient_of.c_str()};
      const Array given = take_doubles(where, told[1]);
      if (static_cast<std::size_t>(given.size()) != gradient.size()) {
        refuse_value(where, "must be " + std::to_string(gradient.size()) + " numbers");
      }
      const Array wide = side_by_side(given, NPY_DOUBLE);
      std::ranges::copy(entries_of<double>(wide), gradient.begin());
    }
    return take_number({function, ("the value of " + call).c_str()}, told[0]);
  };
}

// (gradient, variance, value, estimates, evaluations, draws)
template <class Estimate>
nb::tuple told(const EstimatorProblem& problem, const Estimate& estimate) {
  GradientEstimate found;
  in_the_name_of(problem.function, [&] { found = estimate(); });
  return nb::make_tuple(array_of(found.gradient).object, array_of(found.variance).object,
                        found.value, found.estimates, found.evaluations, found.draws);
}

nb::tuple score_function_of(nb::handle scores, nb::handle f, nb::handle samples, nb::handle noise) {
  const EstimatorProblem p("score_function_gradient", scores, noise);
  const std::int64_t count = take_integer({p.function, "samples"}, samples);
  return told(p, [&] {
    return score_function_gradient(p.scores, of_category(p.function, f), count, p.options);
  });
}

nb::tuple straight_through_gradient_of(nb::handle scores, nb::handle f, nb::handle noise) {
  const EstimatorProblem p("straight_through_gradient", scores, noise);
  return told(
      p, [&] { return straight_through_gradient(p.scores, of_point(p.function, f), p.options); });
}

nb::tuple gumbel_straight_through_of(nb::handle scores, nb::handle f, nb::handle tau,
                                     nb::handle noise) {
  const EstimatorProblem p("gumbel_straight_through_gradient", scores, noise);
  const double t = take_number({p.function, "tau"}, tau);
  return told(p, [&] {
    return gumbel_straight_through_gradient(p.scores, of_point(p.function, f), t, p.options);
  });
}

nb::tuple gumbel_rao_of(nb::handle scores, nb::handle f, nb::handle tau, nb::handle samples,
                        nb::handle noise) {
  const EstimatorProblem p("gumbel_rao_gradient", scores, noise);
  const double t = take_number({p.function, "tau"}, tau);
  const std::int64_t count = take_integer({p.function, "samples"}, samples);
  return told(p, [&] {
    return gumbel_rao_gradient(p.scores, of_point(p.function, f), t, count, p.options);
  });
}

nb::tuple relax_of(nb::handle scores, nb::handle f, nb::handle control, nb::handle noise) {
  const EstimatorProblem p("relax_gradient", scores, noise);
  return told(p, [&] {
    return relax_gradient(p.scores, of_category(p.function, f),
                          of_point(p.function, control, "control"), p.options);
  });
}

nb::tuple rebar_of(nb::handle scores, nb::handle f, nb::handle tau, nb::handle eta,
                   nb::handle noise) {
  const EstimatorProblem p("rebar_gradient", scores, noise);
  const double t = take_number({p.function, "tau"}, tau);
  const double strength = take_number({p.function, "eta"}, eta);
  return told(
      p, [&] { return rebar_gradient(p.scores, of_point(p.function, f), t, strength, p.options); });
}

double rebar_eta_of(nb::handle scores, nb::handle f, nb::handle tau, nb::handle noise) {
  const EstimatorProblem p("rebar_eta", scores, noise);
  const double t = take_number({p.function, "tau"}, tau);
  double eta = 0;
  in_the_name_of(p.function,
                 [&] { eta = rebar_eta(p.scores, of_point(p.function, f), t, p.options); });
  return eta;
}

nb::tuple arm_of(nb::handle scores, nb::handle f, nb::handle noise) {
  const EstimatorProblem p("arm_gradient", scores, noise);
  return told(p, [&] { return arm_gradient(p.scores, of_bits(p.function, f), p.options); });
}

}  // namespace

void add_estimators(nb::module_& m) {
  add_function(m, "score_function_gradient", &score_function_of);
  add_function(m, "straight_through_gradient", &straight_through_gradient_of);
  add_function(m, "gumbel_straight_through_gradient", &gumbel_straight_through_of);
  add_function(m, "gumbel_rao_gradient", &gumbel_rao_of);
  add_function(m, "relax_gradient", &relax_of);
  add_function(m, "rebar_gradient", &rebar_of);
  add_function(m, "rebar_eta", &rebar_eta_of);
  add_function(m, "arm_gradient", &arm_of);
}

}  // namespace gibbs::python
