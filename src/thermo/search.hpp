#pragma once
// The most probable occupation by depth first search, against a bound by multipliers.

#include <cstdint>
#include <vector>

#include "thermo/spectrum.hpp"

namespace gibbs::thermo {

// a and b of the bound of most_probable_occupation, b in units of 1 / (highest energy).
struct Multipliers {
  double a = 0, b = 0;
};

// ln l_s = ln g_s - a - b E_s
std::vector<double> log_rates(const Counted& problem, const Multipliers& multipliers);

// Where the bound is about lowest: sum_s n(l_s) = N and sum_s E_s n(l_s) = E for a smooth n(l) near
// floor(l). Needs an energy strictly between the lowest and the highest that N systems can have.
Multipliers bounding_multipliers(const Counted& problem);

// An occupation of the levels of a spectrum.
using Occupation = std::vector<std::int64_t>;

// Where the bound itself is lowest. It is convex and piecewise linear in a and b, and counted from
// an occupation that is possible: as what that one loses.
//
// source    the ellipsoid method: Yudin & Nemirovski 1976, Shor 1977
Multipliers tightened(const Counted& problem, const Multipliers& from, const Occupation& possible);

// The number with the least cost at a rate: floor(l). At most 2^53, far beyond what is possible.
double likeliest(double log_rate);
// What n costs more than that: 0 or above.
double loss_of(std::int64_t n, double log_rate);

// What is searched: levels from likely multipliers, and what the search may cost.
class OccupationSearch {
 public:
  OccupationSearch(const Counted& problem, const Multipliers& multipliers, std::int64_t max_steps);

  // Looks at all occupations in question, or until the steps are spent. Depth first, the likeliest
  // number first.
  void run();
  // Goes on from an occupation known to be possible.
  void propose(const Occupation& occupation);

  bool found() const { return !best_.empty(); }
  bool complete() const { return complete_; }
  const Occupation& best() const { return best_; }
  double gap() const { return best_loss_; }
  std::int64_t steps() const { return steps_; }
  const std::vector<double>& rates() const { return log_rates_; }
  void stop_at_first() { stop_at_first_ = true; }

 private:
  // What the levels from here on can still take.
  struct Rest {
    std::int64_t lowest = 0, highest = 0;  // energy
    std::int64_t divisor = 0;              // of the differences of their energies
  };
  struct Left {
    std::int64_t systems = 0, energy = 0;
    double loss = 0;
  };
  struct Node;

  void order_levels();
  void visit_all(const Left& all);
  void enter(std::vector<Node>& path, const Left& left);
  void visit_last(const Left& left);
  bool is_possible(std::size_t depth, const Left& left) const;
  bool spent();
  void consider(double loss);
  bool is_better(double loss);

  const Counted& problem_;
  std::vector<double> log_rates_, least_cost_;
  std::vector<std::size_t> order_;  // of levels: the last two take what is left
  std::vector<Rest> rests_;
  Occupation current_, best_;
  double best_loss_, slack_;
  std::int64_t steps_ = 0, max_steps_;
  bool stop_at_first_ = false, complete_ = true;
};

// Moves two systems at a time, i, j -> k, l at one energy, as long as that makes W larger; within
// one energy all systems at once. Of more than about sqrt(2 most_pairs) levels only as many take
// part: the fullest, then the likeliest. Stops after 16 most_pairs.
void improve_by_exchanges(const Spectrum& spectrum, const std::vector<double>& log_rates,
                          std::int64_t most_pairs, Occupation& occupation);

// Whether a comes before b of equally many arrangements: more systems in the lowest level where
// they differ, levels at one energy in their order.
bool comes_first(const Spectrum& spectrum, const Occupation& a, const Occupation& b);

}  // namespace gibbs::thermo
