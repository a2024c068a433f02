#include <algorithm>
#include <cmath>

#include "thermo/count_checks.hpp"
#include "thermo/factorial.hpp"
#include "thermo/search.hpp"

namespace gibbs::thermo {
namespace {

// The smooth convex dual A N + B E + sum h(t_s), t_s = ln g_s - A - B x_s, x_s = E_s / max E, with
// h' = n(l): l^2 / 2 below l = 1, l - 1/2 above.
struct Dual {
  double value = 0;
  double of_count = 0, of_energy = 0;         // the gradient, N - sum n and E - sum x n
  double count2 = 0, cross = 0, energy2 = 0;  // the Hessian
};

class SmoothDual {
 public:
  explicit SmoothDual(const Counted& problem) : problem_(problem) {
    const auto top = static_cast<double>(problem.spectrum.highest());
    for (const std::int64_t u : problem.spectrum.quanta) x_.push_back(static_cast<double>(u) / top);
    for (const std::int64_t g : problem.spectrum.degeneracies) {
      log_g_.push_back(std::log(static_cast<double>(g)));
    }
    energy_ = static_cast<double>(problem.energy) / top;
  }

  double log_rate(std::size_t s, double a, double b) const { return log_g_[s] - a - b * x_[s]; }

  double x(std::size_t s) const { return x_[s]; }
  double energy() const { return energy_; }

  Dual at_point(double a, double b) const {
    const auto count = static_cast<double>(problem_.count);
    Dual dual{a * count + b * energy_, count, energy_};
    for (std::size_t s = 0; s < x_.size(); ++s) {
      const double t = log_rate(s, a, b), rate = std::exp(t);
      const bool small = rate < 1;
      const double n = small ? rate * rate / 2 : rate - 0.5, slope = small ? rate * rate : rate;
      dual.value += small ? rate * rate / 4 : rate - t / 2 - 0.75;
      dual.of_count -= n;
      dual.of_energy -= x_[s] * n;
      dual.count2 += slope;
      dual.cross += slope * x_[s];
      dual.energy2 += slope * x_[s] * x_[s];
    }
    return dual;
  }

 private:
  const Counted& problem_;
  std::vector<double> x_, log_g_;
  double energy_;
};

Multipliers newton_step(const Dual& d) {
  const double ridge = 1e-14 * (d.count2 + d.energy2) + 1e-300;
  const double m = d.count2 + ridge, k = d.energy2 + ridge;
  const double determinant = m * k - d.cross * d.cross;
  return {-(k * d.of_count - d.cross * d.of_energy) / determinant,
          -(m * d.of_energy - d.cross * d.of_count) / determinant};
}

// What an occupation loses against the bound, and the gradient of that in a and b.
struct Loss {
  double value = 0, of_a = 0, of_b = 0;
};

Loss loss_at(const Counted& problem, const SmoothDual& dual, const Multipliers& at,
             const Occupation& occupation) {
  Loss loss{0, static_cast<double>(problem.count), dual.energy()};
  for (std::size_t s = 0; s < occupation.size(); ++s) {
    const double t = dual.log_rate(s, at.a, at.b);
    if (t < 0 && occupation[s] == 0) continue;  // nothing is expected, nothing is there
    const double n = likeliest(t);
    loss.value += loss_of(occupation[s], t);
    loss.of_a -= n;
    loss.of_b -= dual.x(s) * n;
  }
  return loss;
}

// The part of an ellipsoid, centre + {d : d' P^-1 d <= 1}, on the lower side of a gradient at its
// centre, within the smallest ellipsoid that holds it.
struct Ellipse {
  Multipliers centre;
  double aa = 0, ab = 0, bb = 0;  // P

  // False where rounding has left no ellipse.
  bool cut(double of_a, double of_b) {
    const double a = aa * of_a + ab * of_b, b = ab * of_a + bb * of_b;
    const double square = of_a * a + of_b * b;
    if (!(square > 0 && std::isfinite(square))) return false;
    const double norm = std::sqrt(square);
    const double step_a = a / norm, step_b = b / norm;
    centre.a -= step_a / 3;
    centre.b -= step_b / 3;
    aa = 4.0 / 3 * (aa - 2.0 / 3 * step_a * step_a);
    ab = 4.0 / 3 * (ab - 2.0 / 3 * step_a * step_b);
    bb = 4.0 / 3 * (bb - 2.0 / 3 * step_b * step_b);
    return true;
  }
  bool is_positive() const { return aa > 0 && bb > 0 && aa * bb > ab * ab; }
};

}  // namespace

double likeliest(double log_rate) { return std::floor(std::exp(std::min(log_rate, 36.7))); }

double loss_of(std::int64_t n, double log_rate) {
  const double least = poisson_cost(likeliest(log_rate), log_rate);
  return std::max(0.0, poisson_cost(static_cast<double>(n), log_rate) - least);
}

std::vector<double> log_rates(const Counted& problem, const Multipliers& multipliers) {
  const SmoothDual dual(problem);
  std::vector<double> rates(problem.spectrum.quanta.size());
  for (std::size_t s = 0; s < rates.size(); ++s) {
    rates[s] = dual.log_rate(s, multipliers.a, multipliers.b);
  }
  return rates;
}

Multipliers bounding_multipliers(const Counted& problem) {
  const SmoothDual dual(problem);
  const auto count = static_cast<double>(problem.count);
  double states = 0;
  for (const std::int64_t g : problem.spectrum.degeneracies) states += static_cast<double>(g);
  Multipliers at{std::log(states / (count + 1)), 0};
  Dual here = dual.at_point(at.a, at.b);
  for (int i = 0; i < 200; ++i) {
    const Multipliers step = newton_step(here);
    const double slope = step.a * here.of_count + step.b * here.of_energy;
    if (!(slope < -1e-12)) break;
    double share = 1;
    Dual next = dual.at_point(at.a + step.a, at.b + step.b);
    while (!(next.value <= here.value + 1e-4 * share * slope) && share > 1e-12) {
      share /= 2;
      next = dual.at_point(at.a + share * step.a, at.b + share * step.b);
    }
    if (!(next.value < here.value)) break;
    at = {at.a + share * step.a, at.b + share * step.b};
    here = next;
  }
  return at;
}

Multipliers tightened(const Counted& problem, const Multipliers& from, const Occupation& possible) {
  const SmoothDual dual(problem);
  const Dual smooth = dual.at_point(from.a, from.b);
  Multipliers best = from;
  Loss loss = loss_at(problem, dual, from, possible);
  double least = loss.value;
  // Where the smooth bound is as high as what is lost now, twice over.
  const double determinant = smooth.count2 * smooth.energy2 - smooth.cross * smooth.cross;
  const double size = 4 * (1 + least) / determinant;
  Ellipse where{from, size * smooth.energy2, -size * smooth.cross, size * smooth.count2};
  for (int i = 0; i < 200 && where.is_positive() && least > 0; ++i) {
    if (loss.of_a == 0 && loss.of_b == 0) break;
    if (!where.cut(loss.of_a, loss.of_b)) break;
    loss = loss_at(problem, dual, where.centre, possible);
    if (loss.value < least) {
      least = loss.value;
      best = where.centre;
    }
  }
  return best;
}

}  // namespace gibbs::thermo
