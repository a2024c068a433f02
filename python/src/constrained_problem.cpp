#include "constrained_problem.hpp"

#include <string>

namespace gibbs::python {

namespace nb = nanobind;

namespace {

struct Name {
  const char* name;
  Divergence::Kind kind;
};
constexpr Name kNames[] = {{"kl", Divergence::kAlpha},
                           {"alpha", Divergence::kAlpha},
                           {"euclidean", Divergence::kEuclidean},
                           {"reverse_kl", Divergence::kReverseKl},
                           {"chi_square", Divergence::kChiSquare},
                           {"hellinger", Divergence::kHellinger},
                           {"jensen_shannon", Divergence::kJensenShannon},
                           {"fermi_dirac", Divergence::kFermiDirac}};

bool is(nb::handle value, const char* name) {
  return PyUnicode_Check(value.ptr()) && PyUnicode_CompareWithASCIIString(value.ptr(), name) == 0;
}

// alpha is that of the divergence alpha, and of no other.
Divergence::Kind take_divergence(const Where& where, nb::handle value, bool alpha_is_given) {
  std::string names;
  for (const Name& one : kNames) {
    if (is(value, one.name)) {
      if (is(value, "alpha") != alpha_is_given) {
        refuse_value({where.function, "alpha"},
                     alpha_is_given ? std::string("goes with the divergence alpha, got ") + one.name
                                    : std::string("must be given with the divergence alpha"));
      }
      return one.kind;
    }
    names += std::string(names.empty() ? "" : ", ") + one.name;
  }
  refuse_value(where, "must be among " + names + ", got " + nb::str(value).c_str());
}

}  // namespace

ConstrainedProblem::ConstrainedProblem(Problem of, nb::handle name, bool alpha_is_given,
                                       nb::handle total, const Constraints& constraints)
    : map(std::move(of)),
      kind(take_divergence({map.function, "divergence"}, name, alpha_is_given)),
      budget({map.function, "budget"}, total, map.scores, map.axis),
      lower(take_as({map.function, "lower"}, constraints.lower, working_dtype(map.scores.dtype))),
      upper(take_as({map.function, "upper"}, constraints.upper, working_dtype(map.scores.dtype))),
      weights(take_as({map.function, "weights"}, constraints.weights,
                      working_dtype(map.scores.dtype))) {}

nb::object alpha_or_one(nb::handle alpha) {
  return alpha.is_none() ? nb::object(nb::float_(1.0)) : nb::borrow(alpha);
}

ConstrainedInputs::ConstrainedInputs(const ConstrainedProblem& problem, Slabs& slabs)
    : problem_(problem),
      lower_at_(
          add_broadcast({problem.map.function, "lower"}, problem.lower, problem.map.scores, slabs)),
      upper_at_(
          add_broadcast({problem.map.function, "upper"}, problem.upper, problem.map.scores, slabs)),
      weights_at_(add_broadcast({problem.map.function, "weights"}, problem.weights,
                                problem.map.scores, slabs)),
      log_g_at_(problem.map.add_log_degeneracy(slabs)),
      mask_at_(problem.map.add_mask(slabs)) {}

}  // namespace gibbs::python
