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
// How much p may move with t for t in double to serve p in float: 2^-53 times this is nothing
// there.
constexpr double kSteep = 64;

using kernels::Falling;

// The open states of a row at one temperature. The multiplier tau is told by t, with
//   (x_i - tau w_i) / T = edge + y_i,  y_i = -w_i t at the pivot,
// so that where t is near zero, and r small or large, nothing cancels.
template <class R>
class OpenStates {
 public:
  OpenStates(const ConstrainedLaw& law, std::span<State> states, const State& pivot, bool flat)
      : law_(law), states_(states), flat_(flat), edge_(law.generator.edge<R>()), cost_(pivot.cost) {
    if (!flat) score_ = pivot.score;
  }

  // t at which the pivot has f'(r) = 0.
  R start() const { return edge_ / cost_; }

  // The t that is `at` of other states.
  R t_of(const OpenStates<double>& other, double at) const {
    const R ahead = flat_ ? R{0} : (R{other.key()} - key()) / R{law_.temperature};
    return start() + (R{at} - R{other.start()}) + ahead;
  }
  R key() const { return score_ / cost_; }

  // y of a state.
  R place(const State& s, R t) const {
    const R costs = R{s.cost} / cost_;
    const R ahead = flat_ ? R{0} : (R{s.score} - score_ * costs) / R{law_.temperature};
    return ahead + edge_ * (costs - 1) - R{s.cost} * t;
  }

  R p_at(const State& s, R t, R* slope) const {
    const R y = place(s, t);
    const Generator& f = law_.generator;
    const R p = s.log_weight == 0 ? f.ratio(y) : std::exp(R{s.log_weight} + f.log_ratio(y));
    *slope = 0;
    if (p <= s.lower) return s.lower;
    if (p >= s.upper) return s.upper;
    const R r = s.log_weight == 0 ? p : std::exp(f.log_ratio(y));
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

  // The state that moves most with t.
  const State& steepest(R t, R* steepness) const {
    const State* found = nullptr;
    *steepness = 0;
    for (const State& s : states_) {
      if (!s.open) continue;
      R slope = 0;
      p_at(s, t, &slope);
      slope *= s.cost;
      if (found && !(slope > *steepness)) continue;
      *steepness = slope;
      found = &s;
    }
    return *found;
  }

  // The multiplier that t stands for, in units of the scores.
  double multiplier(R t) const {
    const R from_start = t - start();
    const R scaled = from_start == 0 ? R{0} : from_start * R{law_.temperature};
    return static_cast<double>(scaled + key());
  }

 private:
  const ConstrainedLaw& law_;
  std::span<State> states_;
  bool flat_;
  R edge_, cost_, score_ = 0;
};

class RowSolver {
 public:
  RowSolver(const ConstrainedLaw& law, std::span<State> states) : law_(law), states_(states) {}

  ConstrainedSummary run() {
    if (has_nan()) return nan();
    if (!close_absent()) return {-kInfinity, -kInfinity};
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
    return {kNan, kNan};
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
    const OpenStates<double> coarse(law_, states_, highest(flat), flat);
    const double t = root_of(coarse, room, coarse.start(), 1);
    double steepness = 0;
    const State& pivot = coarse.steepest(t, &steepness);
    // From there it is found again where the first t has too few digits.
    const double unit = 1 / std::max(1.0, steepness);
    const auto again = [&](auto states) {
      return finish(states, root_of(states, room, states.t_of(coarse, t), unit));
    };
    if (law_.precise) return again(OpenStates<long double>(law_, states_, pivot, flat));
    if (steepness > kSteep) return again(OpenStates<double>(law_, states_, pivot, flat));
    return finish(coarse, t);
  }

  // The open state with the highest x / w.
  const State& highest(bool flat) const {
    const State* found = nullptr;
    for (const State& s : states_) {
      if (!s.open) continue;
      if (!found || (!flat && s.score / s.cost > found->score / found->cost)) found = &s;
    }
    return *found;
  }

  template <class R>
  R root_of(const OpenStates<R>& states, double room, R start, double unit) const {
    kernels::RootSearch<R> search;
    search.room = room;
    search.power = law_.generator.straightening_power();
    search.start = start;
    search.unit = search.reach = static_cast<R>(unit);
    search.least_scale *= search.unit;
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
    for (const State& s : states_) {
      if (!s.present()) continue;
      taken += s.cost * s.p;
      if (s.p != 0) gain += static_cast<long double>(s.p) * s.score;
      const double r = s.p == 0 ? 0 : std::exp(std::log(s.p) - s.log_weight);
      divergence += std::exp(s.log_weight) * law_.generator.value(r);
    }
    if (taken < law_.budget * (1 - 1e-6)) return {-kInfinity, -kInfinity};
    const auto price = static_cast<long double>(law_.temperature);
    const bool free = price == 0 || divergence == 0 || std::isinf(gain);
    const long double value = free ? gain : gain - price * divergence;
    return {static_cast<double>(value), multiplier};
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
