#include "family/constrained_row.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "family/open_states.hpp"
#include "kernels/root.hpp"

namespace gibbs::family {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// How much p may move with t for t in double to serve p in float: 2^-53 times this is nothing
// there.
constexpr double kSteep = 64;
// Below this a state does not tell where t is.
constexpr double kStill = 1e-3;
// Keys x / w further apart than this, in units of T, are told apart before the search: from the
// highest of them t would have too few digits for the others.
constexpr double kFar = 0x1p20;
// The same for t in long double, where no state of slope tells more of t.
constexpr double kPreciselyFar = 16;

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
    if (!flat && are_far()) return solve_near(room);
    const State& first = highest(flat);
    const OpenStates<double> coarse(law_, states_, first, flat);
    const double t = root_of(coarse, room, coarse.start(), 1);
    double steepness = 0;
    const State& steepest = coarse.steepest(t, &steepness);
    const bool still = is_still(steepness, room);
    const bool far = std::abs(t - coarse.start()) > kPreciselyFar;
    if (still && far && !flat && law_.precise) return solve_near(room);
    return solve_again(coarse, t, room, still ? first : steepest, steepness);
  }

  // From the state next to the multiplier.
  double solve_near(double room) {
    return law_.precise ? solve_near_as<long double>(room) : solve_near_as<double>(room);
  }
  template <class R>
  double solve_near_as(double room) {
    const State& first = nearest<R>(room);
    const OpenStates<R> around(law_, states_, first, false);
    const R t = root_of(around, room, around.start(), 1);
    R steepness = 0;
    const State& steepest = around.steepest(t, &steepness);
    const bool still = is_still(steepness, room);
    return solve_again(around, t, room, still ? first : steepest, steepness);
  }

  // Where none moves, the steepest may be as far away as any.
  template <class R>
  static bool is_still(R steepness, double room) {
    return !(steepness > kStill * std::min(1.0, room));
  }

  // From another state, where the first t has too few digits.
  template <class R>
  double solve_again(const OpenStates<R>& coarse, R t, double room, const State& pivot,
                     R steepness) {
    const auto unit = static_cast<double>(1 / std::max<R>(1, steepness));
    const bool flat = coarse.is_flat();
    const auto again = [&](auto states) {
      return finish(states, root_of(states, room, states.t_of(coarse, t), unit), room);
    };
    if (law_.precise) return again(OpenStates<long double>(law_, states_, pivot, flat));
    if (steepness > kSteep) return again(OpenStates<double>(law_, states_, pivot, flat));
    return finish(coarse, t, room);
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

  bool are_far() const {
    double low = kInfinity, high = -kInfinity;
    for (const State& s : states_) {
      if (!s.open) continue;
      low = std::min(low, s.score / s.cost);
      high = std::max(high, s.score / s.cost);
    }
    return high - low > kFar * law_.temperature;
  }

  // The open state whose x / w is next to the multiplier.
  template <class R>
  const State& nearest(double room) const {
    std::vector<const State*> left;
    for (const State& s : states_) {
      if (s.open) left.push_back(&s);
    }
    const auto is_higher = [](const State* a, const State* b) {
      return static_cast<long double>(a->score) * b->cost >
             static_cast<long double>(b->score) * a->cost;
    };
    // The highest of those below is in [below, end]; what is left is halved, never sorted.
    auto below = left.begin();
    for (auto end = left.end(); below != end;) {
      const auto middle = below + (end - below) / 2;
      std::nth_element(below, middle, end, is_higher);
      if (excess_at<R>(**middle, 0, room) > 0) {
        end = middle;
      } else {
        below = middle + 1;
      }
    }
    if (below == left.begin()) return **below;
    const State& above = **(below - 1);
    if (below == left.end()) return above;
    const double gap = (above.score / above.cost - (*below)->score / (*below)->cost);
    return excess_at<R>(above, gap / 2 / law_.temperature, room) > 0 ? above : **below;
  }

  // What is taken beyond the room where tau is the key of a state, or below it by `depth` T.
  template <class R>
  R excess_at(const State& s, double depth, double room) const {
    const OpenStates<R> around(law_, states_, s, false);
    return around.taken(around.start() - depth, room).excess;
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
  static double finish(OpenStates<R> states, R t, double room) {
    states.set(t, room);
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
