#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "thermo/mode.hpp"
#include "thermo/search.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kImprovement = 1e-12;  // in ln W: below it rounding could go round in circles

// Two levels, perhaps the same, and how much ln W grows if a system of each leaves, or comes.
struct Pair {
  std::size_t i = 0, j = 0;
  double gain = -1;
  bool known = false;
};

// The best pairs at one energy.
struct Best {
  std::int64_t energy = 0;
  Pair out, in;
};

class Exchanges {
 public:
  Exchanges(const Spectrum& spectrum, std::vector<std::size_t> levels, Occupation& n)
      : spectrum_(spectrum), levels_(std::move(levels)), n_(n) {}

  // How many a sweep looks at.
  std::int64_t pairs() const { return std::ssize(levels_) * (std::ssize(levels_) + 1) / 2; }
  // Once over all energies that two systems have together; whether anything moved.
  bool sweep() {
    find_leaving();
    find_coming();
    bool moved = false;
    for (const Best& pair : best_) moved |= pair.in.known && exchange(pair.out, pair.in);
    return moved;
  }

 private:
  std::int64_t energy_of(std::size_t i, std::size_t j) const {
    return spectrum_.quanta[i] + spectrum_.quanta[j];
  }
  // The pair of each energy that is best let go, energies in order.
  void find_leaving() {
    best_.clear();
    std::vector<std::size_t> full;
    std::ranges::copy_if(levels_, std::back_inserter(full),
                         [&](std::size_t s) { return n_[s] > 0; });
    for (std::size_t a = 0; a < full.size(); ++a) {
      for (std::size_t b = a; b < full.size(); ++b) {
        const std::size_t i = full[a], j = full[b];
        if (!can_leave(i, j)) continue;
        best_.push_back({energy_of(i, j), {i, j, gain_of_leaving(i, j), true}, {}});
      }
    }
    std::ranges::stable_sort(best_, [](const Best& a, const Best& b) {
      return a.energy != b.energy ? a.energy < b.energy : a.out.gain > b.out.gain;
    });
    const auto alike = [](const Best& a, const Best& b) { return a.energy == b.energy; };
    best_.erase(std::unique(best_.begin(), best_.end(), alike), best_.end());
  }
  // And the pair that is best taken instead, of all levels.
  void find_coming() {
    for (std::size_t a = 0; a < levels_.size(); ++a) {
      for (std::size_t b = a; b < levels_.size(); ++b) {
        const std::size_t i = levels_[a], j = levels_[b];
        const auto here = std::ranges::lower_bound(best_, energy_of(i, j), {}, &Best::energy);
        if (here == best_.end() || here->energy != energy_of(i, j)) continue;
        keep_better(here->in, {i, j, gain_of_coming(i, j), true});
      }
    }
  }
  static void keep_better(Pair& best, const Pair& pair) {
    if (!best.known || pair.gain > best.gain) best = pair;
  }
  // One system out of level s that holds n, ln of the factor of W: n / g.
  double leaving(std::size_t s, std::int64_t n) const {
    return std::log(static_cast<double>(n)) -
           std::log(static_cast<double>(spectrum_.degeneracies[s]));
  }
  bool can_leave(std::size_t i, std::size_t j) const {
    return i == j ? n_[i] > 1 : n_[i] > 0 && n_[j] > 0;
  }
  double gain_of_leaving(std::size_t i, std::size_t j) const {
    return leaving(i, n_[i]) + leaving(j, n_[j] - (i == j ? 1 : 0));
  }
  double gain_of_coming(std::size_t i, std::size_t j) const {
    return -leaving(i, n_[i] + 1) - leaving(j, n_[j] + (i == j ? 2 : 1));
  }
  // Others may have moved since the pairs were chosen: what it gains is asked again.
  bool exchange(const Pair& out, const Pair& in) {
    if (!can_leave(out.i, out.j)) return false;
    const double gained = gain_of_leaving(out.i, out.j);
    --n_[out.i], --n_[out.j];
    if (gained + gain_of_coming(in.i, in.j) > kImprovement) {
      ++n_[in.i], ++n_[in.j];
      return true;
    }
    ++n_[out.i], ++n_[out.j];
    return false;
  }

  const Spectrum& spectrum_;
  const std::vector<std::size_t> levels_;
  Occupation& n_;
  std::vector<Best> best_;
};

// Those that take part, in order.
std::vector<std::size_t> in_question(const std::vector<double>& log_rates, const Occupation& n,
                                     std::int64_t most_pairs) {
  std::vector<std::size_t> levels(n.size());
  std::iota(levels.begin(), levels.end(), std::size_t{0});
  const auto most = static_cast<std::size_t>(std::sqrt(2 * static_cast<double>(most_pairs)));
  if (levels.size() <= most) return levels;
  const auto end = levels.begin() + static_cast<std::ptrdiff_t>(most);
  std::ranges::nth_element(levels, end, [&](std::size_t i, std::size_t j) {
    return std::tuple(-n[i], -log_rates[i], i) < std::tuple(-n[j], -log_rates[j], j);
  });
  levels.erase(end, levels.end());
  std::ranges::sort(levels);
  return levels;
}

// The levels at each energy hold their systems in the most probable way.
void spread_within_energies(const Spectrum& spectrum, std::span<const std::size_t> by_energy,
                            Occupation& n) {
  const auto energy = [&](std::size_t s) { return spectrum.quanta[s]; };
  while (!by_energy.empty()) {
    const auto next = std::ranges::upper_bound(by_energy, energy(by_energy[0]), {}, energy);
    const auto alike = static_cast<std::size_t>(next - by_energy.begin());
    const auto levels = by_energy.first(alike);
    by_energy = by_energy.subspan(alike);
    if (alike == 1) continue;
    std::int64_t systems = 0;
    double states = 0;
    for (const std::size_t s : levels) {
      systems += n[s];
      states += static_cast<double>(spectrum.degeneracies[s]);
    }
    if (systems == 0) continue;
    std::vector<double> p;
    for (const std::size_t s : levels) {
      p.push_back(static_cast<double>(spectrum.degeneracies[s]) / states);
    }
    std::vector<std::size_t> order(alike);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const Occupation spread = multinomial_mode(order, p, systems);
    for (std::size_t i = 0; i < alike; ++i) n[levels[i]] = spread[i];
  }
}

}  // namespace

void improve_by_exchanges(const Spectrum& spectrum, const std::vector<double>& log_rates,
                          std::int64_t most_pairs, Occupation& occupation) {
  const std::vector<std::size_t> by_energy = order_of_ties(spectrum.quanta);
  spread_within_energies(spectrum, by_energy, occupation);
  Exchanges exchanges(spectrum, in_question(log_rates, occupation, most_pairs), occupation);
  for (std::int64_t left = 16 * most_pairs; left > 0 && exchanges.sweep();
       left -= exchanges.pairs()) {
    spread_within_energies(spectrum, by_energy, occupation);
  }
}

}  // namespace gibbs::thermo
