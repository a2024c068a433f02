#pragma once
// The law of a row while the filters of a chain work on it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>

#include "kernels/truncation.hpp"
#include "sampling/portable_scalar.hpp"
#include "sampling/prefix.hpp"
#include "sampling/truncation_room.hpp"
#include "sampling/wide_number.hpp"

namespace gibbs::sampling {

// A prefix of k states.
struct ByCount {
  static constexpr bool kByMass = false, kByMoment = false;
  std::int64_t k;
  bool operator()(const Leading& lead) const { return lead.count >= k; }
};

// p = exp(beta x) / sum over the states that are left. The row stays where it is as long as all its
// states do; then it is a list of scores and columns. Weights are computed when they are asked for,
// and a list that only a draw will look at is not made.
template <class W>
class RowLaw {
 public:
  using Column = kernels::ColumnOf<W>;
  static constexpr W kNone = -std::numeric_limits<W>::infinity();

  // A row of n scores, no NaN or +inf among them.
  RowLaw(const W* x, std::int64_t n, const kernels::Extent<W>& extent, TruncationRoom<W>& room)
      : room_(room), row_(x), x_(x), n_(n), top_(extent.max), reference_(extent.max) {
    count_ = extent.min > kNone ? n : kernels::spread_of(x, n, 0, 0).count;
  }

  // How many states there are; the functions below need one.
  std::int64_t count() const { return count_; }
  // Whether no score has been changed, but by the temperature.
  bool unedited() const { return !edited_; }
  // As it is used: in the precision of the scores, which it can be multiplied with.
  double beta() const { return static_cast<double>(usable_beta()); }
  // Weights are exp((x - reference) beta).
  W reference() const { return reference_; }

  // The mass, and the moment or square if asked for.
  const kernels::WeightSums& sums(kernels::Sums asked = kernels::Sums::kMass) {
    using kernels::Sums;
    if (asked != Sums::kMass) make_list();
    if (known_ >= Known::kMass && (asked == Sums::kMass || asked == with_)) return sums_;
    if (pending_) {
      auto cut = cut_of(pending_->order, pending_->prefix);
      cut.blocks = room_.blocks.data();
      sums_ = {kernels::cut_states(cut).above.mass};
    } else if (known_ == Known::kWeights && asked == Sums::kMass) {
      sums_ = {kernels::sum_weights(own_weights(), n_, room_.blocks.data())};
    } else {
      sums_ = kernels::weigh(x_, n_, weighing(), asked, own_weights(), room_.blocks.data());
    }
    known_ = Known::kMass;
    with_ = asked;
    if (is_row()) row_mass_ = {beta(), sums_.mass};
    return sums_;
  }
  // The mass of the whole row at some beta, if it has been found.
  struct RowMass {
    double beta = -1, mass = 0;
  };
  const RowMass& row_mass() const { return row_mass_; }

  // What a draw needs, after sums(): places, of which some may have been left out and weigh
  // nothing, their scores and columns, and the masses of blocks of them.
  std::int64_t places() const { return n_; }
  W score_at(std::int64_t i) const { return x_[i]; }
  std::int64_t column_at(std::int64_t i) const {
    return columns_ == nullptr ? i : static_cast<std::int64_t>(columns_[i]);
  }
  W weight_at(std::int64_t i) const { return pending_ && !is_kept(i) ? W{0} : own_weights()[i]; }
  const double* blocks() const { return room_.blocks.data(); }

  // Only states, but for a row that is still where it was: -inf where it has none.
  kernels::States<W> states() {
    make_list();
    return {x_, columns_, n_};
  }
  W top() {
    make_list();
    return top_;
  }

  // A temperature > 0; infinity makes all alike, for whatever comes later too.
  void divide_by(double temperature) {
    make_list();
    if (temperature == std::numeric_limits<double>::infinity()) {
      return set_states([](W) { return W{0}; });
    }
    beta_.divide_by(temperature);
    known_ = Known::kNothing;
    reference_ = top_;
    if (beta_.value() >= kLeastBeta) return;
    // At the least beta such scores are all alike, but keep their order; higher ones are divided.
    constexpr double kHigh = sizeof(W) == 4 ? 0x1p+60 : 0x1p+900;
    const bool high = std::any_of(
        x_, x_ + n_, [](W x) { return x != kNone && std::abs(static_cast<double>(x)) > kHigh; });
    if (high) set_states([this](W x) { return static_cast<W>(beta_.of(static_cast<double>(x))); });
  }

  // States of x >= threshold, and the highest.
  void keep_from(double threshold) {
    make_list();
    keep({}, {std::clamp(not_below(threshold), kLowest, top_), kAllColumns, 0});
  }

