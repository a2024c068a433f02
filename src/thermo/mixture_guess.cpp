// The first guess: half the sum of what the samples of two states say of their difference, which is
// exact where u_j - u_i is normally distributed, along the tree that joins the nearest states.

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/mixture.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Medians: a sample that two molecules share has u = 1e12, and would be the mean.
double median(std::vector<double>& values) {
  if (values.empty()) return kInfinity;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// u of the taken samples of each state, in all states.
class Taken {
 public:
  Taken(const Mixture& m, const std::vector<std::vector<std::int64_t>>& taken) : u_(taken.size()) {
    std::vector<double> room(static_cast<std::size_t>(m.source->states * kernels::kMixtureStride));
    std::vector<const double*> rows(static_cast<std::size_t>(m.source->states));
    for (std::size_t k = 0; k < taken.size(); ++k) {
      for (const std::int64_t n : taken[k]) {
        m.source->block(n, 1, room.data(), rows.data());
        for (const std::int64_t state : m.index) {
          u_[k].push_back(*rows[static_cast<std::size_t>(state)]);
        }
      }
    }
  }

  // The median over samples of `of` of u_state, less u_of if `relative`.
  double location(std::size_t of, std::size_t state, bool relative) {
    values_.clear();
    for (std::size_t at = 0; at < u_[of].size(); at += u_.size()) {
      const double own = u_[of][at + of];
      if (own < kInfinity) values_.push_back(u_[of][at + state] - (relative ? own : 0));
    }
    return median(values_);
  }

 private:
  std::vector<std::vector<double>> u_;
  std::vector<double> values_;
};

// f_j - f_i from both sides, from one if the other forbids it, or from nothing but their own
// potentials.
double difference(double forward, double backward, double fallback) {
  if (forward < kInfinity && backward < kInfinity) return (forward - backward) / 2;
  if (forward < kInfinity) return forward;
  return backward < kInfinity ? -backward : fallback;
}

}  // namespace

void guess_free_energies(Mixture& m, const std::vector<std::vector<std::int64_t>>& taken) {
  const std::size_t states = m.index.size();
  Taken samples(m, taken);
  std::vector<double> own(states);
  for (std::size_t k = 0; k < states; ++k) {
    const double u = samples.location(k, k, false);
    own[k] = u < kInfinity ? u : 0;
    if (std::abs(own[k]) < std::abs(own[m.anchor])) m.anchor = k;
  }
  // Prim's tree, from the first state; the distance is Jeffreys' divergence, if differences are
  // normal.
  std::vector<double> f(states, own[0]), distance(states, kInfinity);
  std::vector<bool> done(states);
  for (std::size_t k = 0, count = 1;; ++count) {
    done[k] = true;
    if (count == states) break;
    std::size_t nearest = states;
    for (std::size_t j = 0; j < states; ++j) {
      if (done[j]) continue;
      const double forward = samples.location(k, j, true), backward = samples.location(j, k, true);
      if (forward + backward < distance[j] || distance[j] == kInfinity) {
        distance[j] = forward + backward;
        f[j] = f[k] + difference(forward, backward, own[j] - own[k]);
      }
      if (nearest == states || distance[j] < distance[nearest]) nearest = j;
    }
    k = nearest;
  }
  m.start_at(f);
}

}  // namespace gibbs::thermo::detail
