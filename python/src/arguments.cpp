#include "arguments.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace gibbs::python {

namespace nb = nanobind;

namespace {

std::size_t at(int d) { return static_cast<std::size_t>(d); }

// Bytes [low, high) that an array may touch.
struct Extent {
  const char* low;
  const char* high;
};

Extent extent_of(const Array& array) {
  const char* low = PyArray_BYTES(array.get());
  const char* high = low + PyArray_ITEMSIZE(array.get());
  for (int d = 0; d < array.ndim(); ++d) {
    const npy_intp reach = (array.shape()[d] - 1) * PyArray_STRIDE(array.get(), d);
    (reach < 0 ? low : high) += reach;
  }
  return {low, high};
}

bool overlap(const Array& a, const Array& b) {
  if (!a || !b || a.size() == 0 || b.size() == 0) return false;
  const Extent one = extent_of(a), other = extent_of(b);
  return std::less<>()(one.low, other.high) && std::less<>()(other.low, one.high);
}

bool same_elements(const Array& a, const Array& b) {
  if (a.data() != b.data()) return false;
  for (int d = 0; d < a.ndim(); ++d) {
    if (PyArray_STRIDE(a.get(), d) != PyArray_STRIDE(b.get(), d)) return false;
  }
  return true;
}

// Whether a stride falls short of what lies between entries along the shorter ones: then entries
// may share bytes. Slices, diagonals and transposes of an array never have such strides.
bool overlaps_itself(const Array& array) {
  if (array.size() == 0) return false;
  std::vector<std::pair<npy_intp, npy_intp>> steps;  // stride and entries of each dimension
  for (int d = 0; d < array.ndim(); ++d) {
    const npy_intp stride = PyArray_STRIDE(array.get(), d);
    if (array.shape()[d] > 1) steps.emplace_back(stride < 0 ? -stride : stride, array.shape()[d]);
  }
  std::sort(steps.begin(), steps.end());
  npy_intp reach = PyArray_ITEMSIZE(array.get());
  for (const auto& [stride, entries] : steps) {
    if (stride < reach) return true;
    reach += stride * (entries - 1);
  }
  return false;
}

nb::object as_doubles(const Where& where, nb::handle value) {
  if (PyUnicode_Check(value.ptr()) || PyBytes_Check(value.ptr()) || value.is_none()) {
    refuse_type(where, "must be a number or an array of numbers, got " + text_of_type(value));
  }
  return take_as(where, value, Dtype::kFloat64).object;
}

// The strides of numbers per row over `rows`; an axis that was kept has one entry and is dropped.
Strides strides_over_rows(const Where& where, PyArrayObject* values, const Array& like, int axis,
                          const std::vector<npy_intp>& rows) {
  Strides strides{};
  std::vector<npy_intp> shape(like.shape(), like.shape() + like.ndim());
  const bool keeps_axis = PyArray_NDIM(values) == like.ndim() && like.ndim() > 0;
  if (keeps_axis) shape[at(axis)] = 1;
  const std::vector<npy_intp>& target = keeps_axis ? shape : rows;
  if (!broadcast(values, target.data(), static_cast<int>(target.size()), strides)) {
    refuse_value(where, "of shape " + text_of_shape(values) + " does not broadcast to the rows, " +
                            text_of_shape(rows.data(), static_cast<int>(rows.size())));
  }
  if (keeps_axis) std::copy(strides.begin() + axis + 1, strides.end(), strides.begin() + axis);
  return strides;
}

// Calls body(offset) for every index of a shape, the last dimension fastest.
template <class Body>
void for_each_index(const std::vector<npy_intp>& shape, const Strides& strides, Body&& body,
                    std::size_t d = 0, std::int64_t offset = 0) {
  if (d == shape.size()) return body(offset);
  for (npy_intp i = 0; i < shape[d]; ++i) {
    for_each_index(shape, strides, body, d + 1, offset + i * strides[d]);
  }
}

void check_out(const Where& where, const Array& out, const Array& scores) {
  if (out.dtype != scores.dtype) {
    refuse_type(where,
                std::string("must be ") + name_of(scores.dtype) + ", got " + name_of(out.dtype));
  }
  if (out.ndim() != scores.ndim() ||
      !PyArray_CompareLists(out.shape(), scores.shape(), scores.ndim())) {
    refuse_value(where, "must have the shape of the input, " + text_of_shape(scores.get()) +
                            ", got " + text_of_shape(out.get()));
  }
  if (!PyArray_ISWRITEABLE(out.get())) refuse_value(where, "must not be read-only");
  if (overlaps_itself(out)) refuse_value(where, "must not overlap itself");
}

}  // namespace

nb::object take_index(const Where& where, nb::handle value) {
  if (PyIndex_Check(value.ptr())) {
    nb::object index = nb::steal(PyNumber_Index(value.ptr()));
    if (index.is_valid()) return index;
    PyErr_Clear();  // an array has an index only if it is one number
  }
  refuse_type(where, "must be an integer, got " + text_of_type(value));
}

std::optional<std::int64_t> as_int64(nb::handle index) {
  int overflow = 0;
  const std::int64_t integer = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  if (overflow != 0) return std::nullopt;
  return integer;
}

std::int64_t take_integer(const Where& where, nb::handle value) {
  const nb::object index = take_index(where, value);
  if (const auto integer = as_int64(index)) return *integer;
  refuse_value(where, "must lie between -2^63 and 2^63 - 1, got " + text_of_integer(index));
}