  // The shortest prefix in an order at which reached() is so: with the state at which it happens,
  // or without, but never nothing; with all that tie with its last state, if `all_ties`.
  struct Ending {
    bool including = true, all_ties = false;
  };
  template <class Reached>
  void keep_prefix(const kernels::Order<W>& order, const Reached& reached, Ending ending) {
    make_list();
    const auto all = searched(Reached::kByMass, Reached::kByMoment);
    if (!reached(all.totals)) return;
    Prefix<W> prefix = PrefixSearch<W, Reached>(all, order, reached, room_).find(ending.including);
    if (ending.all_ties) prefix.last_column = kAllColumns;
    if (!Reached::kByMass || ending.all_ties) return keep(order, prefix);
    pending_ = {order, prefix};
    count_ = prefix.count;
    known_ = std::min(known_, Known::kWeights);
  }

  // The first of the highest alone.
  void keep_first_maximum() {
    keep_from(static_cast<double>(top()));
    if (count_ > 1) become_list(1);
  }

  // The k highest scores, or all if there are fewer; descending. Valid until the next call.
  std::span<const W> highest(std::int64_t k) {
    make_list();
    W low = kLowest;
    if (k < count_) {
      const ByCount reached{k};
      low = PrefixSearch<W, ByCount>(searched(false, false), {}, reached, room_).find(true).last;
    }
    const std::int64_t found = copy_from(low, room_.candidates);
    W* const x = room_.candidates.x();
    std::sort(x, x + found, std::greater<>());
    return {x, static_cast<std::size_t>(std::min(k, found))};
  }

  // Copies the states of x >= low; how many.
  std::int64_t copy_from(W low, ListRoom<W>& to) {
    make_list();
    return copy(cut_of({}, {std::max(low, kLowest), kAllColumns, 0}), to);
  }
  // The least score that is not below a threshold.
  static W not_below(double threshold) {
    const W rounded = static_cast<W>(threshold);
    return static_cast<double>(rounded) < threshold
               ? std::nextafter(rounded, std::numeric_limits<W>::infinity())
               : rounded;
  }

  // x beta of the tokens in `edits` (ascending, each once) becomes change(x beta, amount), at most
  // the largest number; an amount of -inf leaves the token out. One that is no longer a state stays
  // none.
  template <class Change>
  void edit(std::span<const Edit> edits, const Change& change) {
    if (edits.empty()) return;
    W* const x = own_scores();
    bool gone = false;
    for (const Edit& edit : edits) {
      const std::int64_t i = place_of(edit.token);
      if (i < 0 || x[i] == kNone) continue;
      const bool goes = edit.amount == -std::numeric_limits<double>::infinity();
      x[i] =
          goes ? kNone : score_of(change(within(static_cast<double>(x[i]) * beta()), edit.amount));
      gone |= goes;
    }
    end_edit(gone);
  }

  // Leaves out states by their columns, not all.
  void leave_out(std::span<const Column> columns) {
    make_list();
    const bool weighed = known_ >= Known::kWeights;
    W* const x = own_copy();
    for (const Column column : columns) {
      const std::int64_t i = place_of(column);
      x[i] = kNone;
      if (weighed) own_weights()[i] = 0;
    }
    known_ = std::min(known_, Known::kWeights);
    count_ -= static_cast<std::int64_t>(columns.size());
    if (columns_) close_gaps();
    see_top();
  }

 private:
  enum class Known { kNothing, kWeights, kMass };  // of the weights
  // Beyond these a product with beta could overflow, or be 0 infinity.
  static constexpr double kLeastBeta = sizeof(W) == 4 ? 0x1p-100 : 0x1p-1000;
  static constexpr double kMostBeta = static_cast<double>(std::numeric_limits<W>::max()) / 4;
  static constexpr W kLowest = std::numeric_limits<W>::lowest();
  static constexpr std::int64_t kAllColumns = std::numeric_limits<Column>::max();

  W usable_beta() const { return static_cast<W>(std::clamp(beta_.value(), kLeastBeta, kMostBeta)); }
  kernels::Weighing<W> weighing() const { return {reference_, usable_beta()}; }
  W* own_weights() const { return columns_ ? room_.list.w() : room_.weights.data(); }
  bool is_row() const { return x_ == row_ && !pending_; }

  Searched<W> searched(bool by_mass, bool by_moment) {
    Searched<W> all{{x_, columns_, n_}, nullptr, weighing(), {count_, 0, 0}};
    if (!by_mass) return all;
    const auto& total = sums(by_moment ? kernels::Sums::kMoment : kernels::Sums::kMass);
    all.w = own_weights();
    all.totals = {count_, total.mass, total.moment};
    return all;
  }

