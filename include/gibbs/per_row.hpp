#pragma once
// A parameter that is one number for the whole batch, or one number per row.

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>

namespace gibbs {

// One double for all rows, or a span of one double per row (which must outlive the call).
class PerRow {
 public:
  constexpr PerRow(double value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::ranges::contiguous_range R>
    requires std::convertible_to<R, std::span<const double>>
  constexpr PerRow(R&& values)  // NOLINT(google-explicit-constructor)
      : values_(std::span<const double>(values)), one_(false) {}

  constexpr double operator[](std::int64_t row) const {
    return one_ ? value_ : values_[static_cast<std::size_t>(row)];
  }
  constexpr bool is_one_number() const { return one_; }
  // How many numbers there are: 1, or one per row.
  constexpr std::int64_t size() const {
    return one_ ? 1 : static_cast<std::int64_t>(values_.size());
  }

 private:
  double value_ = 0;
  std::span<const double> values_;
  bool one_ = true;
};

}  // namespace gibbs
