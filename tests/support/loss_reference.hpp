#pragma once
// Losses of one row in long double, from their definitions.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/numerics.hpp"
#include "support/reference.hpp"

namespace gibbs::testing {

// max_p (<p, x> + T H(p)) - <y, x> - T H(y), for finite scores where y > 0.
inline long double reference_loss(const Problem& problem, const std::vector<long double>& y) {
  const Solution solution = solve(problem);
  // Relative to the largest score, so that no digit is lost to it.
  long double top = -std::numeric_limits<long double>::infinity();
  for (const long double x : problem.scores) top = std::max(top, x);
  const auto& p = solution.probabilities;
  std::vector<long double> terms;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const long double x = problem.scores[i] - top;
    if (p[i] > 0) terms.push_back(p[i] * x);
    if (y[i] > 0) terms.push_back(-y[i] * x);
  }
  const auto entropy = [&](const std::vector<long double>& q) {
    return tsallis_entropy(q, problem.alpha, problem.log_degeneracy);
  };
  return accurate_sum(terms) + problem.temperature * (entropy(p) - entropy(y));
}

inline Gradient numeric_loss_gradient(const Problem& problem, const std::vector<long double>& y) {
  return gradient([&](const Problem& moved) { return reference_loss(moved, y); }, problem);
}

inline std::vector<long double> one_hot(std::size_t n, std::size_t label) {
  std::vector<long double> y(n, 0);
  y[label] = 1;
  return y;
}

// -y log y, and 0 at 0.
inline long double entropy_of(long double y) { return y > 0 ? -y * std::log(y) : 0; }

inline long double reference_one_versus_all(const std::vector<long double>& x,
                                            const std::vector<long double>& y, long double t) {
  std::vector<long double> terms;
  for (std::size_t i = 0; i < x.size(); ++i) {
    // log(1 + e^u) less y u, as the mean of what yes and no cost.
    const long double u = x[i] / t;
    terms.push_back(y[i] * std::log1p(std::exp(-u)) * t);
    terms.push_back((1 - y[i]) * std::log1p(std::exp(u)) * t);
    terms.push_back(-t * (entropy_of(y[i]) + entropy_of(1 - y[i])));
  }
  return accurate_sum(terms);
}

inline long double reference_hinge(const std::vector<long double>& x,
                                   const std::vector<long double>& y, long double cost) {
  long double best = -std::numeric_limits<long double>::infinity(), along = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    best = std::max(best, x[i] + cost * (1 - y[i]));
    along += x[i] * y[i];
  }
  return best - along;
}

inline long double reference_squared(const std::vector<long double>& x,
                                     const std::vector<long double>& y) {
  long double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]) / 2;
  return sum;
}

// T^2 sum y log(y / p) of the student's problem and the teacher's, alike but for their scores.
inline long double reference_distillation(const Problem& student, const Problem& teacher) {
  const Solution of_student = solve(student), of_teacher = solve(teacher);
  std::vector<long double> terms;
  for (std::size_t i = 0; i < student.scores.size(); ++i) {
    const long double y = of_teacher.probabilities[i];
    if (y == 0) continue;
    terms.push_back(y * (of_teacher.log_probabilities[i] - of_student.log_probabilities[i]));
  }
  return student.temperature * student.temperature * accurate_sum(terms);
}

// The slopes of `value` in every entry of x.
template <class Value>
std::vector<long double> numeric_slopes(std::vector<long double> x, const Value& value) {
  std::vector<long double> slopes;
  for (long double& entry : x) {
    const long double start = entry;
    slopes.push_back(derivative(
        [&](long double moved) {
          entry = moved;
          return static_cast<long double>(value(x));
        },
        start));
    entry = start;
  }
  return slopes;
}

}  // namespace gibbs::testing
