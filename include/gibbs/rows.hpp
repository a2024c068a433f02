#pragma once
// A batch: rows x cols numbers at any strides. Never owns.

#include <concepts>
#include <cstdint>
#include <ranges>
#include <type_traits>

#include "gibbs/types.hpp"

namespace gibbs {

// A view of rows x cols elements; element (i, j) is data[i * row_stride + j * col_stride].
// Each row is one distribution; to map another axis of an array, name its strides.
// range: rows, cols >= 0; strides count elements and may be negative; an input's may be 0.
template <class T>
struct Rows {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t row_stride = 0;
  std::int64_t col_stride = 1;

  constexpr Rows() = default;
  // rows x cols, one row after the other without gaps.
  constexpr Rows(T* first, std::int64_t row_count, std::int64_t col_count)
      : Rows(first, row_count, col_count, col_count, 1) {}
  constexpr Rows(T* first, std::int64_t row_count, std::int64_t col_count,
                 std::int64_t step_of_rows, std::int64_t step_of_cols)
      : data(first),
        rows(row_count),
        cols(col_count),
        row_stride(step_of_rows),
        col_stride(step_of_cols) {}
  // One row: a vector, an array, a span.
  template <std::ranges::contiguous_range R>
    requires(std::ranges::sized_range<R>&&
                 std::convertible_to<std::add_pointer_t<std::ranges::range_reference_t<R>>, T*>)
  constexpr Rows(R&& row)  // NOLINT(google-explicit-constructor): a row is a batch of one
      : Rows(std::ranges::data(row), 1, static_cast<std::int64_t>(std::ranges::size(row))) {}
  template <class U>
    requires(std::same_as<const U, T> && !std::same_as<U, T>)
  constexpr Rows(const Rows<U>& other)  // NOLINT(google-explicit-constructor): adds const
      : Rows(other.data, other.rows, other.cols, other.row_stride, other.col_stride) {}

  constexpr T& operator()(std::int64_t row, std::int64_t col) const {
    return data[row * row_stride + col * col_stride];
  }
  constexpr bool empty() const { return data == nullptr; }
};

template <class R>
Rows(R&& row) -> Rows<std::remove_reference_t<std::ranges::range_reference_t<R>>>;

namespace detail {

template <class B>
struct Element;
template <class T>
struct Element<Rows<T>> {
  using type = T;
};
template <std::ranges::contiguous_range R>
struct Element<R> {
  using type = std::remove_reference_t<std::ranges::range_reference_t<R>>;
};
template <class B>
using element_t = typename Element<std::remove_cvref_t<B>>::type;

}  // namespace detail

// What a map takes as scores: Rows, or anything contiguous (one row).
template <class B>
concept Batch = requires {
  typename detail::element_t<B>;
}
&&Score<std::remove_const_t<detail::element_t<B>>>;

// The number type of a batch.
template <Batch B>
using score_t = std::remove_const_t<detail::element_t<B>>;

// What a map writes to: a batch of T that is not const.
template <class B, class T>
concept BatchOut = std::convertible_to<B, Rows<T>>;

}  // namespace gibbs