  kernels::Cut<W> cut_of(const kernels::Order<W>& order, const Prefix<W>& prefix) const {
    kernels::Cut<W> cut;
    cut.from = {x_, columns_, n_};
    cut.order = order;
    cut.low = prefix.last;
    cut.low_column = static_cast<Column>(prefix.last_column);
    if (known_ >= Known::kWeights) cut.w = own_weights();
    return cut;
  }
  static std::int64_t copy(kernels::Cut<W> cut, const ListRoom<W>& to) {
    cut.x = to.x();
    cut.columns = to.columns();
    if (cut.w != nullptr) cut.to_w = to.w();
    return kernels::cut_states(cut).within;
  }

  void keep(const kernels::Order<W>& order, const Prefix<W>& prefix) {
    const std::int64_t kept = copy(cut_of(order, prefix), room_.list);
    if (kept == count_ && !pending_) return;
    pending_.reset();
    become_list(kept);
    if (order.by_distance) see_top();
  }

  // A prefix that was found and is not a list yet.
  struct Pending {
    kernels::Order<W> order;
    Prefix<W> prefix;
  };
  void make_list() {
    if (!pending_) return;
    const Pending found = *pending_;
    keep(found.order, found.prefix);
  }
  bool is_kept(std::int64_t i) const {
    const W key = key_of(x_[i], pending_->order), last = pending_->prefix.last;
    return key > last || (key == last && column_at(i) <= pending_->prefix.last_column);
  }

  void become_list(std::int64_t kept) {
    x_ = room_.list.x();
    columns_ = room_.list.columns();
    known_ = std::min(known_, Known::kWeights);
    n_ = count_ = kept;
  }

  // Takes what is no longer a state out of a list.
  void close_gaps() {
    W *const x = room_.list.x(), *const w = room_.list.w();
    Column* const columns = room_.list.columns();
    const bool weighed = known_ >= Known::kWeights;
    std::int64_t kept = 0;
    for (std::int64_t i = 0; i < n_; ++i) {
      const bool stays = x[i] != kNone;
      x[kept] = x[i];
      columns[kept] = columns[i];
      if (weighed) w[kept] = w[i];
      kept += stays ? 1 : 0;
    }
    become_list(kept);
  }

  void see_top() {
    top_ = kernels::extent_of(x_, n_).max;
    // Weights relative to another score are as good, unless they are so small that some are lost.
    constexpr double kFar = 16;
    const double above = static_cast<double>(reference_) - static_cast<double>(top_);
    if (above >= 0 && above * beta() < kFar && known_ != Known::kNothing) return;
    reference_ = top_;
    known_ = Known::kNothing;
  }

  // The scores, to be written to.
  W* own_scores() {
    make_list();
    edited_ = true;
    known_ = Known::kNothing;
    return own_copy();
  }
  W* own_copy() {
    if (columns_) return room_.list.x();
    W* const own = room_.edited.at_least(n_ + kernels::kTruncationPad);
    if (x_ != own) std::copy_n(x_, n_, own);
    x_ = own;
    return own;
  }

  void end_edit(bool gone) {
    if (gone && columns_) close_gaps();
    if (gone && !columns_) count_ = kernels::spread_of(x_, n_, 0, 0).count;
    if (count_ > 0) see_top();
  }

  std::int64_t place_of(std::int64_t token) const {
    if (columns_ == nullptr) return token;
    const Column* const end = columns_ + n_;
    const Column* const at = std::lower_bound(columns_, end, static_cast<Column>(token));
    return at != end && static_cast<std::int64_t>(*at) == token ? at - columns_ : -1;
  }

  // What x beta is a score of, as a number.
  W score_of(double scaled) const {
    constexpr auto kMost = static_cast<double>(std::numeric_limits<W>::max());
    return static_cast<W>(std::clamp(within(scaled) / beta(), -kMost, kMost));
  }

  // Scores become score(x), and beta 1.
  template <class Score>
  void set_states(const Score& score) {
    W* const x = own_scores();
    for (std::int64_t i = 0; i < n_; ++i) {
      if (x[i] != kNone) x[i] = score(x[i]);
    }
    beta_ = {};
    see_top();
  }

  TruncationRoom<W>& room_;
  const W *row_, *x_;
  const Column* columns_ = nullptr;
  std::int64_t n_, count_ = 0;
  W top_, reference_;
  WideNumber beta_;
  bool edited_ = false;
  std::optional<Pending> pending_;
  Known known_ = Known::kNothing;
  kernels::Sums with_ = kernels::Sums::kMass;  // what sums_ has beside the mass
  kernels::WeightSums sums_;
  RowMass row_mass_;
};

}  // namespace gibbs::sampling
