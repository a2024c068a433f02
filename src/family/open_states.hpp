#pragma once
// The states of a row that may move, as functions of one multiplier.

#include <algorithm>
#include <cmath>
#include <span>

#include "family/constrained_row.hpp"
#include "kernels/root.hpp"

namespace gibbs::family {

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

  bool is_flat() const { return flat_; }

  // t at which the pivot has f'(r) = 0.
  R start() const { return edge_ / R{cost_}; }

  // The t that is `at` of other states.
  template <class Other>
  R t_of(const OpenStates<Other>& other, Other at) const {
    const R ahead = flat_ ? R{0} : ahead_of(other.score_, other.cost_) / R{law_.temperature};
    const Other from_start = at - other.start();
    return start() + static_cast<R>(from_start) + ahead / static_cast<R>(other.cost_);
  }

  // y of a state.
  R place(const State& s, R t) const {
    const R ahead = flat_ ? R{0} : ahead_of(s.score, s.cost) / R{law_.temperature};
    return ahead + edge_ * (R{s.cost} / R{cost_} - 1) - R{s.cost} * t;
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

  // What the states take between them, w p summed, beyond `room`. In long double: where all are at
  // their bounds the rounding of a sum would decide on which side of the root t is.
  Falling<R> taken(R t, R room) const {
    long double excess = -room;
    R slopes = 0;
    for (const State& s : states_) {
      if (!s.open) continue;
      R slope = 0;
      const R cost = s.cost;
      excess += cost * p_at(s, t, &slope);
      slopes += cost * cost * slope;
    }
    return {static_cast<R>(excess), slopes};
  }

  // p at t; what t has too few digits to spend goes to the states that move, as a step would.
  void set(R t, R room) {
    const Falling<R> all = taken(t, room);
    const R step = all.slope > 0 && std::isfinite(all.slope) ? all.excess / all.slope : R{0};
    for (State& s : states_) {
      if (!s.open) continue;
      R slope = 0;
      const R p = p_at(s, t, &slope);
      const R moved = slope > 0 ? p - slope * s.cost * step : p;
      s.p = static_cast<double>(moved > s.lower ? std::min(moved, R{s.upper}) : R{s.lower});
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
    return static_cast<double>(scaled + R{score_} / R{cost_});
  }

 private:
  template <class Other>
  friend class OpenStates;

  // x - w times the x / w of the pivot. Both products are rounded together, not each alone: against
  // T they may be large.
  R ahead_of(double score, double cost) const {
    if (cost == cost_) return R{score} - R{score_};
    const double a = score * cost_, b = score_ * cost;
    if (!std::isfinite(a) || !std::isfinite(b)) {
      return R{score} - R{score_} * (R{cost} / R{cost_});
    }
    const double a_low = std::fma(score, cost_, -a), b_low = std::fma(score_, cost, -b);
    return ((R{a} - R{b}) + (R{a_low} - R{b_low})) / R{cost_};
  }

  const ConstrainedLaw& law_;
  std::span<State> states_;
  bool flat_;
  R edge_;
  double cost_, score_ = 0;
};

}  // namespace gibbs::family
