#pragma once
// The canonical ensemble of a list of levels: everything that follows from ln Z(T).

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gibbs/rows.hpp"
#include "gibbs/sampling/draw.hpp"
#include "gibbs/thermo/levels.hpp"
#include "gibbs/thermo/units.hpp"

namespace gibbs::thermo {

// The equilibrium at one temperature, with E in the unit of the levels and entropies in units of k.
//
//   beta               1 / (k T), in 1 / E
//   log_partition      ln Z = ln sum g exp(-beta E)
//   mean_energy        U = <E>
//   free_energy        F = -k T ln Z
//   entropy            S / k = ln Z + beta U
//   heat_capacity      C_V / k = beta^2 Var E = (dU/dT) / k
//   mean_energy_slope  dU/dT = k beta^2 Var E, in E / K
//   energy_variance    <(E - U)^2>
//   energy_third       <(E - U)^3>: the third cumulant
//   energy_fourth      <(E - U)^4> - 3 Var^2: the fourth
//   skewness           third / Var^(3/2); NaN where Var is 0 or beyond a double
struct State {
  double temperature = 0;
  double beta = 0;
  double log_partition = 0;
  double mean_energy = 0;
  double free_energy = 0;
  double entropy = 0;
  double heat_capacity = 0;
  double mean_energy_slope = 0;
  double energy_variance = 0;
  double energy_third = 0;
  double energy_fourth = 0;

  double skewness() const;
};

// What independent subsystems at one temperature have together: every extensive quantity adds.
// edges     T = NaN of either: that state, which is NaN
// throws    std::invalid_argument: two temperatures; 0 and -0.0 are two, opposite limits
State combine(const State& a, const State& b);

// How a list of levels was cut, for a bound on what the cut loses. Every level that is missing lies
// at `cut` or above, and
//   growth      the number of states up to E is at most N ((E - E_0) / (E_N - E_0))^growth, where N
//               is that of the list and E_N its last level: 1 a rotor, 1/2 a box, f f oscillators
//   states      or: at most so many are missing in all
struct Cut {
  double cut = 0;
  double growth = 1;
  std::optional<Degeneracy> states = {};
};

// What the missing levels add to ln Z, to U and to S / k: from 0 to this; and how far C_V / k is
// from that of all levels, either way.
struct TailBound {
  double log_partition = 0, mean_energy = 0, entropy = 0, heat_capacity = 0;
};

// The temperature at which <E> = U, and how well it was found.
struct TemperatureSolution {
  double beta = 0;
  double temperature = 0;
  bool converged = false;
  std::int64_t iterations = 0;
  double residual = 0;  // <E> - U at beta, in units of E
};

// boltzmann: k in units of E per unit of T; that of `unit` if it is not given.
struct EnsembleOptions {
  EnergyUnit unit = EnergyUnit::kReduced;
  std::optional<double> boltzmann = {};
};

// Whose draws, as in sampling/draw.hpp. Outputs, written when not empty:
//   log_probability   temperatures x draws: log p of each level drawn
//   status            one per temperature
struct MicrostateOptions {
  std::uint64_t seed = 0, stream = 0, first_row = 0, first_draw = 0;
  Rows<double> log_probability = {};
  std::span<DrawStatus> status = {};
};

// Where there is no number of systems, as kNoToken where there is no level.
inline constexpr std::int64_t kNoOccupation = -1;

// Levels at equilibrium with a bath.
//
// range     any T: T > 0; T = +inf, where all states are alike; T = 0, the limit from above, the
//           lowest level; T < 0, where a bounded spectrum is inverted; T = -0.0, the limit from
//           below, the highest. Energies over the whole range of a double. k |T| below 6e-309 is 0
// accuracy  1e-13 of C_V, the slope and the variance; of S, U, F and log Z 1e-13 of the larger of
//           the ground state's part (log g_0; E_0; both) and what the others add; of the third and
//           fourth cumulant 1e-13 of <|E - U|^3>, <(E - U)^4>. Of a level with less than 1e-540 of
//           the weight nothing is seen
// edges     no level that can be occupied: ln Z = -inf, F = +inf, the rest NaN. C_V = 0 at T = 0
//           and inf; at T = 0 ln Z is +-inf by the sign of -E_0, ln g_0 if E_0 = 0. NaN: NaN
// cost      a sweep reads the levels once for all temperatures, about 2 ns for each level and
//           temperature. Levels and temperatures go to threads
// source    Gibbs 1902
class Ensemble {
 public:
  // throws    std::invalid_argument: boltzmann not positive and finite
  explicit Ensemble(Levels levels, const EnsembleOptions& options = {});

