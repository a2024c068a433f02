#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gibbs/sampling/noise.hpp"
#include "kernels/noise.hpp"
#include "maps/threads.hpp"
#include "thermo/answer.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo::detail {
namespace {

constexpr double kSteady = 1e-6;  // far below what replicates differ by

// The roots of how often each sample is drawn, N_k times with replacement within each state.
std::vector<double> drawn_again(const Mixture& m, NoiseKey key) {
  std::vector<double> roots(static_cast<std::size_t>(m.source->samples));
  std::vector<std::uint64_t> bits;
  std::size_t first = 0;
  for (std::size_t k = 0; k < m.counts.size(); ++k) {
    const auto count = static_cast<std::size_t>(m.counts[k]);
    bits.resize(count);
    kernels::fill_bits(RowNoise(key, static_cast<std::uint64_t>(m.index[k])), 0, 0,
                       static_cast<std::int64_t>(count), bits.data());
    for (const std::uint64_t word : bits) {
      __extension__ using Wide = unsigned __int128;
      ++roots[first + static_cast<std::size_t>(Wide{word} * count >> 64)];
    }
    first += count;
  }
  for (double& root : roots) root = std::sqrt(root);
  return roots;
}

// f_k of all states in one replicate; empty if it did not converge.
std::vector<double> replicate(const Answer& answer, NoiseKey key) {
  Mixture m = answer.mixture;
  const std::vector<double> roots = drawn_again(m, key);
  m.roots = roots.data();
  m.serial = true;
  SolveOptions options = answer.options;
  options.tolerance = std::max(options.tolerance, 1e-9);
  const Solved solved = solve(m, options, kSteady);
  if (!solved.report.converged) return {};
  StateRows all = answer.all;
  std::vector<std::int64_t> others;
  std::size_t sampled = 0;
  for (std::size_t k = 0; k < all.states.size(); ++k) {
    if (sampled < m.index.size() && m.index[sampled] == all.states[k]) {
      all.centre[k] = m.centre[sampled];
      all.rest[k] = m.rest[sampled++];
    } else {
      others.push_back(all.states[k]);
    }
  }
  if (!others.empty()) {
    const StateRows solved_others = solve_states(m, *m.source, others);
    for (std::size_t i = 0; i < others.size(); ++i) {
      all.centre[static_cast<std::size_t>(others[i])] = solved_others.centre[i];
      all.rest[static_cast<std::size_t>(others[i])] = solved_others.rest[i];
    }
  }
  return relative_to_first(all);
}

double deviation(const Table& f, std::int64_t i, std::int64_t j) {
  double sum = 0, squares = 0;
  std::int64_t count = 0;
  for (std::int64_t r = 0; r < f.rows; ++r) count += std::isnan(f(r, 0)) ? 0 : 1;
  for (std::int64_t r = 0; r < f.rows; ++r) {
    if (!std::isnan(f(r, 0))) sum += f(r, j) - f(r, i);
  }
  const double mean = sum / static_cast<double>(count);
  for (std::int64_t r = 0; r < f.rows; ++r) {
    const double off = f(r, j) - f(r, i) - mean;
    if (!std::isnan(f(r, 0))) squares += off * off;
  }
  return std::sqrt(squares / static_cast<double>(count - 1));
}

}  // namespace

Bootstrap bootstrap(const Answer& answer, std::int64_t replicates, std::uint64_t seed) {
  const std::int64_t states = answer.all.size();
  Bootstrap result;
  result.free_energies = Table(replicates, states);
  const std::int64_t cost = replicates * answer.mixture.source->samples * states;
  maps::for_each_task(replicates, cost, [&](std::int64_t r) {
    const auto f = replicate(answer, {seed, static_cast<std::uint64_t>(r)});
    for (std::int64_t k = 0; k < states; ++k) {
      result.free_energies(r, k) =
          f.empty() ? std::numeric_limits<double>::quiet_NaN() : f[static_cast<std::size_t>(k)];
    }
  });
  for (std::int64_t r = 0; r < replicates; ++r) {
    result.failed += std::isnan(result.free_energies(r, 0)) ? 1 : 0;
  }
  result.uncertainty = Table(states, states);
  for (std::int64_t i = 0; i < states; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      result.uncertainty(i, j) = result.uncertainty(j, i) = deviation(result.free_energies, i, j);
    }
  }
  return result;
}

}  // namespace gibbs::thermo::detail
