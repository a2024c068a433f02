#pragma once
// A guess, from a sample of the states of a row, where a prefix of them ends.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include "kernels/truncation.hpp"
#include "sampling/truncation_room.hpp"

namespace gibbs::sampling {

// What is searched: states and their weights (null: no mass is asked for), and the sums of all.
template <class W>
struct Searched {
  kernels::States<W> states;
  const W* w = nullptr;
  kernels::Weighing<W> of;
  Leading totals;

  Ranked<W> ranked(std::int64_t i, const kernels::Order<W>& order) const {
    return {key_of(states.x[i], order), static_cast<kernels::ColumnOf<W>>(i)};
  }
  // What one state adds to a prefix.
  Leading one(std::int64_t i) const {
    if (w == nullptr) return {1, 0, 0};
    const double weight = static_cast<double>(w[i]);
    const W y = (states.x[i] - of.top) * of.beta;
    return {1, weight, weight * std::max(static_cast<double>(y), -1000.0)};
  }
};

template <class W>
struct Bracket {
  W low{}, high{};
};

// Some states, each standing for a number of them. A prefix is estimated by what comes after it: in
// the order of scores the few heavy states, which a sample rarely has, are before.
template <class W>
class PrefixSample {
 public:
  // Every n / 256-th state.
  PrefixSample(const Searched<W>& of, const kernels::Order<W>& order, SampleRoom<W>& room)
      : order_(order), room_(room) {
    add_from(of, kInfinity);
    finish(of);
  }

  // Where the order is not that of weight: in three layers of scores, 256 or so states of each.
  // The rooms for lists are written over.
  PrefixSample(const Searched<W>& of, const kernels::Order<W>& order, SampleRoom<W>& room,
               const ListRoom<W>& high, const ListRoom<W>& highest)
      : order_(order), room_(room) {
    const Searched<W> upper = upper_part(of, high), top = upper_part(upper, highest);
    add_from(of, least_of(upper));
    add_from(upper, least_of(top));
    add_from(top, kInfinity);
    finish(of);
  }

  W middle() const {
    return std::max(room_.ranks[at(size_ / 2)].key, std::numeric_limits<W>::lowest());
  }

  // Two standard deviations around the key at which it happens that reached(before + Leading).
  template <class Reached>
  Bracket<W> bracket(const Leading& before, const Reached& reached) const {
    const auto rank = [&](double deviations) {
      std::int64_t r = 0, none = size_;
      while (r < none) {
        const std::int64_t half = (r + none) / 2;
        if (reached(before + (leading(half) + deviation_at(half) * deviations))) {
          none = half;
        } else {
          r = half + 1;
        }
      }
      return r;
    };
    const std::int64_t high = rank(2) - 1, low = rank(-2);
    constexpr W kLowest = std::numeric_limits<W>::lowest();
    return {low < size_ ? std::max(room_.ranks[at(low)].key, kLowest) : kLowest,
            high >= 0 ? std::max(room_.ranks[at(high)].key, kLowest) : kInfinity};
  }

 private:
  static constexpr W kInfinity = std::numeric_limits<W>::infinity();
  static constexpr std::int64_t kEvenly = SampleRoom<W>::kLayer;
  static constexpr std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

  // About a thirty-second of a list: its highest scores.
  static Searched<W> upper_part(const Searched<W>& of, const ListRoom<W>& to) {
    constexpr std::int64_t kLooks = 256, kRank = 8;
    std::array<W, kLooks> looks;
    for (std::int64_t j = 0; j < kLooks; ++j) {
      looks[at(j)] = of.states.n == 0 ? 0 : of.states.x[(2 * j + 1) * of.states.n / (2 * kLooks)];
    }
    std::nth_element(looks.begin(), looks.begin() + kRank, looks.end(), std::greater<>());
    kernels::Cut<W> cut;
    cut.from = of.states;
    cut.low = std::max(looks[kRank], std::numeric_limits<W>::lowest());
    cut.high = kInfinity;
    cut.x = to.x();
    cut.columns = to.columns();
    Searched<W> upper{{to.x(), to.columns(), kernels::cut_states(cut).within}, to.w(), of.of, {}};
    kernels::weigh(upper.states.x, upper.states.n, of.of, kernels::Sums::kMass, to.w(), nullptr);
    return upper;
  }
  static W least_of(const Searched<W>& part) {
    return part.states.n == 0 ? kInfinity : kernels::extent_of(part.states.x, part.states.n).min;
  }

  // The states of x < below.
  void add_from(const Searched<W>& of, W below) {
    const std::int64_t n = of.states.n, looks = std::min(n, kEvenly);
    for (std::int64_t j = 0; j < looks; ++j) {
      const std::int64_t i = (2 * j + 1) * n / (2 * looks);
      const W x = of.states.x[i];
      if (!(x < below)) continue;
      room_.ranks[at(size_)] = {key_of(x, order_), static_cast<kernels::ColumnOf<W>>(size_)};
      room_.sampled[at(size_++)] = {static_cast<double>(n) / static_cast<double>(looks), of.one(i)};
    }
  }

  void finish(const Searched<W>& of) {
    totals_ = of.totals;
    weighed_ = of.w != nullptr;
    sort_by_key(room_.ranks, at(size_), room_.spare);
    room_.after[at(size_)] = {};
    for (std::int64_t r = size_; r-- > 0;) {
      const SampledState& state = sampled_at(r);
      const AfterState& next = room_.after[at(r + 1)];
      const double mass = state.share * state.one.mass;
      room_.after[at(r)] = {next.count + state.share, next.mass + mass,
                            next.moment + state.share * state.one.moment,
                            next.variance + (state.share > 1 ? mass * mass : 0)};
    }
  }
  const SampledState& sampled_at(std::int64_t rank) const {
    return room_.sampled[static_cast<std::size_t>(room_.ranks[at(rank)].at)];
  }

  // All states up to that of rank r.
  Leading leading(std::int64_t r) const {
    const AfterState& after = room_.after[at(r + 1)];
    return {totals_.count - static_cast<std::int64_t>(after.count), totals_.mass - after.mass,
            totals_.moment - after.moment};
  }

  // Of that estimate. What is uncertain has the moment of the state there.
  Leading deviation_at(std::int64_t r) const {
    const SampledState& state = sampled_at(r);
    const auto before = static_cast<double>(r + 1), after = static_cast<double>(size_ - 1 - r);
    const auto count = static_cast<std::int64_t>(state.share * std::sqrt(std::min(before, after)));
    if (!weighed_) return {count, 0, 0};
    const double mass = std::sqrt(room_.after[at(r + 1)].variance);
    const double power = state.one.mass > 0 ? state.one.moment / state.one.mass : 0;
    return {count, mass, mass * power};
  }

  kernels::Order<W> order_;
  SampleRoom<W>& room_;
  Leading totals_;
  bool weighed_ = false;
  std::int64_t size_ = 0;
};

}  // namespace gibbs::sampling
