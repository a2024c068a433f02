#include "gibbs/sampling/control_variates.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "sampling/estimator_run.hpp"
#include "sampling/relaxed_function.hpp"

namespace gibbs {
namespace {

using sampling::Vector;

// f of a category, whatever it was given as.
using Drawn = std::function<double(std::int64_t)>;

// Estimates of RELAX in two parts: f(k) (e_k - p), and what the control variate adds.
class Relax {
 public:
  Relax(const char* function, std::span<const double> scores, const EstimatorOptions& options)
      : row_(function, scores, options),
        z_(scores.size()),
        by_z_(scores.size()),
        pulled_(scores.size()),
        plain_(scores.size()),
        control_(scores.size()) {}

  // Returns f(k).
  double estimate(const Drawn& f, const PointFunction& c) {
    row_.perturb(z_);
    const std::int64_t k = sampling::EstimatorRow::highest(z_);
    std::fill(by_z_.begin(), by_z_.end(), 0.0);
    const double relaxed = c(z_, by_z_), value = f(k);
    row_.pull_back(k, z_, by_z_, pulled_);
    for (std::size_t i = 0; i < z_.size(); ++i) {
      const double score = (i == static_cast<std::size_t>(k) ? 1 : 0) - row_.probabilities()[i];
      plain_[i] = value * score;
      control_[i] = by_z_[i] - pulled_[i] - relaxed * score;
    }
    return value;
  }

  const Vector& plain() const { return plain_; }
  const Vector& control() const { return control_; }
  std::uint64_t draws() const { return row_.draws(); }

 private:
  sampling::EstimatorRow row_;
  Vector z_, by_z_, pulled_, plain_, control_;
};

// The mean of plain + eta control.
GradientEstimate mean_of(Relax relax, const Drawn& f, const PointFunction& c, double eta,
                         std::int64_t evaluations, const EstimatorOptions& options) {
  sampling::MeanOfGradients mean(relax.plain().size());
  Vector gradient(relax.plain().size());
  for (std::int64_t e = 0; e < options.estimates; ++e) {
    mean.add_value(relax.estimate(f, c));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      gradient[i] = relax.plain()[i] + eta * relax.control()[i];
    }
    mean.add(gradient);
  }
  return mean.result(evaluations * options.estimates, relax.draws());
}

// f at one-hot points, and at relaxed ones as a function of z.
class Rebar {
 public:
  Rebar(const PointFunction& f, std::size_t n, double tau)
      : f_(f), one_hot_(n), relaxation_(n, tau) {}

  Drawn drawn() {
    return [this](std::int64_t k) { return one_hot_.value(f_, k); };
  }
  PointFunction relaxed() {
    return [this](std::span<const double> z, std::span<double> by_z) {
      return relaxation_.value_and_gradient(f_, z, by_z);
    };
  }

 private:
  const PointFunction& f_;
  sampling::OneHot one_hot_;
  sampling::Relaxation relaxation_;
};

}  // namespace

GradientEstimate relax_gradient(std::span<const double> scores, const CategoryFunction& f,
                                const PointFunction& control, const EstimatorOptions& options) {
  return mean_of(Relax("relax_gradient", scores, options), f, control, 1, 1, options);
}

GradientEstimate rebar_gradient(std::span<const double> scores, const PointFunction& f, double tau,
                                double eta, const EstimatorOptions& options) {
  constexpr const char* kFunction = "rebar_gradient";
  sampling::check_relaxation(kFunction, tau);
  if (!std::isfinite(eta)) base::refuse_value(kFunction, "eta must be finite", eta);
  Rebar rebar(f, scores.size(), tau);
  return mean_of(Relax(kFunction, scores, options), rebar.drawn(), rebar.relaxed(), eta, 2,
                 options);
}

double rebar_eta(std::span<const double> scores, const PointFunction& f, double tau,
                 const EstimatorOptions& options) {
  constexpr const char* kFunction = "rebar_eta";
  sampling::check_relaxation(kFunction, tau);
  Rebar rebar(f, scores.size(), tau);
  const Drawn drawn = rebar.drawn();
  const PointFunction relaxed = rebar.relaxed();
  Relax relax(kFunction, scores, options);
  // -cov(plain, control) / var(control), summed over the coordinates; the means are those of all
  // estimates, and that of control is 0.
  sampling::MeanOfGradients plain(scores.size());
  double together = 0, square = 0;
  Vector by_control(scores.size());
  for (std::int64_t e = 0; e < options.estimates; ++e) {
    relax.estimate(drawn, relaxed);
    plain.add(relax.plain());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      together += relax.plain()[i] * relax.control()[i];
      square += relax.control()[i] * relax.control()[i];
      by_control[i] += relax.control()[i];
    }
  }
  const Vector mean = plain.result(0, 0).gradient;
  for (std::size_t i = 0; i < scores.size(); ++i) together -= mean[i] * by_control[i];
  return square == 0 ? 0 : -together / square;
}

}  // namespace gibbs
