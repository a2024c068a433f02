// sparsemax and 1.5-entmax of rows in groups, for one SIMD target.
//
// The threshold of a row of few candidates is a chain of reductions and roots, each of which waits
// for the one before: of 256 columns three fifths of the time. So it is guessed for as many rows as
// a vector has lanes at once, and each row's own solver starts just left of its guess, where it has
// to confirm the support.

#if defined(GIBBS_KERNELS_EDGE_GROUPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GIBBS_KERNELS_EDGE_GROUPS_INL_H_
#undef GIBBS_KERNELS_EDGE_GROUPS_INL_H_
#else
#define GIBBS_KERNELS_EDGE_GROUPS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "hwy/cache_control.h"
#include "kernels/entmax.hpp"
#include "kernels/entmax_row-inl.h"
#include "kernels/short_entmax_solvers-inl.h"
#include "kernels/side_by_side-inl.h"
#include "kernels/write-inl.h"

HWY_BEFORE_NAMESPACE();
namespace gibbs::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Of longer rows the threshold is little of the time, and a group would leave the first cache; for
// fewer rows a guess takes longer than it saves.
constexpr int64_t kLongestGuessedRow = 1024, kFewestGuessedRows = 3;

// The few candidates of some rows of a group, and a guess of each threshold.
template <class D>
class ThresholdGuesses {
 public:
  using W = hn::TFromD<D>;
  static constexpr size_t kLanes = SideBySide<D>::kLanes;

  HWY_INLINE void clear() { count_ = most_ = 0; }
  HWY_INLINE static bool are_few(const Candidates<W>& c) { return c.count <= kMost; }

  // A copy of few candidates, those of row `row` of the group.
  HWY_INLINE void take(size_t row, const Candidates<W>& c) {
    W* const to = scores_ + count_ * kMost;
    const auto none = hn::Set(d_, -std::numeric_limits<W>::infinity());
    for (size_t i = 0; i < kMost; i += kLanes) {
      const auto v = i < c.count ? hn::LoadU(d_, c.scores + i) : none;
      const bool part = i < c.count && c.count - i < kLanes;
      hn::Store(part ? hn::IfThenElse(hn::FirstN(d_, c.count - i), v, none) : v, d_, to + i);
    }
    max_[count_] = c.max;
    taken_[count_++] = {row, {c.max, to, c.count}};
    most_ = std::max(most_, c.count);
  }

  // alpha = 1 + 1 / kPower. Calls body(row, candidates, left) for each row taken: its threshold is
  // right of `left` in units where its window is (-1, 0], by more than the guess is wrong.
  template <int kPower, class Body>
  HWY_INLINE void guess(double temperature, const Body& body) {
    if (count_ == 0) return;
    ShortRows<D> rows(static_cast<int64_t>(most_));
    rows.read(scores_, kMost, static_cast<int64_t>(count_));
    std::fill(max_ + count_, max_ + kLanes, max_[count_ - 1]);
    const auto view = rows.view();
    const auto top = hn::Load(d_, max_);
    const auto scale = hn::Set(d_, static_cast<W>(1 / (kPower * temperature)));
    for (size_t j = 0; j < view.cols; ++j) {
      view.store(hn::Mul(hn::Sub(view.load(j), top), scale), j);
    }
    HWY_ALIGN W guesses[kLanes];
    hn::Store(kPower == 1 ? sparsemax_threshold(view) : entmax15_threshold(view, 1e-3), d_,
              guesses);
    for (size_t k = 0; k < count_; ++k) {
      constexpr double kMargin = 1e-5;
      const double left = static_cast<double>(guesses[k]) - kMargin;
      body(taken_[k].row, taken_[k].candidates, left > -1 ? left : -1);  // also of NaN
    }
  }

 private:
  static constexpr size_t kMost = static_cast<size_t>(kLongestShortRow);
  struct Taken {
    size_t row;
    Candidates<W> candidates;
  };

  const D d_{};
  size_t count_ = 0, most_ = 0;
  Taken taken_[kLanes];
  HWY_ALIGN W scores_[kLanes * kMost];
  HWY_ALIGN W max_[kLanes];
};

// A row whose edge is known and that waits to be written.
template <class W>
struct EdgeRow {
  const W* x = nullptr;  // null: there is none
  W* out = nullptr;
  Edge<W> edge;
  double factor = 1;
  size_t label = 0;  // n: none
};

template <int kPower, class W>
HWY_INLINE Edge<W> solve_edge(const Candidates<W>& c, double temperature, double left) {
  if constexpr (kPower == 1) return solve_sparsemax(c, temperature, left);
  return solve_entmax15(c, temperature, left);
}

template <class W>
HWY_INLINE bool are_guessed(const EntmaxBatch<W>& batch) {
  return batch.cols <= kLongestGuessedRow && batch.rows >= kFewestGuessedRows;
}

// alpha = 1 + 1 / kPower. kTrail: each row of a group is written while the candidates of that
// row of the next are gathered.
template <int kPower, bool kLoss, bool kTrail, class W>
class EdgeGroups {
 public:
  using D = hn::ScalableTag<W>;

  HWY_INLINE explicit EdgeGroups(const EntmaxBatch<W>& batch)
      : batch_(batch), n_(static_cast<size_t>(batch.cols)), guesses_(are_guessed(batch)) {}