std::int64_t take_count(const Where& where, nb::handle value) {
  const nb::object index = take_index(where, value);
  const auto count = as_int64(index);
  if (count && *count >= 0) return *count;
  const bool negative = index < nb::int_(0);
  refuse_value(where, (negative ? "must not be negative, got " : "must be at most 2^63 - 1, got ") +
                          text_of_integer(index));
}

std::uint64_t take_bits(const Where& where, nb::handle value) {
  const nb::object index = take_index(where, value);
  const std::uint64_t bits = PyLong_AsUnsignedLongLong(index.ptr());
  if (!PyErr_Occurred()) return bits;
  PyErr_Clear();
  refuse_value(where, "must lie between 0 and 2^64 - 1, got " + text_of_integer(index));
}

double take_number(const Where& where, nb::handle value) {
  const double number = PyFloat_AsDouble(value.ptr());
  if (number != -1 || !PyErr_Occurred()) return number;
  if (PyErr_ExceptionMatches(PyExc_OverflowError)) {
    PyErr_Clear();
    refuse_value(where,
                 "must lie within the range of a double, got " +
                     (PyLong_Check(value.ptr()) ? text_of_integer(value) : text_of_type(value)));
  }
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw nb::python_error();
  PyErr_Clear();
  refuse_type(where, "must be a number, got " + text_of_type(value));
}

void check_function(const Where& where, nb::handle value) {
  if (PyCallable_Check(value.ptr())) return;
  refuse_type(where, "must be a function, got " + text_of_type(value));
}

std::string take_text(const Where& where, nb::handle value) {
  Py_ssize_t size = 0;
  const char* const text =
      PyUnicode_Check(value.ptr()) ? PyUnicode_AsUTF8AndSize(value.ptr(), &size) : nullptr;
  if (text) return {text, static_cast<std::size_t>(size)};
  PyErr_Clear();
  refuse_type(where, "must be a string, got " + text_of_type(value));
}

int take_axis(const char* function, nb::handle axis, int ndim) {
  const Where where{function, "axis"};
  const nb::object index = take_index(where, axis);
  const auto asked = as_int64(index);
  const int dims = ndim > 0 ? ndim : 1;
  if (!asked || *asked < -dims || *asked >= dims) {
    refuse_value(where, "must lie between " + std::to_string(-dims) + " and " +
                            std::to_string(dims - 1) + ", got " + text_of_integer(index));
  }
  return static_cast<int>(*asked < 0 ? *asked + dims : *asked);
}

std::vector<npy_intp> shape_of_rows(const Array& array, int axis) {
  std::vector<npy_intp> shape(array.shape(), array.shape() + array.ndim());
  if (!shape.empty()) shape.erase(shape.begin() + axis);
  return shape;
}

std::vector<std::int64_t> offsets_over_rows(const Where& where, PyArrayObject* values,
                                            const Array& like, int axis) {
  const std::vector<npy_intp> rows = shape_of_rows(like, axis);
  const Strides strides = strides_over_rows(where, values, like, axis, rows);
  std::vector<std::int64_t> offsets;
  offsets.reserve(
      static_cast<std::size_t>(PyArray_MultiplyList(rows.data(), static_cast<int>(rows.size()))));
  for_each_index(rows, strides, [&](std::int64_t offset) { offsets.push_back(offset); });
  return offsets;
}

PerRowArgument::PerRowArgument(const Where& where, nb::handle value, const Array& like, int axis) {
  if (PyFloat_CheckExact(value.ptr()) || PyLong_CheckExact(value.ptr())) {
    value_ = take_number(where, value);
    return;
  }
  const nb::object doubles = as_doubles(where, value);
  auto* array = reinterpret_cast<PyArrayObject*>(doubles.ptr());
  const auto* data = static_cast<const double*>(PyArray_DATA(array));
  one_ = PyArray_NDIM(array) == 0;
  if (one_) {
    value_ = *data;
    return;
  }
  for (const std::int64_t offset : offsets_over_rows(where, array, like, axis)) {
    values_.push_back(data[offset]);
  }
}

PerRow PerRowArgument::of(const Slabs& slabs, int row_numbers, const Slabs::Offsets& offsets,
                          std::vector<double>& room) const {
  if (one_) return value_;
  return of_batch(values_.data(), slabs, row_numbers, offsets, room);
}

int add_broadcast(const Where& where, const Array& array, const Array& scores, Slabs& slabs) {
  if (!array) return slabs.add(nullptr);
  Strides strides;
  if (!broadcast(array.get(), scores.shape(), scores.ndim(), strides)) {
    refuse_value(where, "of shape " + text_of_shape(array.get()) + " does not broadcast to " +
                            text_of_shape(scores.get()));
  }
  return slabs.add(strides);
}

Output::Output(const Where& where, nb::handle out, const Array& scores,
               std::initializer_list<const Array*> others) {
  if (out.is_none()) {
    written_ = new_like(scores);
    return;
  }
  given_ = nb::borrow(out);
  const Array target = take_target(where, out);
  check_out(where, target, scores);
  bool copies = !lies_well(target);
  copies |= overlap(target, scores) && !same_elements(target, scores);
  for (const Array* other : others) copies |= overlap(target, *other);
  if (copies) copied_to_ = target.object;
  written_ = copies ? new_like(target) : target;
}

nb::object Output::finish(const Array& like) {
  if (!given_.is_valid()) return give_back(written_, like);
  if (copied_to_.is_valid() &&
      PyArray_CopyInto(reinterpret_cast<PyArrayObject*>(copied_to_.ptr()), written_.get()) < 0) {
    throw nb::python_error();
  }
  return given_;
}

}  // namespace gibbs::python
