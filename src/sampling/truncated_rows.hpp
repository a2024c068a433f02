#pragma once
// What draws from truncated laws and the writing of these laws share: rows, chains, outputs.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "gibbs/sampling/truncation.hpp"
#include "maps/lanes.hpp"
#include "maps/threads.hpp"
#include "sampling/apply_filter.hpp"
#include "sampling/check_chain.hpp"
#include "sampling/row_ids.hpp"
#include "sampling/whole_law.hpp"

namespace gibbs::sampling {

inline base::Shape shape_of(const auto& rows) { return {rows.rows, rows.cols}; }

// A row of scores as the filters want it, and why there is none.
template <class W>
struct OpenRow {
  DrawStatus status = DrawStatus::kNoState;
  const W* x = nullptr;
  kernels::Extent<W> extent;
};

// `Options` are TruncationOptions or TruncateOptions.
template <Score T, class Options>
class TruncatedRows {
 public:
  using W = working_t<T>;

  TruncatedRows(const char* function, const Rows<const T>& scores, const ChainPerRow& chain,
                const Options& options)
      : scores_(scores),
        chain_(chain),
        options_(options),
        source_(scores, options.mask),
        ids_(checked(function, scores, options), options.first_row, options.row_ids, scores.rows) {
    check_outputs(function);
    check_chains(function);
    if (options.kept_columns != nullptr) {
      kept_columns_.resize(static_cast<std::size_t>(scores.rows));
    }
  }

  std::int64_t cols() const { return scores_.cols; }
  bool has_mirostat() const { return needs_.mirostat; }
  bool has_coin() const { return needs_.coin; }

  // What the mirostat of a row's chain is steered to; not the row's, if its chain has none.
  std::optional<MirostatV2> mirostat_of(std::int64_t row) const {
    for (const Filter& filter : chain_[row].filters) {
      if (const auto* one = std::get_if<Mirostat>(&filter)) return MirostatV2{one->tau, one->eta};
      if (const auto* two = std::get_if<MirostatV2>(&filter)) return *two;
    }
    return std::nullopt;
  }

  // Calls body(row, room) for every row, on threads, and collects what was kept.
  template <class Body>
  void run(const Body& body) {
    maps::for_each_task(scores_.rows, scores_.rows * scores_.cols, [&](std::int64_t row) {
      auto& room = TruncationRoom<W>::mine();
      room.at_least(scores_.cols);
      body(row, room);
    });
    if (options_.kept_columns != nullptr) join_kept_columns();
  }

  OpenRow<W> open(std::int64_t row, TruncationRoom<W>& room) const {
    const std::int64_t n = scores_.cols;
    W* const own = source_.copies() ? room.row.at_least(n) : nullptr;
    OpenRow<W> open;
    open.x = source_.lanes(row, 1, 0, n, own, n).data;
    open.extent = kernels::extent_of(open.x, n);
    if (open.extent.nan) {
      open.status = DrawStatus::kNaN;
    } else if (open.extent.max > -kInfinity) {
      open.status = DrawStatus::kDrawn;
      if (open.extent.max == kInfinity) share_among_infinities(open, room);
    }
    return open;
  }

  // The law of an open row, as the chain leaves it for a draw; no state, no law.
  std::optional<RowLaw<W>> law(std::int64_t row, std::uint64_t draw, const OpenRow<W>& open,
                               TruncationRoom<W>& room, RowContext& context) const {
    context = RowContext{RowNoise({options_.seed, options_.stream}, ids_[row]), draw, scores_.cols};
    const auto at = static_cast<std::size_t>(row);
    if (!options_.mirostat.empty()) context.mu = options_.mirostat[at].mu;
    RowLaw<W> law(open.x, scores_.cols, open.extent, room);
    const std::int64_t states = law.count();
    apply_chain(chain_[row], context, room, law);
    if (law.count() == 0) return std::nullopt;
    context.states = states;
    return law;
  }

