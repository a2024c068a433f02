#include "gibbs/thermo/mbar.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "thermo/answer.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo {
namespace {

using detail::Mixture;

constexpr const char* kName = "mbar";

void check_counts(const Potentials& u, std::span<const std::int64_t> samples) {
  base::check_length(kName, "samples", std::ssize(samples), u.states(), "state");
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    base::check_entry_not_negative(kName, "samples", static_cast<std::int64_t>(k),
                                   static_cast<double>(samples[k]));
    if (__builtin_add_overflow(sum, samples[k], &sum)) {
      base::refuse(kName, "samples must sum to the columns of u, " + std::to_string(u.samples()) +
                              ", got more than 2^63 - 1");
    }
  }
  if (sum == u.samples()) return;
  base::refuse(kName, "samples must sum to the columns of u, " + std::to_string(u.samples()) +
                          ", got " + std::to_string(sum));
}

Mixture mixture_of(const Potentials& u, std::span<const std::int64_t> samples) {
  Mixture m;
  m.source = &u.source();
  for (std::size_t k = 0; k < samples.size(); ++k) {
    if (samples[k] == 0) continue;
    m.index.push_back(static_cast<std::int64_t>(k));
    m.counts.push_back(static_cast<double>(samples[k]));
  }
  return m;
}

// Up to 64 samples of each state, evenly apart; fewer of very many states.
void guess(Mixture& m) {
  const std::int64_t most = std::clamp<std::int64_t>(4096 / m.states(), 4, 64);
  std::vector<std::vector<std::int64_t>> taken;
  std::int64_t first = 0;
  for (const double n : m.counts) {
    const auto count = static_cast<std::int64_t>(n), wanted = std::min(count, most);
    auto& list = taken.emplace_back();
    for (std::int64_t i = 0; i < wanted; ++i) {
      list.push_back(first + (2 * i + 1) * count / (2 * wanted));
    }
    first += count;
  }
  guess_free_energies(m, taken);
}

void start_from(Mixture& m, std::span<const double> initial, std::int64_t states) {
  guess(m);
  if (initial.empty()) return;
  base::check_length(kName, "initial", std::ssize(initial), states, "state");
  std::vector<double> start;
  for (const std::int64_t k : m.index) {
    start.push_back(initial[static_cast<std::size_t>(k)]);
    if (!std::isfinite(start.back())) {
      base::refuse_value(kName, "initial must be finite", start.back());
    }
  }
  m.start_at(start);
}

}  // namespace

Mbar::Mbar(Potentials u, std::span<const std::int64_t> samples, const MbarOptions& options)
    : u_(std::move(u)) {
  detail::check_options(kName, options.solve);
  check_counts(u_, samples);
  Mixture m = mixture_of(u_, samples);
  detail::check_potentials(kName, *m.source, m.index);
  start_from(m, options.initial, u_.states());
  detail::Solved solved = detail::solve(m, options.solve);
  detail::Laplacian laplacian(solved.at.shared, m.counts, options.solve.least_shared);
  const auto answer = std::make_shared<detail::Answer>(
      detail::Answer{std::move(m), std::move(laplacian), options.solve});
  answer->apart = detail::error_apart(solved.report);
  detail::AllStates all = detail::all_states(*answer, std::move(solved.at.shared));
  answer_ = answer;
  free_energies_ = std::move(all.free_energies);
  effective_samples_ = std::move(all.effective_samples);
  uncertainty_ = std::move(all.uncertainty);
  overlap_ = std::move(all.overlap);
  report_ = detail::told_of(std::move(solved.report), std::move(all.components));
}

}  // namespace gibbs::thermo
