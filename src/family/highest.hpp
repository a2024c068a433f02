#pragma once
// The k highest scores of a row, without sorting it.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "family/kth_highest.hpp"
#include "maps/workspace.hpp"

namespace gibbs::family {

// Finds the k highest of rows of one length. The maxima of some 2 k disjoint parts of a row say how
// high the k-th score is at least; about 1.4 k scores of a row in random order are as high, and
// only among these is a selection made. So a row is read twice, in vectors.
template <class W>
class Highest {
 public:
  // 0 <= k <= cols
  Highest(std::int64_t cols, std::int64_t k)
      : cols_(cols), k_(k), columns_(cols + 1), values_(2 * cols) {
    const std::int64_t parts = (2 * k + kLanes - 1) / kLanes;
    // Parts of less than two vectors of lanes would spare no work.
    if (2 * parts * kLanes <= cols) maxima_.resize(static_cast<std::size_t>(2 * parts * kLanes));
  }

  // Finds them in x, which has cols numbers, -inf where there is no state. Of equal ones the first
  // come first. False if there is a NaN.
  bool find(const W* x) {
    bool nan = false;
    const W bound = bound_below(x, &nan);
    if (nan) return false;
    found_ = k_ == 0 ? 0 : collect(x, std::max(bound, std::numeric_limits<W>::lowest()));
    if (found_ > k_) keep_k(x);
    return true;
  }

  // What was found, in ascending order: k columns, or all that have a state.
  std::int64_t found() const { return found_; }
  const std::int64_t* columns() const { return columns_.data(); }

 private:
  // Numbers that are compared at once, in as many vectors as there are: g++ 12 unrolls a loop over
  // 16 before it looks for vectors, and finds none.
  static constexpr std::int64_t kLanes = 32;

  // Whether something is so, by way of W: g++ 12 chooses no vector of integers by doubles.
  using Flag = std::conditional_t<sizeof(W) == 4, std::int32_t, std::int64_t>;

  // At least k numbers of x are as high as this; -inf where that would not spare any work.
  W bound_below(const W* x, bool* nan) {
    const auto parts = static_cast<std::int64_t>(maxima_.size()) / (2 * kLanes);
    const std::int64_t length = parts == 0 ? 0 : cols_ / parts / kLanes * kLanes;
    for (std::int64_t i = 0; i < parts; ++i) {
      *nan |= add_maxima(x + i * length, length, maxima_.data() + i * kLanes);
    }
    W rest[kLanes];
    *nan |= add_maxima(x + parts * length, cols_ - parts * length, rest);
    if (parts == 0 || k_ == 0 || *nan) return -std::numeric_limits<W>::infinity();
    return kth_highest(maxima_.data(), maxima_.data() + kLanes * parts, kLanes * parts, k_);
  }

  // maxima[l] = the highest of x[l], x[l + kLanes] ...; whether there is a NaN.
  static bool add_maxima(const W* x, std::int64_t n, W* maxima) {
    W top[kLanes];
    W nan[kLanes] = {};
    std::fill_n(top, kLanes, -std::numeric_limits<W>::infinity());
    std::int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      for (std::int64_t l = 0; l < kLanes; ++l) {
        top[l] = x[i + l] > top[l] ? x[i + l] : top[l];
        nan[l] = std::isnan(x[i + l]) ? x[i + l] : nan[l];
      }
    }
    for (; i < n; ++i) nan[0] = std::isnan(x[i]) ? x[i] : nan[0];
    std::copy_n(top, kLanes, maxima);
    return std::any_of(nan, nan + kLanes, [](W seen) { return std::isnan(seen); });
  }

  // The columns of all x >= bound; how many.
  std::int64_t collect(const W* x, W bound) {
    std::int64_t count = 0, i = 0;
    for (; i + kLanes <= cols_; i += kLanes) {
      Flag any = 0;
      for (std::int64_t l = 0; l < kLanes; ++l)
        any |= std::bit_cast<Flag>(x[i + l] >= bound ? W{1} : W{0});
      if (any != 0) count = append(x, i, i + kLanes, bound, count);
    }
    return append(x, i, cols_, bound, count);
  }

  std::int64_t append(const W* x, std::int64_t from, std::int64_t to, W bound, std::int64_t count) {
    for (std::int64_t j = from; j < to; ++j) {
      columns_.data()[count] = j;
      count += x[j] >= bound ? 1 : 0;
    }
    return count;
  }

  // Leaves the k highest of more than k found.
  void keep_k(const W* x) {
    W* const values = values_.data();
    std::transform(columns(), columns() + found_, values, [&](std::int64_t j) { return x[j]; });
    const W last = kth_highest(values, values + found_, found_, k_);
    found_ = keep_if([&](std::int64_t j) { return x[j] >= last; });
    if (found_ == k_) return;
    const auto stays = [&, ties = k_ - above(x, last)](std::int64_t j) mutable {
      return x[j] > last || ties-- > 0;
    };
    found_ = keep_if(stays);
  }

  // The columns found at which `stays` says so; how many. Without a branch.
  template <class Stays>
  std::int64_t keep_if(Stays stays) {
    std::int64_t kept = 0;
    for (std::int64_t i = 0; i < found_; ++i) {
      const std::int64_t j = columns()[i];
      columns_.data()[kept] = j;
      kept += stays(j) ? 1 : 0;
    }
    return kept;
  }

  std::int64_t above(const W* x, W last) const {
    return std::count_if(columns(), columns() + found_,
                         [&](std::int64_t j) { return x[j] > last; });
  }

  std::int64_t cols_, k_, found_ = 0;
  maps::Buffer<std::int64_t> columns_;
  maps::Buffer<W> values_;
  std::vector<W> maxima_;  // and as much room for the selection
};

}  // namespace gibbs::family
