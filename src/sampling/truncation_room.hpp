#pragma once
// Memory that the truncation of a row works in; a thread keeps it from row to row.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "kernels/truncation.hpp"
#include "sampling/ranked.hpp"

namespace gibbs::sampling {

// Lanes that only grow; what was in them is lost when they do. Aligned to a cache line.
template <class T>
class Lanes {
 public:
  T* data() const { return data_.get(); }
  T* at_least(std::int64_t count) {
    if (count > size_) {
      const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
      data_.reset();
      data_.reset(static_cast<T*>(::operator new(bytes, kAlignment)));
      size_ = count;
    }
    return data_.get();
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(T* p) const { ::operator delete(p, kAlignment); }
  };
  std::unique_ptr<T, Free> data_;
  std::int64_t size_ = 0;
};

// Room for a list of states and their weights. All lie in one piece of memory, so that scores and
// columns, which are written together, do not begin at the same place of a page: that would slow
// both down.
template <class W>
class ListRoom {
 public:
  using Column = kernels::ColumnOf<W>;
  static_assert(sizeof(Column) == sizeof(W));

  void at_least(std::int64_t n) {
    const std::int64_t lanes = n + kernels::kTruncationPad;
    x_ = reinterpret_cast<W*>(memory_.at_least(3 * lanes));
    columns_ = memory_.data() + lanes;
    w_ = x_ + 2 * lanes;
  }
  W* x() const { return x_; }
  Column* columns() const { return columns_; }
  W* w() const { return w_; }

 private:
  Lanes<Column> memory_;
  W *x_ = nullptr, *w_ = nullptr;
  Column* columns_ = nullptr;
};

// A state of a sample: how many it stands for, and what one of them adds to a prefix.
struct SampledState {
  double share = 0;
  Leading one;
};
// Sums over a state of a sample and those after it.
struct AfterState {
  double count = 0, mass = 0, moment = 0, variance = 0;
};

// A sample of three layers of states, in the order of their keys. Kept, since it takes longer to
// clear than to fill.
template <class W>
struct SampleRoom {
  static constexpr std::int64_t kLayer = 256;
  static constexpr std::size_t kSize = 3 * static_cast<std::size_t>(kLayer);
  std::array<Ranked<W>, kSize> ranks, spare;
  std::array<SampledState, kSize> sampled;  // by Ranked::at
  std::array<AfterState, kSize + 1> after;
};

// A change of one score.
struct Edit {
  std::int64_t token = 0;
  double amount = 0;
};

template <class W>
struct TruncationRoom {
  Lanes<W> row, edited, weights;
  Lanes<double> blocks;
  ListRoom<W> list, candidates, spare;
  SampleRoom<W> sample;
  std::vector<Edit> edits;
  std::vector<std::int64_t> backwards, repeated;  // of DRY: the history, and how far it repeats
  std::vector<double> numbers;

  void at_least(std::int64_t n) {
    weights.at_least(n + kernels::kTruncationPad);
    blocks.at_least(kernels::sum_blocks(n));
    for (ListRoom<W>* room : {&list, &candidates, &spare}) room->at_least(n);
  }

  // That of this thread.
  static TruncationRoom& mine() {
    thread_local TruncationRoom room;
    return room;
  }
};

}  // namespace gibbs::sampling