  WholeLaw<W> full_law(const OpenRow<W>& open, const RowLaw<W>& law, const RowContext& context,
                       TruncationRoom<W>& room) const {
    const double t = options_.full == FullLaw::kModel ? 1 : context.temperature.value();
    return {open.x, scores_.cols, open.extent.max, t, law, room};
  }

  void write_status(std::int64_t row, DrawStatus status) const {
    if (!options_.status.empty()) options_.status[static_cast<std::size_t>(row)] = status;
  }

  // What was kept of a row; nothing, without a law.
  void write_kept(std::int64_t row, RowLaw<W>* law) {
    const auto at = static_cast<std::size_t>(row);
    if (!options_.kept.empty()) options_.kept[at] = law ? law->count() : 0;
    if (!law && !options_.kept_mass.empty()) options_.kept_mass[at] = 0;
    if (!law || options_.kept_columns == nullptr) return;
    const auto states = law->states();
    for (std::int64_t i = 0; i < states.n; ++i) {
      if (states.x[i] > -kInfinity) kept_columns_[at].push_back(law->column_at(i));
    }
  }

 private:
  static constexpr W kInfinity = std::numeric_limits<W>::infinity();

  static const char* checked(const char* function, const Rows<const T>& scores,
                             const Options& options) {
    base::check_size(function, "scores", shape_of(scores));
    // Columns are counted in as many bits as a score has.
    constexpr auto kMost = std::numeric_limits<kernels::ColumnOf<W>>::max() - 4096;
    if (scores.cols > kMost) {
      base::refuse_value(function, "scores must have fewer columns",
                         static_cast<double>(scores.cols));
    }
    if (!options.mask.empty()) {
      base::check_row_or_same(function, "mask", shape_of(options.mask), shape_of(scores));
    }
    return function;
  }

  void check_outputs(const char* function) const {
    const auto check = [&](const char* name, const auto& span) {
      if (span.empty()) return;
      base::check_length(function, name, static_cast<std::int64_t>(span.size()), scores_.rows);
    };
    check("kept_mass", options_.kept_mass);
    check("kept", options_.kept);
    check("status", options_.status);
  }

  void check_chains(const char* function) {
    if (!chain_.is_one()) base::check_length(function, "chain", chain_.size(), scores_.rows);
    for (std::int64_t i = 0; i < (chain_.is_one() ? 1 : scores_.rows); ++i) {
      const ChainNeeds one = check_chain(function, chain_[i], scores_.cols);
      needs_.mirostat |= one.mirostat;
      needs_.coin |= one.coin;
    }
    const auto states = static_cast<std::int64_t>(options_.mirostat.size());
    if (needs_.mirostat) base::check_length(function, "mirostat", states, scores_.rows);
    if (!needs_.mirostat && states > 0) {
      base::refuse(function, "mirostat must be empty where no chain has one");
    }
    for (const MirostatState& state : options_.mirostat) {
      if (std::isnan(state.mu)) base::refuse(function, "mu of a mirostat must not be NaN");
    }
  }

  // 0 for those of +inf, -inf for the others.
  void share_among_infinities(OpenRow<W>& open, TruncationRoom<W>& room) const {
    W* const own = room.row.at_least(scores_.cols);
    for (std::int64_t j = 0; j < scores_.cols; ++j) {
      own[j] = open.x[j] == kInfinity ? W{0} : -kInfinity;
    }
    open.x = own;
    open.extent = kernels::extent_of(own, scores_.cols);
  }

  void join_kept_columns() {
    KeptColumns& all = *options_.kept_columns;
    all.row_offsets.assign(1, 0);
    all.columns.clear();
    for (const auto& of_row : kept_columns_) {
      all.columns.insert(all.columns.end(), of_row.begin(), of_row.end());
      all.row_offsets.push_back(static_cast<std::int64_t>(all.columns.size()));
    }
  }

  Rows<const T> scores_;
  const ChainPerRow& chain_;
  const Options& options_;
  maps::Source<T> source_;
  RowIds ids_;
  ChainNeeds needs_;
  std::vector<std::vector<std::int64_t>> kept_columns_;
};

}  // namespace gibbs::sampling
