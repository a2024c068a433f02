#include "family/constrained_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/root.hpp"

namespace gibbs::family {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using kernels::Falling;

// The open states of a row at one temperature; z_i = (x_i - pivot) / T - w_i t.
template <class R>
class OpenStates {
 public:
  OpenStates(const ConstrainedLaw& law, std::span<State> states, bool flat)
      : law_(law), states_(states), flat_(flat) {
    weighted_ = std::any_of(states.begin(), states.end(),
                            [](const State& s) { return s.open && s.cost != 1; });
    // With weights the multiplier is no shift of the scores.
    for (const State& s : states) {
      if (s.open && !flat && !weighted_) pivot_ = std::max(pivot_, R{s.score});
    }
    if (!std::isfinite(pivot_)) pivot_ = 0;
  }

  R p_at(const State& s, R t, R* slope) const {
    const R z = (flat_ ? R{0} : (R{s.score} - pivot_) / R{law_.temperature}) - R{s.cost} * t;
    const Generator& f = law_.generator;
    const R p = s.log_weight == 0 ? f.ratio(z) : std::exp(R{s.log_weight} + f.log_ratio(z));
    *slope = 0;
    if (p <= s.lower) return s.lower;
    if (p >= s.upper) return s.upper;
    const R r = s.log_weight == 0 ? p : std::exp(f.log_ratio(z));
    *slope = p * f.relative_slope(r);
    return p;
  }

  // What the states take between them, w p summed, beyond `room`.
  Falling<R> taken(R t, R room) const {
    Falling<R> all{-room, 0};
    for (const State& s : states_) {
      if (!s.open) continue;
      R slope = 0;
      const R cost = s.cost;
      all.excess += cost * p_at(s, t, &slope);
      all.slope += cost * cost * slope;
    }
    return all;
  }

  void set(R t) {
    for (State& s : states_) {
      R slope = 0;
      if (s.open) s.p = static_cast<double>(p_at(s, t, &slope));
    }
  }

  // The multiplier that t stands for, in units of the scores.
  double multiplier(R t) const {
    const R scaled = t == 0 ? R{0} : t * R{law_.temperature};
    return static_cast<double>(scaled + pivot_);
  }

 private:
  const ConstrainedLaw& law_;
  std::span<State> states_;
  bool flat_, weighted_ = false;
  R pivot_ = -std::numeric_limits<R>::infinity();
};

class RowSolver {
 public:
  RowSolver(const ConstrainedLaw& law, std::span<State> states) : law_(law), states_(states) {}

  ConstrainedSummary run() {
    if (has_nan()) return nan();
    if (!close_absent()) return {-kInfinity, -kInfinity, 0};
    return summary(multiplier());
  }

 private:
  bool has_nan() const {
    return std::any_of(states_.begin(), states_.end(), [](const State& s) {
      return std::isnan(s.score) || std::isnan(s.log_weight) || s.log_weight == kInfinity;
    });
  }

  ConstrainedSummary nan() {
    for (State& s : states_) s.p = kNan;
    return {kNan, kNan, 0};
  }

  // Opens the states there are; false if there is none.
  bool close_absent() {
    bool any = false;
    for (State& s : states_) {
      s.open = s.present();
      s.p = 0;
      if (!s.open) continue;
      any = true;
      if (law_.generator.is_bounded()) s.upper = std::min(s.upper, std::exp(s.log_weight));
      s.lower = std::min(s.lower, s.upper);
    }
    return any;
  }

  template <class Of>
  double sum_of_open(const Of& of) const {
    long double sum = 0;
    for (const State& s : states_) sum += s.open ? of(s) : 0.0;
    return static_cast<double>(sum);
  }
  double most() const {
    return sum_of_open([](const State& s) { return s.cost * s.upper; });
  }
  double least() const {
    return sum_of_open([](const State& s) { return s.cost * s.lower; });
  }

  // Fixes the open states that `of` names at a bound, and returns what they take.
  template <class Of>
  double close(const Of& of, double State::*bound) {
    long double sum = 0;
    for (State& s : states_) {
      if (!s.open || !of(s)) continue;
      s.open = false;
      s.p = s.*bound;
      sum += s.cost * s.p;
    }
    return static_cast<double>(sum);
  }

