// The temperature at which the mean energy is what it should be.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "gibbs/thermo/ensemble.hpp"
#include "thermo/bath.hpp"
#include "thermo/falling_root.hpp"
#include "thermo/level_blocks.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The levels in distances from the energy that the mean should be: <D> is 0 at the root, and what
// is left of it is exact however near an end the root lies. Downward where that is above the mean
// at beta = 0, so that the root is at t = |beta| > 0.
class MeanDistance {
 public:
  MeanDistance(const Levels& levels, double energy)
      : levels_(levels), reference_(reference_at(levels, energy, false)) {
    reference_.downward = at(0).mean < 0;
    const double below = (energy - levels.lowest()) * reference_.scale,
                 above = (levels.highest() - energy) * reference_.scale;
    to_near_ = reference_.downward ? above : below;
    to_far_ = reference_.downward ? below : above;
  }

  bool downward() const { return reference_.downward; }
  double scale() const { return reference_.scale; }

  Moments at(double t) const {
    const Bath bath = at_beta(t * reference_.scale, 1);
    return level_moments(
        levels_, reference_,
        std::vector{thermal_scale(bath, reference_.scale, farthest(levels_, reference_))})[0];
  }

  // In the logarithm of the distance of <E> from the nearer end, which is all but straight there.
  FallingProbe probe(double t) const {
    const Moments m = at(t);
    const auto mean = static_cast<double>(m.mean);
    FallingProbe p;
    if (to_near_ <= to_far_) {
      p.excess = std::log1p(std::max(mean / to_near_, -1.0));
      p.step = p.excess * static_cast<double>((to_near_ + m.mean) / m.second);
    } else {
      p.excess = -std::log1p(std::max(-mean / to_far_, -1.0));
      p.step = p.excess * static_cast<double>((to_far_ - m.mean) / m.second);
    }
    // <|D|> is at most twice the distance to either end, and sqrt(Var).
    const long double size =
        std::min<long double>(2 * std::min(to_near_, to_far_), std::sqrt(m.second));
    p.tolerance = std::max(static_cast<double>(1e-15L * size / m.second), 1e-15 * t);
    return p;
  }

 private:
  const Levels& levels_;
  Reference reference_;
  double to_near_ = 0, to_far_ = 0;
};

void check_energy(const Levels& levels, double energy) {
  if (levels.lowest() == kInfinity) {
    base::refuse("temperature_of", "there is no level that can be occupied");
  }
  if (energy >= levels.lowest() && energy <= levels.highest()) return;
  base::refuse_value("temperature_of",
                     "mean_energy must be from " + base::text(levels.lowest()) + " to " +
                         base::text(levels.highest()),
                     energy);
}

TemperatureSolution at_end(double beta, double boltzmann) {
  return {beta, at_beta(beta, boltzmann).temperature, true, 0, 0};
}

}  // namespace

TemperatureSolution Ensemble::temperature_of(double mean_energy) const {
  check_energy(levels_, mean_energy);
  if (levels_.lowest() == levels_.highest()) return at_end(0, boltzmann_);
  if (mean_energy == levels_.lowest()) return at_end(kInfinity, boltzmann_);
  if (mean_energy == levels_.highest()) return at_end(-kInfinity, boltzmann_);
  const MeanDistance distance(levels_, mean_energy);
  const auto probe = [&](double t) { return distance.probe(t); };
  const FallingRoot root = find_falling_root(0, kInfinity, 0, probe);
  const double t = distance.downward() ? -root.t : root.t;
  TemperatureSolution solution = at_end(t * distance.scale(), boltzmann_);
  const long double residual = distance.at(root.t).mean / distance.scale();
  solution.residual = static_cast<double>(distance.downward() ? -residual : residual);
  solution.converged = root.converged;
  solution.iterations = root.iterations;
  return solution;
}

}  // namespace gibbs::thermo
