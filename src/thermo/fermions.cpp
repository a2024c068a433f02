#include <algorithm>
#include <cmath>
#include <limits>

#include "thermo/bounded_newton.hpp"
#include "thermo/compensated.hpp"
#include "thermo/gas.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The levels at one energy that are filled last, from below.
struct FermiLevel {
  std::size_t begin = 0, end = 0;
  double states = 0;
  double held = 0;  // of them filled at T = 0: above 0, up to `states`

  bool is_full() const { return held == states; }
};

FermiLevel fermi_level(const GasLevels& levels, double particles) {
  detail::CompensatedSum below;
  below.add(particles);
  FermiLevel level;
  while (true) {
    level.end = levels.up_to(level.begin);
    detail::CompensatedSum states;
    for (std::size_t s = level.begin; s < level.end; ++s) states.add(levels.degeneracies[s]);
    level.states = states.value();
    level.held = std::min(below.value(), level.states);
    if (below.value() <= level.states || level.end == levels.size()) return level;
    for (std::size_t s = level.begin; s < level.end; ++s) below.add(-levels.degeneracies[s]);
    level.begin = level.end;
  }
}

double softplus(double t) { return t > 0 ? t + std::log1p(std::exp(-t)) : std::log1p(std::exp(t)); }

// ln of a sum of positive terms that are given by their logarithms, and its derivative in a.
class LogSlope {
 public:
  void add(double log_term, double slope) {
    if (log_term == -kInfinity) return;
    if (log_term > highest_) {
      const double down = std::exp(highest_ - log_term);
      sum_ *= down;
      slopes_ *= down;
      highest_ = log_term;
    }
    const double weight = std::exp(log_term - highest_);
    sum_ += weight;
    slopes_ += weight * slope;
  }
  double log() const { return highest_ + std::log(sum_); }
  double slope() const { return slopes_ / sum_; }

 private:
  double highest_ = -kInfinity, sum_ = 0, slopes_ = 0;
};

// What N asks of a = beta (mu - E_F): particles above the level + those in it = holes below it +
// `held`; or, where the level is more than half full, the same of holes. Both sides are sums of
// positive terms, which are compared by their logarithms.
class Balance {
 public:
  Balance(const GasLevels& levels, const FermiLevel& fermi, std::vector<double> y)
      : levels_(levels), fermi_(fermi), y_(std::move(y)) {}

  Slope operator()(double a) const {
    LogSlope particles, holes;
    const bool count_particles = fermi_.held <= fermi_.states / 2;
    for (std::size_t s = 0; s < y_.size(); ++s) {
      const bool above = s >= fermi_.end || (s >= fermi_.begin && count_particles);
      const double t = above ? y_[s] - a : a - y_[s];  // ln f = -softplus(y - a)
      const double log_number = std::log(levels_.degeneracies[s]) - softplus(t);
      const double other = mean_number(Statistics::kFermiDirac, -t);  // 1 - f, or f
      (above ? particles : holes).add(log_number, above ? other : -other);
    }
    if (count_particles) {
      holes.add(std::log(fermi_.held), 0);
    } else {
      particles.add(std::log(fermi_.states - fermi_.held), 0);
    }
    return {particles.log() - holes.log(), particles.slope() - holes.slope(),
            2e-16 * (1 + std::abs(particles.log()))};
  }

 private:
  const GasLevels& levels_;
  const FermiLevel& fermi_;
  std::vector<double> y_;
};

// ln sum g e^(sign y)
double log_sum(const GasLevels& levels, const std::vector<double>& y, double sign) {
  LogSlope sum;
  for (std::size_t s = 0; s < y.size(); ++s) {
    sum.add(std::log(levels.degeneracies[s]) + sign * y[s], 0);
  }
  return sum.log();
}

// T = 0: all below the Fermi level, a share of it.
Filling filled_from_below(const GasLevels& levels, const FermiLevel& fermi) {
  Filling filling{.numbers = std::vector<double>(levels.size())};
  const double share = fermi.held / fermi.states;
  for (std::size_t s = 0; s < fermi.end; ++s) {
    filling.numbers[s] = levels.degeneracies[s] * (s < fermi.begin ? 1 : share);
  }
  const double energy = levels.energies[fermi.begin];
  filling.log_fugacity = kInfinity;
  filling.chemical_potential = energy;
  if (fermi.is_full()) {
    const bool all = fermi.end == levels.size();
    filling.chemical_potential = all ? kInfinity : energy / 2 + levels.energies[fermi.end] / 2;
  } else {
    const double x = std::log(fermi.held / (fermi.states - fermi.held));
    filling.entropy = fermi.states * fermion_entropy(x);
    if (fermi.begin == 0) filling.log_fugacity = x;
  }
  return filling;
}

}  // namespace

double fermion_entropy(double x) {
  const double t = std::abs(x);
  if (t > 745) return 0;
  return std::log1p(std::exp(-t)) + t * mean_number(Statistics::kFermiDirac, t);
}

Filling fill_fermions(const GasLevels& levels, double particles, double beta) {
  const FermiLevel fermi = fermi_level(levels, particles);
  const bool full = fermi.is_full() && fermi.end == levels.size();
  if (beta == kInfinity || full) {
    Filling filling = filled_from_below(levels, fermi);
    return filling;
  }
  const double origin = levels.energies[fermi.begin];
  const std::vector<double> y = levels.distances(beta, origin);
  // f <= e^(a - y) bounds N, and 1 - f <= e^(y - a) the holes.
  const double holes = levels.states() - particles;
  const double low = std::log(particles) - log_sum(levels, y, -1);
  const double high = holes > 0 ? log_sum(levels, y, 1) - std::log(holes) : kInfinity;
  const double margin = 1e-12 * (1 + std::abs(low) + std::abs(high));
  const double start = std::clamp(0.0, low, high);
  const Root root = bounded_newton(Balance(levels, fermi, y), start, low - margin, high + margin);
  Filling filling{.numbers = std::vector<double>(y.size()),
                  .chemical_potential = chemical_potential(levels, origin, root.x, beta),
                  .log_fugacity = root.x - y[0],
                  .converged = root.converged,
                  .iterations = root.iterations};
  detail::CompensatedSum entropy;
  for (std::size_t s = 0; s < y.size(); ++s) {
    filling.numbers[s] =
        levels.degeneracies[s] * mean_number(Statistics::kFermiDirac, y[s] - root.x);
    entropy.add(levels.degeneracies[s] * fermion_entropy(y[s] - root.x));
  }
  filling.entropy = entropy.value();
  return filling;
}

}  // namespace gibbs::thermo