  // The states of infinite score are served first, then the others by their scores.
  double multiplier() {
    const auto infinite = [](const State& s) { return s.score == kInfinity; };
    double room = law_.budget;
    if (!std::any_of(states_.begin(), states_.end(),
                     [&](const State& s) { return s.open && infinite(s); })) {
      return by_score(room);
    }
    const double held = sum_of_open(
        [&](const State& s) { return infinite(s) ? s.cost * s.upper : s.cost * s.lower; });
    if (held >= room) {
      room -= close([&](const State& s) { return !infinite(s); }, &State::lower);
      solve(room, true);
      return kInfinity;
    }
    return by_score(room - close(infinite, &State::upper));
  }

  double by_score(double room) {
    if (law_.temperature == kInfinity) return solve(room, true);
    if (law_.temperature > 0) return solve(room, false);
    const double level = level_at(room);
    const auto key = [](const State& s) { return s.score / s.cost; };
    room -= close([&](const State& s) { return key(s) > level; }, &State::upper);
    room -= close([&](const State& s) { return key(s) < level; }, &State::lower);
    solve(room, true);
    return level;
  }

  // The x / w of the state at which the room is taken, states in falling order: selection.
  double level_at(double room) {
    room -= least();
    const auto key = [](const State* s) { return s->score / s->cost; };
    std::vector<State*> left;
    for (State& s : states_) {
      if (s.open) left.push_back(&s);
    }
    while (left.size() > 1) {
      const auto middle = left.begin() + static_cast<std::ptrdiff_t>(left.size() / 2);
      std::nth_element(left.begin(), middle, left.end(),
                       [&](const State* a, const State* b) { return key(a) > key(b); });
      double before = 0;
      for (auto s = left.begin(); s != middle; ++s)
        before += (*s)->cost * ((*s)->upper - (*s)->lower);
      if (before >= room) {
        left.erase(middle, left.end());
      } else {
        room -= before;
        left.erase(left.begin(), middle);
      }
    }
    return left.empty() ? -kInfinity : key(left.front());
  }

  // `flat`: the scores of the open states count as 0, the temperature as 1.
  double solve(double room, bool flat) {
    if (!(room < most())) return at_bound(&State::upper, flat);
    if (!(room > least())) return at_bound(&State::lower, flat);
    const OpenStates<double> coarse(law_, states_, flat);
    const double t = root_of<double>(coarse, room, 0);
    if (!law_.precise) return finish(coarse, t);
    const OpenStates<long double> fine(law_, states_, flat);
    return finish(fine, root_of<long double>(fine, room, t));
  }

  template <class R>
  R root_of(const OpenStates<R>& states, double room, double start) const {
    kernels::RootSearch<R> search;
    search.room = room;
    search.power = law_.generator.straightening_power();
    search.start = start;
    return kernels::find_root<R>(search, [&](R t) { return states.taken(t, room); }).t;
  }

  template <class R>
  static double finish(OpenStates<R> states, R t) {
    states.set(t);
    return states.multiplier(t);
  }

  // All at one bound: the multiplier is the last at which they are.
  double at_bound(double State::*bound, bool flat) {
    const bool upper = bound == &State::upper;
    double found = upper ? kInfinity : -kInfinity;
    for (const State& s : states_) {
      if (!s.open) continue;
      const double pull = law_.generator.derivative(std::exp(std::log(s.*bound) - s.log_weight));
      const double scaled = flat ? pull : law_.temperature * pull;
      const double at = ((flat ? 0 : s.score) - scaled) / s.cost;
      found = upper ? std::min(found, at) : std::max(found, at);
    }
    close([](const State&) { return true; }, bound);
    return found;
  }

  ConstrainedSummary summary(double multiplier) const {
    long double gain = 0, divergence = 0, taken = 0;
    std::int64_t support = 0;
    for (const State& s : states_) {
      if (!s.present()) continue;
      support += s.p > 0;
      taken += s.cost * s.p;
      if (s.p != 0) gain += static_cast<long double>(s.p) * s.score;
      const double r = s.p == 0 ? 0 : std::exp(std::log(s.p) - s.log_weight);
      divergence += std::exp(s.log_weight) * law_.generator.value(r);
    }
    if (taken < law_.budget * (1 - 1e-6)) return {-kInfinity, -kInfinity, support};
    const auto price = static_cast<long double>(law_.temperature);
    const bool free = price == 0 || divergence == 0 || std::isinf(gain);
    const long double value = free ? gain : gain - price * divergence;
    return {static_cast<double>(value), multiplier, support};
  }

  const ConstrainedLaw& law_;
  std::span<State> states_;
};

}  // namespace

bool State::present() const { return score != -kInfinity && log_weight != -kInfinity; }

ConstrainedSummary solve_row(const ConstrainedLaw& law, std::span<State> states) {
  return RowSolver(law, states).run();
}

}  // namespace gibbs::family
