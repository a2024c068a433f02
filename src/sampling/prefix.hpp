#pragma once
// The first states of a row in some order, up to a bound on their number, mass or entropy: found
// without sorting the row.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "kernels/truncation.hpp"
#include "sampling/prefix_sample.hpp"
#include "sampling/truncation_room.hpp"

namespace gibbs::sampling {

// The states whose key is above `last`, and of those that have it the columns up to last_column.
template <class W>
struct Prefix {
  W last{};
  std::int64_t last_column = 0;
  std::int64_t count = 0;
};

// Finds the shortest prefix of states at which reached(Leading) is so; it must stay so from there
// on, and be so for all states but for rounding. A bracket is laid around the key at which that
// happens; one pass sums what is above the bracket and copies what is inside, and so on with
// these. The first bracket comes from a sample; inside one, keys lie evenly enough to interpolate.
// Any numbers will do: where a bracket misses, or holds everything, what it taught is used.
template <class W, class Reached>
class PrefixSearch {
 public:
  // room.candidates and room.spare are written over.
  PrefixSearch(const Searched<W>& searched, const kernels::Order<W>& order, const Reached& reached,
               TruncationRoom<W>& room)
      : now_(searched),
        order_(order),
        reached_(reached),
        sample_(room.sample),
        to_(&room.candidates),
        from_(&room.spare) {}

  // `including` the state at which it happens; else without, but never empty.
  Prefix<W> find(bool including) {
    while (now_.states.n > kFew && !all_alike_) narrow();
    return all_alike_ ? end_among_ties(including) : end_among_few(including);
  }

 private:
  // So few states are sorted.
  static constexpr std::int64_t kFew = 192;
  static constexpr auto kSums = Reached::kByMoment ? kernels::Sums::kMoment : kernels::Sums::kMass;
  static constexpr W kInfinity = std::numeric_limits<W>::infinity();
  static constexpr W kLowest = std::numeric_limits<W>::lowest();

  void narrow() {
    const std::int64_t n = now_.states.n;
    const bool even =
        region_.low > kLowest && region_.high < kInfinity && region_.low < region_.high;
    if (even && !slow_.now && take(between())) return slow_.see(n, now_.states.n);
    const bool in_layers = order_.by_distance && !began_;
    began_ = true;
    const auto sample = in_layers ? PrefixSample<W>(now_, order_, sample_, *to_, *from_)
                                  : PrefixSample<W>(now_, order_, sample_);
    if (!slow_.now && take(sample.bracket(before_, reached_))) return slow_.see(n, now_.states.n);
    // Everything is inside, or guesses led astray: a single key in the middle is sure to leave out
    // about a half, or all have it.
    all_alike_ = !take({sample.middle(), sample.middle()});
    slow_.now = false;
  }

  // Whether the last bracket left more than a half.
  struct Slow {
    bool now = false;
    void see(std::int64_t before, std::int64_t after) { now = 2 * after > before; }
  };

  // Around the key at which it happens if mass is spread evenly over the keys, a fifth of
  // them: they are not quite.
  Bracket<W> between() const {
    double low = 0, high = 1;  // shares of what is inside
    for (int i = 0; i < 20; ++i) {
      const double share = (low + high) / 2;
      (reached_(before_ + now_.totals * share) ? high : low) = share;
    }
    constexpr double kWidth = 0.1;
    const auto key = [&](double share) {
      const auto top = static_cast<double>(region_.high), bottom = static_cast<double>(region_.low);
      return std::clamp(static_cast<W>(top - share * (top - bottom)), region_.low, region_.high);
    };
    return {key(high + kWidth), key(low - kWidth)};
  }

