#pragma once
// Samples of systems whose free energies are known.

#include <cmath>
#include <cstdint>
#include <functional>
#include <gibbs/thermo/mbar.hpp>
#include <numbers>
#include <vector>

#include "support/random.hpp"

namespace gibbs::testing {

// Potentials of samples x in states: u[k * samples + n].
struct Sampled {
  std::vector<std::int64_t> counts;
  std::vector<double> x, u;
  std::int64_t states() const { return std::ssize(counts); }
  std::int64_t samples() const { return std::ssize(x); }
  Rows<const double> rows() const { return {u.data(), states(), samples()}; }
  thermo::Mbar solve(const thermo::MbarOptions& options = {}) const& {
    return {thermo::Potentials(rows()), counts, options};
  }
  void solve() && = delete;  // the potentials are viewed
};

using Potential = std::function<double(std::int64_t state, double x)>;

inline Sampled sample_states(std::vector<std::int64_t> counts,
                             const std::function<double(std::int64_t state)>& draw,
                             const Potential& u) {
  Sampled s;
  s.counts = std::move(counts);
  for (std::int64_t k = 0; k < s.states(); ++k) {
    for (std::int64_t i = 0; i < s.counts[static_cast<std::size_t>(k)]; ++i) s.x.push_back(draw(k));
  }
  for (std::int64_t k = 0; k < s.states(); ++k) {
    for (const double x : s.x) s.u.push_back(u(k, x));
  }
  return s;
}

// Oscillators u_k = K_k (x - O_k)^2 / 2: f_k = -ln(2 pi / K_k) / 2.
struct Oscillators {
  std::vector<double> centre, stiffness;
  double potential(std::int64_t k, double x) const {
    const auto at = static_cast<std::size_t>(k);
    return stiffness[at] * (x - centre[at]) * (x - centre[at]) / 2;
  }
  double free_energy(std::int64_t k) const {
    return -std::log(2 * std::numbers::pi / stiffness[static_cast<std::size_t>(k)]) / 2;
  }
  Sampled sample(std::vector<std::int64_t> counts, std::uint64_t seed) const {
    Random random(seed);
    return sample_states(
        std::move(counts),
        [&](std::int64_t k) {
          const auto at = static_cast<std::size_t>(k);
          return centre[at] + random.normal(1 / std::sqrt(stiffness[at]));
        },
        [&](std::int64_t k, double x) { return potential(k, x); });
  }
};

inline Oscillators four_oscillators() { return {{1, 2, 3, 4}, {0.5, 1, 1.5, 2}}; }

// Oscillators `spacing` standard deviations apart.
inline Oscillators ladder(std::int64_t states, double spacing) {
  Oscillators o;
  for (std::int64_t k = 0; k < states; ++k) {
    o.centre.push_back(spacing * static_cast<double>(k));
    o.stiffness.push_back(1);
  }
  return o;
}

// The fixed point of f_k = -ln sum_n exp(-u_k) / D_n in long double, from its definition: shares no
// code with the library, and crawls.
inline std::vector<long double> fixed_point(const Sampled& s) {
  const auto states = s.counts.size(), samples = s.x.size();
  std::vector<long double> f(states), next(states);
  for (int i = 0; i < 100000; ++i) {
    std::fill(next.begin(), next.end(), 0.0L);
    for (std::size_t n = 0; n < samples; ++n) {
      long double d = 0;
      for (std::size_t k = 0; k < states; ++k) {
        d += static_cast<long double>(s.counts[k]) *
             std::exp(f[k] - static_cast<long double>(s.u[k * samples + n]));
      }
      for (std::size_t k = 0; k < states; ++k) {
        next[k] += std::exp(-static_cast<long double>(s.u[k * samples + n])) / d;
      }
    }
    long double change = 0;
    for (std::size_t k = 0; k < states; ++k) next[k] = -std::log(next[k]);
    for (std::size_t k = states; k-- > 0;) {
      next[k] -= next[0];
      change = std::max(change, std::abs(next[k] - f[k]));
    }
    f = next;
    if (change < 1e-18L) break;
  }
  return f;
}

}  // namespace gibbs::testing
