#pragma once
// Rows of numbers in and out that are no scores: copied, since they are short beside what is done
// with them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "array.hpp"

namespace gibbs::python {

template <class T>
std::vector<T> copied_row(const Where& where, const Array& given, int type_number) {
  if (given.ndim() != 1) {
    refuse_value(where, "must have one dimension, got " + std::to_string(given.ndim()));
  }
  const Array wide = side_by_side(given, type_number);
  const auto entries = entries_of<T>(wide);
  return {entries.begin(), entries.end()};
}

// throws ValueError: not one dimension. TypeError: no real numbers
inline std::vector<double> take_row(const Where& where, nanobind::handle value) {
  return copied_row<double>(where, take_doubles(where, value), NPY_DOUBLE);
}

// None is none at all; an empty row is one too few for `length` entries.
template <class T>
std::vector<T> optional_row(const Where& where, nanobind::handle value, std::size_t length,
                            std::vector<T> (*take)(const Where&, nanobind::handle)) {
  if (value.is_none()) return {};
  std::vector<T> row = take(where, value);
  if (row.empty() && length > 0) {
    refuse_value(where, "must have " + std::to_string(length) + " entries, got 0");
  }
  return row;
}

// NumPy would wrap them to negative ones.
inline void refuse_beyond_int64(const Where& where, const Array& given) {
  if (!is_uint64(given)) return;
  const Array wide = side_by_side(given, NPY_UINT64);
  for (const std::uint64_t entry : entries_of<std::uint64_t>(wide)) {
    if (entry >> 63) refuse_value(where, "must be at most 2^63 - 1, got " + std::to_string(entry));
  }
}

// throws ValueError: not one dimension, beyond 64 bits. TypeError: no integers
inline std::vector<std::int64_t> take_integers(const Where& where, nanobind::handle value) {
  const Array given = take_any(where, value);
  if (given.size() == 0) return {};
  if (!PyArray_ISINTEGER(given.get())) {
    refuse_type(where, "must be integers, got " + text_of_dtype(given.get()));
  }
  refuse_beyond_int64(where, given);
  return copied_row<std::int64_t>(where, given, NPY_INT64);
}

inline nanobind::object array_of(std::span<const double> values) {
  const auto length = static_cast<npy_intp>(values.size());
  const Array row = new_array(1, &length, NPY_DOUBLE);
  std::ranges::copy(values, static_cast<double*>(row.data()));
  return row.object;
}

inline nanobind::object array_of(std::span<const std::int64_t> values) {
  const auto length = static_cast<npy_intp>(values.size());
  const Array row = new_array(1, &length, NPY_INT64);
  std::ranges::copy(values, static_cast<std::int64_t*>(row.data()));
  return row.object;
}

}  // namespace gibbs::python