  HWY_INLINE void run() {
    const int64_t step = guesses_ ? int64_t{kLanes} : 1;
    for (int64_t first = 0; first < batch_.rows; first += step) {
      const auto count = static_cast<size_t>(std::min(step, batch_.rows - first));
      taken_.clear();
      for (size_t k = 0; k < count; ++k) gather(k, job_of(batch_, first + static_cast<int64_t>(k)));
      taken_.template guess<kPower>(
          batch_.temperature, [&](size_t k, const Candidates<W>& c, double left) HWY_ATTR {
            solve(k, job_of(batch_, first + static_cast<int64_t>(k)), c, left);
          });
    }
    for (auto& row : waiting_) write(row);
    if (batch_.stream) hwy::FlushStream();
  }

 private:
  static constexpr size_t kLanes = SideBySide<D>::kLanes;

  HWY_INLINE void gather(size_t k, const RowJob<W>& job) {
    Candidates<W> c{max_of(d_, job.x, n_), batch_.scratch, 0};
    if (!std::isfinite(c.max)) {
      write(waiting_[k]);
      return entmax_row(d_, job);
    }
    const W bound = below(c.max, kPower * batch_.temperature);
    c.count = keep(k, job, bound);
    if (!guesses_ || !taken_.are_few(c)) return solve(k, job, c, -1);
    taken_.take(k, c);
  }

  // The candidates of a row; beside them, the row that waits in its place is written.
  HWY_INLINE size_t keep(size_t k, const RowJob<W>& job, W bound) {
    EdgeRow<W>& row = waiting_[k];
    if (!kTrail || !row.x) {
      return keep_above(d_, job.x, n_, bound, batch_.scratch, job.next, [](size_t) HWY_ATTR {});
    }
    const EdgeRow<W> last = std::exchange(row, {});
    return with_map(last, [&](const auto& map) HWY_ATTR {
      return keep_above(d_, job.x, n_, bound, batch_.scratch, job.next, [&](size_t i) HWY_ATTR {
        hn::Stream(map(hn::LoadU(d_, last.x + i), i), d_, last.out + i);
      });
    });
  }

  HWY_INLINE void solve(size_t k, const RowJob<W>& job, const Candidates<W>& c, double left) {
    const auto edge = solve_edge<kPower>(c, batch_.temperature, left);
    if constexpr (!kTrail) return finish_edge<kPower>(d_, job, c, edge);
    if (!tell_edge(d_, job, c, edge)) return;
    waiting_[k] = {job.x, job.out, edge, job.label.factor(),
                   job.label.takes() ? job.label.column() : n_};
  }

  HWY_INLINE void write(EdgeRow<W>& row) {
    if (!row.x) return;
    with_map(row, [&](const auto& map)
                      HWY_ATTR { write_mapped(d_, row.x, n_, batch_.stream, row.out, map); });
    row.x = nullptr;
  }

  // Calls body(map) with what a row is written by.
  template <class Body>
  HWY_INLINE auto with_map(const EdgeRow<W>& row, const Body& body) const {
    const EdgeMap<kPower, D> map(d_, row.edge, 1.0 / kPower, row.factor);
    if constexpr (kLoss) {
      return body(LabelMap<EdgeMap<kPower, D>, D>{d_, map, row.label});
    } else {
      return body(map);
    }
  }

  const D d_{};
  const EntmaxBatch<W>& batch_;
  size_t n_;
  bool guesses_;
  ThresholdGuesses<D> taken_;
  EdgeRow<W> waiting_[kLanes];
};

template <int kPower, bool kLoss, bool kTrail, class W>
HWY_NOINLINE void edge_groups(const EntmaxBatch<W>& batch) {
  EdgeGroups<kPower, kLoss, kTrail, W>(batch).run();
}

// Whether rows of a batch larger than the caches, of one block and whole vectors, are written
// around them (see Trail in exp_pass-inl.h).
template <class W>
HWY_INLINE bool trails_edges(const EntmaxBatch<W>& batch) {
  const size_t lanes = hn::Lanes(hn::ScalableTag<W>());
  return batch.stream && !batch.summaries && batch.cols <= 4096 &&
         static_cast<size_t>(batch.cols) % lanes == 0 &&
         (reinterpret_cast<uintptr_t>(batch.out) |
          static_cast<size_t>(batch.out_stride) * sizeof(W)) %
                 (lanes * sizeof(W)) ==
             0;
}

template <class W>
HWY_INLINE bool goes_in_groups(const EntmaxBatch<W>& batch) {
  if (batch.alpha != 2 && batch.alpha != 1.5) return false;
  return are_guessed(batch) || trails_edges(batch);
}

template <int kPower, class W>
HWY_INLINE void edge_groups_of(const EntmaxBatch<W>& batch) {
  if (!trails_edges(batch)) return edge_groups<kPower, false, false>(batch);
  if (batch.loss) return edge_groups<kPower, true, true>(batch);
  edge_groups<kPower, false, true>(batch);
}

template <class W>
HWY_INLINE void edge_groups_batch(const EntmaxBatch<W>& batch) {
  if (batch.alpha == 2) return edge_groups_of<1>(batch);
  edge_groups_of<2>(batch);
}

}  // namespace HWY_NAMESPACE
}  // namespace gibbs::kernels
HWY_AFTER_NAMESPACE();

#endif
