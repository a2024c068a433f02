#pragma once
// The same batch laid out in memory in every way that Rows can name.

#include <algorithm>
#include <cstdint>
#include <gibbs/rows.hpp>
#include <memory>
#include <vector>

#include "support/ulp.hpp"

namespace gibbs::testing {

struct Layout {
  const char* name;
  bool columns_first;
  std::int64_t step;   // between neighbours on the fast axis; negative runs backwards
  std::int64_t gap;    // elements between one line of the fast axis and the next
  bool upside_down;    // the slow axis runs backwards
  std::int64_t start;  // elements before the first, so that the first is not aligned
};

inline constexpr Layout kLayouts[] = {
    {"row after row", false, 1, 0, false, 0},
    {"odd start and padded rows", false, 1, 3, false, 1},
    {"every second element", false, 2, 1, false, 3},
    {"backwards", false, -1, 0, false, 5},
    {"rows upside down", false, 1, 2, true, 1},
    {"columns first", true, 1, 0, false, 0},
    {"columns first, padded, odd start", true, 1, 5, false, 3},
    {"columns first, every third, upside down", true, 3, 1, true, 2},
    {"columns first, backwards", true, -1, 0, false, 7},
};

// Owns rows x cols elements in a layout, and guards every element between them.
template <Score T>
class Batch {
 public:
  Batch(std::int64_t rows, std::int64_t cols, const Layout& layout = kLayouts[0]) {
    const std::int64_t fast = layout.columns_first ? rows : cols;
    const std::int64_t slow = layout.columns_first ? cols : rows;
    const std::int64_t step = layout.step < 0 ? -layout.step : layout.step;
    const std::int64_t line = fast * step + layout.gap;
    storage_.assign(static_cast<std::size_t>(layout.start + slow * line + 8), guard());
    T* first = storage_.data() + layout.start;
    if (layout.step < 0 && fast > 0) first += (fast - 1) * step;
    if (layout.upside_down && slow > 0) first += (slow - 1) * line;
    const std::int64_t slow_step = layout.upside_down ? -line : line;
    view_ = layout.columns_first ? Rows<T>(first, rows, cols, layout.step, slow_step)
                                 : Rows<T>(first, rows, cols, slow_step, layout.step);
  }

  const Rows<T>& view() const { return view_; }
  Rows<const T> input() const { return view_; }
  T& operator()(std::int64_t row, std::int64_t col) { return view_(row, col); }
  T operator()(std::int64_t row, std::int64_t col) const { return view_(row, col); }

  // The elements that belong to no state and were written to.
  std::int64_t guards_touched() const {
    std::int64_t touched = 0;
    for (const T& value : storage_) touched += is_guard(value) ? 0 : 1;
    return touched - view_.rows * view_.cols;
  }

 private:
  static T guard() { return from_double<T>(kGuard); }
  static bool is_guard(T value) { return to_double(value) == to_double(guard()); }
  static constexpr double kGuard = -2048;  // no probability, and exact in every type

  std::vector<T> storage_;
  Rows<T> view_;
};

template <Score T>
void fill(Batch<T>& batch, const std::vector<T>& values) {
  std::size_t next = 0;
  for (std::int64_t i = 0; i < batch.view().rows; ++i) {
    for (std::int64_t j = 0; j < batch.view().cols; ++j) batch(i, j) = values[next++];
  }
}

template <Score T>
std::vector<T> values_of(const Batch<T>& batch) {
  std::vector<T> values;
  for (std::int64_t i = 0; i < batch.view().rows; ++i) {
    for (std::int64_t j = 0; j < batch.view().cols; ++j) values.push_back(batch(i, j));
  }
  return values;
}

// A mask that can be viewed as Rows, which std::vector<bool> cannot.
class Mask {
 public:
  Mask() = default;
  explicit Mask(const std::vector<bool>& on) : on_(new bool[on.size() + 1]), size_(on.size()) {
    std::copy(on.begin(), on.end(), on_.get());
  }
  // As `rows` rows; not given if it was made of nothing.
  Rows<const bool> view(std::int64_t rows = 1) const {
    if (!on_) return {};
    return {on_.get(), rows, static_cast<std::int64_t>(size_) / rows};
  }

 private:
  std::shared_ptr<bool[]> on_;
  std::size_t size_ = 0;
};

}  // namespace gibbs::testing