  // Narrows the search to where it happens. False if the bracket holds all states.
  bool take(const Bracket<W>& bracket) {
    const auto cut = cut_at(bracket);
    if (cut.within == now_.states.n) return false;
    if (reached_(before_ + cut.above)) {
      search_in({std::nextafter(bracket.high, kInfinity), region_.high});
      return true;
    }
    const Searched<W> inside = searched_in(cut.within);
    const Leading behind = before_ + cut.above + inside.totals;
    const bool more = behind.count < before_.count + now_.totals.count;
    if (more && !reached_(behind)) {
      search_in({region_.low, std::nextafter(bracket.low, -kInfinity)});
      before_ = behind;
      return true;
    }
    before_ = before_ + cut.above;
    move_to(inside, bracket);
    return true;
  }

  // What is in a bracket, without another look at where it happens.
  void search_in(const Bracket<W>& bracket) {
    move_to(searched_in(cut_at(bracket).within), bracket);
  }

  void move_to(const Searched<W>& inside, const Bracket<W>& region) {
    now_ = inside;
    region_ = region;
    std::swap(from_, to_);
  }

  kernels::CutResult cut_at(const Bracket<W>& bracket) const {
    kernels::Cut<W> cut;
    cut.from = now_.states;
    cut.w = now_.w;
    cut.of = now_.of;
    cut.moments = Reached::kByMoment;
    cut.order = order_;
    cut.low = bracket.low;
    cut.high = bracket.high;
    cut.x = to_->x();
    cut.columns = to_->columns();
    return kernels::cut_states(cut);
  }

  // What a cut has copied, with its weights.
  Searched<W> searched_in(std::int64_t n) const {
    Searched<W> inside{{to_->x(), to_->columns(), n}, nullptr, now_.of, {n, 0, 0}};
    if (now_.w == nullptr) return inside;
    const auto sums = kernels::weigh(to_->x(), n, now_.of, kSums, to_->w(), nullptr);
    inside.w = to_->w();
    inside.totals.mass = sums.mass;
    inside.totals.moment = sums.moment;
    return inside;
  }

  // All have one key: they come in the order of their columns.
  Prefix<W> end_among_ties(bool including) const {
    const std::int64_t n = now_.states.n;
    const W key = key_of(now_.states.x[0], order_);
    Leading lead = before_;
    for (std::int64_t i = 0; i < n; ++i) {
      lead = lead + now_.one(i);
      if (!reached_(lead)) continue;
      const std::int64_t kept = including || before_.count + i == 0 ? i + 1 : i;
      return {key, kept > 0 ? column(kept - 1) : -1, before_.count + kept};
    }
    return {key, column(n - 1), before_.count + n};
  }

  std::int64_t column(std::int64_t i) const {
    const auto* const columns = now_.states.columns;
    return columns == nullptr ? i : static_cast<std::int64_t>(columns[i]);
  }

  Prefix<W> end_among_few(bool including) const {
    auto& few = sample_.ranks;
    const std::int64_t n = now_.states.n;
    for (std::int64_t i = 0; i < n; ++i) few[static_cast<std::size_t>(i)] = now_.ranked(i, order_);
    sort_by_key(few, static_cast<std::size_t>(n), sample_.spare);
    std::int64_t kept = 0;
    bool reached = false;
    for (Leading lead = before_; kept < n && !reached; ++kept) {
      lead = lead + now_.one(few[static_cast<std::size_t>(kept)].at);
      reached = reached_(lead);
    }
    if (reached && !including && before_.count + kept > 1) --kept;
    // Without a state here, those before end above the first key.
    const Ranked<W>& end = few[static_cast<std::size_t>(std::max<std::int64_t>(kept - 1, 0))];
    return {end.key, kept > 0 ? column(end.at) : -1, before_.count + kept};
  }

  Searched<W> now_;
  Leading before_;
  kernels::Order<W> order_;
  const Reached& reached_;
  SampleRoom<W>& sample_;
  ListRoom<W>*to_, *from_;
  Bracket<W> region_{kLowest, kInfinity};  // where the keys of what is searched lie
  Slow slow_;
  bool all_alike_ = false, began_ = false;
};

}  // namespace gibbs::sampling