  const Levels& levels() const { return levels_; }
  EnergyUnit unit() const { return unit_; }
  double boltzmann() const { return boltzmann_; }

  State at(double temperature) const;
  State at_beta(double beta) const;
  // The same for each of many temperatures, or inverse temperatures, in one pass over the levels.
  std::vector<State> sweep(std::span<const double> temperatures) const;
  std::vector<State> sweep_beta(std::span<const double> betas) const;

  // p(t, s) = g_s exp(-beta_t E_s) / Z: all states of level s together. temperatures x levels.
  // edges     no level that can be occupied: 0; T = NaN: NaN
  // throws    std::invalid_argument: another shape
  void populations(std::span<const double> temperatures, Rows<double> probabilities) const;

  // The most probable numbers of `systems` independent systems at each level, at each temperature:
  // whole numbers that add up to them, the mode of as many draws from populations(). temperatures x
  // levels. Ties, up to 1e-13 of p: more systems at the lower energy, at one energy in the earlier
  // level.
  // range     systems from 0 to 2^52
  // edges     no level that can be occupied, T = NaN: kNoOccupation in each
  // throws    std::invalid_argument: systems out of range; another shape
  void most_probable_occupations(std::span<const double> temperatures, std::int64_t systems,
                                 Rows<std::int64_t> numbers) const;

  // Levels of microstates, drawn at each temperature: temperatures x draws. The energy of a draw is
  // levels().energies()[it]; which of the level's states it is, is a matter of chance alone.
  // edges     no level that can be occupied, T = NaN: kNoToken
  // throws    std::invalid_argument: another number of rows than temperatures; outputs, where
  // given,
  //           of another shape (log_probability as drawn, status one per temperature)
  void sample(std::span<const double> temperatures, Rows<std::int64_t> drawn,
              const MicrostateOptions& options = {}) const;

  // beta with <E> = mean_energy, from -inf to +inf: Newton's method on log(U - E_0) or log(E_max -
  // U), whichever end is nearer, in a bracket.
  // accuracy  beta to 1e-13 of itself, or 1e-15 / sqrt(Var E) where that is more (near beta = 0),
  //           as close to either end as the difference can be told
  // edges     E_min: beta = +inf, T = 0; E_max: -inf, -0.0; one energy alone: beta = 0
  // throws    std::invalid_argument: outside [E_min, E_max], NaN; no level
  TemperatureSolution temperature_of(double mean_energy) const;

  // What a cut of the list may have lost at T >= 0; inf where nothing bounds it, as at T < 0. A cut
  // at +inf loses nothing: what lies there is never occupied.
  // throws    std::invalid_argument: a cut below a level's energy, growth < 0, NaN; no level
  TailBound tail(double temperature, const Cut& cut) const;

  // The state where C_V is largest between two temperatures: the peak at dC_V/dT = 0, or an end.
  // Of several peaks that of the highest among 65 temperatures in equal ratios.
  // accuracy  the temperature of a peak to 1e-12
  // throws    std::invalid_argument: not 0 < from < to < inf
  State heat_capacity_peak(double from, double to) const;

 private:
  Levels levels_;
  EnergyUnit unit_;
  double boltzmann_;
};

// p_s ~ g_s exp(-sum_c E(c, s) / (k T_c)): levels whose energy has parts, each part with a
// temperature of its own (T_vib, T_rot). parts: components x levels.
// edges     T_c = inf: the part does not count. T_c = 0: the levels with the lowest sum of such
//           parts. A part at +inf, whatever its temperature: p = 0. No level that can be occupied:
//           0
// throws    std::invalid_argument: shapes; T < 0 or NaN; an energy that is NaN or -inf; boltzmann
void multi_temperature_populations(Rows<const double> parts, std::span<const double> temperatures,
                                   std::span<const Degeneracy> degeneracies,
                                   std::span<double> probabilities,
                                   const EnsembleOptions& options = {});

// An ideal gas of `count` alike particles of mass m (kg) in a volume V (m^3): ln Z = N ln(V / L^3)
// - ln N!, L = h / sqrt(2 pi m k T). Energies in joules.
// range     m, V and T over the whole range of a double; k T below it is 0
// throws    std::invalid_argument: m, V, T, k or h not positive and finite, count < 1
// source    Sackur 1911, Tetrode 1912
State translation(double mass, double volume, double temperature, std::int64_t count = 1,
                  const Constants& constants = {});

}  // namespace gibbs::thermo
