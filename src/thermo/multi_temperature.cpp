// Populations of levels whose parts of energy have temperatures of their own.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "gibbs/softmax.hpp"
#include "gibbs/thermo/ensemble.hpp"
#include "thermo/boltzmann.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kFunction = "multi_temperature_populations";

struct Parts {
  Rows<const double> energies;
  std::span<const double> temperatures;
  std::span<const Degeneracy> degeneracies;
};

void check(const Parts& parts, std::size_t outputs) {
  const std::int64_t levels = parts.energies.cols;
  base::check_size(kFunction, "parts", {parts.energies.rows, levels});
  base::check_length(kFunction, "temperatures", std::ssize(parts.temperatures), parts.energies.rows,
                     "part");
  base::check_temperature(kFunction, PerRow(parts.temperatures), parts.energies.rows);
  base::check_length(kFunction, "degeneracies", std::ssize(parts.degeneracies), levels, "level");
  base::check_length(kFunction, "probabilities", static_cast<std::int64_t>(outputs), levels,
                     "level");
  for (std::int64_t c = 0; c < parts.energies.rows; ++c) {
    for (std::int64_t s = 0; s < levels; ++s) {
      if (parts.energies(c, s) > -kInfinity) continue;
      base::refuse_entry(kFunction, "parts", c, s, "must be a number above -inf",
                         parts.energies(c, s));
    }
  }
}

// -sum_c E(c, s) / theta_c over the parts at T > 0, and the sum of E over those at T = 0. A level
// with a part at +inf is never occupied: -inf.
struct Score {
  long double warm = 0, cold = 0;
};

Score score_of(const Parts& parts, std::int64_t level, double boltzmann) {
  Score score;
  for (std::int64_t c = 0; c < parts.energies.rows; ++c) {
    const long double temperature = parts.temperatures[static_cast<std::size_t>(c)];
    const long double energy = parts.energies(c, level);
    if (std::isinf(energy)) return {-kInfinity, kInfinity};  // at T = 0 and at T = inf too
    if (temperature == 0) {
      score.cold += energy;
    } else {
      score.warm -= energy / (boltzmann * temperature);
    }
  }
  return score;
}

}  // namespace

void multi_temperature_populations(Rows<const double> parts, std::span<const double> temperatures,
                                   std::span<const Degeneracy> degeneracies,
                                   std::span<double> probabilities,
                                   const EnsembleOptions& options) {
  const Parts all{parts, temperatures, degeneracies};
  check(all, probabilities.size());
  const double boltzmann = boltzmann_of(kFunction, options);
  std::vector<Score> scores;
  std::vector<double> log_g, relative;
  Score best{-kInfinity, kInfinity};
  for (std::int64_t s = 0; s < parts.cols; ++s) {
    scores.push_back(score_of(all, s, boltzmann));
    log_g.push_back(degeneracies[static_cast<std::size_t>(s)].log());
    const Score& one = scores.back();
    if (log_g.back() == -kInfinity || one.warm == -kInfinity || one.cold > best.cold) continue;
    const bool colder = one.cold < best.cold;
    best = {colder ? one.warm : std::max(best.warm, one.warm), one.cold};
  }
  // Relative to the best in long double, so that large parts that cancel lose nothing.
  for (const Score& score : scores) {
    const bool on = score.cold <= best.cold && score.warm > -kInfinity && best.warm > -kInfinity;
    relative.push_back(on ? static_cast<double>(score.warm - best.warm) : -kInfinity);
  }
  MapOptions<double> map;
  map.log_degeneracy = Rows<const double>(log_g);
  softmax(relative, probabilities, map);
}

}  // namespace gibbs::thermo
