#include <algorithm>
#include <cmath>
#include <map>

#include "thermo/count_checks.hpp"
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

class Exchanges {
 public:
  Exchanges(const Spectrum& spectrum, Occupation& n) : spectrum_(spectrum), n_(n) {}

  // Once over all energies that two levels can have together; whether anything moved.
  bool sweep() {
    struct Best {
      Pair out, in;
    };
    std::map<std::int64_t, Best> best;  // by the energy of the pair
    for (std::size_t i = 0; i < n_.size(); ++i) {
      for (std::size_t j = i; j < n_.size(); ++j) {
        Best& here = best[spectrum_.quanta[i] + spectrum_.quanta[j]];
        if (can_leave(i, j)) keep_better(here.out, {i, j, gain_of_leaving(i, j), true});
        keep_better(here.in, {i, j, gain_of_coming(i, j), true});
      }
    }
    bool moved = move_within_energies();
    for (const auto& [energy, pair] : best) moved |= pair.out.known && exchange(pair.out, pair.in);
    return moved;
  }

  // One system between two levels at the same energy.
  bool move_within_energies() {
    bool moved = false;
    for (std::size_t i = 0; i < n_.size(); ++i) {
      for (std::size_t j = 0; j < n_.size(); ++j) {
        if (i == j || spectrum_.quanta[i] != spectrum_.quanta[j]) continue;
        while (n_[i] > 0 && leaving(i, n_[i]) - leaving(j, n_[j] + 1) > kImprovement) {
          --n_[i], ++n_[j];
          moved = true;
        }
      }
    }
    return moved;
  }

 private:
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
  Occupation& n_;
};

}  // namespace

void improve_by_exchanges(const Spectrum& spectrum, Occupation& occupation) {
  Exchanges exchanges(spectrum, occupation);
  while (exchanges.sweep()) continue;
}

}  // namespace gibbs::thermo
