#pragma once
// Draws from exp(-beta E) where only differences of E are known: the algorithm of Metropolis.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "gibbs/sampling/noise.hpp"
#include "gibbs/thermo/autocorrelation.hpp"

namespace gibbs::thermo {

namespace detail {
[[noreturn]] void refuse_below(std::int64_t count);
}

// The random numbers of one step of one chain: any number of them, the same on every machine.
class StepNoise {
 public:
  StepNoise(const RowNoise& chain, std::uint64_t step) : chain_(chain), step_(step) {}

  std::uint64_t bits() { return chain_.bits(next_++, step_); }
  // On (0, 1).
  double uniform() { return uniform_noise(bits()); }
  // One of 0, ..., count - 1; exact to count 2^-64.
  // throws    std::invalid_argument: count < 1
  std::int64_t below(std::int64_t count) {
    if (count < 1) detail::refuse_below(count);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::int64_t>(static_cast<Wide>(bits()) * static_cast<Wide>(count) >> 64);
  }

 private:
  const RowNoise& chain_;
  std::uint64_t step_, next_ = 0;
};

//   beta        1 / (k T), of any sign; +inf: never uphill
//   steps       after the burn-in
//   burn_in     steps before anything is kept
//   stride      every so many steps an energy is kept, and told to the observer
//   chain       its number; first_step: where it goes on, counting the burn-in
struct MetropolisOptions {
  double beta = 1;
  std::int64_t steps = 1000;
  std::int64_t burn_in = 0;
  std::int64_t stride = 1;
  std::uint64_t seed = 0, stream = 0, chain = 0;
  std::uint64_t first_step = 0;
};

//   accepted  of the steps after the burn-in
//   energies  after every stride-th of them
//   energy    their mean, its error, and the autocorrelation time in units of the stride
struct MetropolisRun {
  std::int64_t steps = 0, accepted = 0;
  std::vector<double> energies;
  Autocorrelation energy;

  double acceptance() const { return static_cast<double>(accepted) / static_cast<double>(steps); }
};

// A system that makes moves in place.
//   energy()        of the state it is in: asked before the first step, and after E = +inf is left
//   propose(noise)  chooses a move, and tells the change of energy that it would bring. Of any two
//                   states, each must be proposed from the other equally likely
//   accept()        makes the move last proposed. It may return the energy after it; if not,
//                   the change is added
template <class M>
concept MetropolisModel = requires(M& model, StepNoise& noise) {
  { model.energy() } -> std::convertible_to<double>;
  { model.propose(noise) } -> std::convertible_to<double>;
  model.accept();
};

namespace detail {

void check_metropolis(const MetropolisOptions& options);
// Whether a move is made, u uniform on (0, 1): where u < exp(-beta change).
// throws    std::invalid_argument: change NaN
bool is_accepted(double beta, double change, double u);

// Makes a move, and returns the energy after it.
template <class Model>
double accept(Model& model, double energy, double change) {
  if constexpr (std::convertible_to<decltype(model.accept()), double>) {
    return model.accept();
  } else {
    model.accept();
    return std::isinf(change) ? model.energy() : energy + change;
  }
}

// States as values: the proposal is a state of its own.
template <class State, class Energy, class Propose>
class StateModel {
 public:
  StateModel(State& state, Energy& energy, Propose& propose)
      : state_(state), energy_of_(energy), propose_(propose), energy_(energy_of_(state_)) {}

  double energy() const { return energy_; }
  double propose(StepNoise& noise) {
    proposed_ = propose_(std::as_const(state_), noise);
    proposed_energy_ = energy_of_(std::as_const(proposed_));
    return proposed_energy_ == energy_ ? 0 : proposed_energy_ - energy_;
  }
  double accept() {
    std::swap(state_, proposed_);
    return energy_ = proposed_energy_;
  }

 private:
  State& state_;
  Energy& energy_of_;
  Propose& propose_;
  double energy_;
  State proposed_{};
  double proposed_energy_ = 0;
};

}  // namespace detail

// Runs a chain of a model. observe(model, energy) is told every state that is kept.
//
// Step i of chain c moves with the noise of (seed, stream, c, i) alone: a chain is a pure function
// of these and of where it starts, and two runs, the second with first_step = where the first
// ended, are one.
//
// accuracy  the energies of a model whose accept() tells none are the first one and the sum of all
//           changes
// edges     a move to E = +inf is never made. No step kept: no energies, their mean NaN
// cost      a proposal, and a tenth of a microsecond
// throws    std::invalid_argument: beta NaN, steps or burn_in < 0, stride < 1; a change that is NaN
// source    Metropolis, Rosenbluth, Rosenbluth, Teller & Teller 1953
template <MetropolisModel Model, class Observe>
MetropolisRun metropolis(Model& model, const MetropolisOptions& options, Observe&& observe) {
  detail::check_metropolis(options);
  const RowNoise chain({options.seed, options.stream}, options.chain);
  MetropolisRun run;
  run.steps = options.steps;
  double energy = model.energy();
  const std::int64_t all = options.burn_in + options.steps;
  for (std::int64_t i = 0; i < all; ++i) {
    const std::uint64_t step = options.first_step + static_cast<std::uint64_t>(i);
    StepNoise noise(chain, step);
    const double change = model.propose(noise);
    const double u = uniform_noise(chain.bits(kWholeRow, step));
    const bool accepted = detail::is_accepted(options.beta, change, u);
    if (accepted) energy = detail::accept(model, energy, change);
    if (i < options.burn_in) continue;
    run.accepted += accepted ? 1 : 0;
    if ((i - options.burn_in + 1) % options.stride != 0) continue;
    run.energies.push_back(energy);
    observe(std::as_const(model), energy);
  }
  run.energy = autocorrelation(run.energies);
  return run;
}

template <MetropolisModel Model>
MetropolisRun metropolis(Model& model, const MetropolisOptions& options = {}) {
  return metropolis(model, options, [](const Model&, double) {});
}

// The same of states that are copied: energy(state), propose(state, noise) -> another state,
// observe(state, energy). The state ends where the chain does.
template <class State, class Energy, class Propose, class Observe>
  requires std::invocable<Energy&, const State&> MetropolisRun
  metropolis(State& state, Energy&& energy, Propose&& propose, const MetropolisOptions& options,
             Observe&& observe) {
    detail::StateModel model(state, energy, propose);
    return metropolis(model, options,
                      [&](const auto&, double e) { observe(std::as_const(state), e); });
  }

template <class State, class Energy, class Propose>
  requires std::invocable<Energy&, const State&> MetropolisRun metropolis(
      State& state, Energy&& energy, Propose&& propose, const MetropolisOptions& options = {}) {
    return metropolis(state, energy, propose, options, [](const State&, double) {});
  }

}  // namespace gibbs::thermo
