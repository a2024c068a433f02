#pragma once
// The arguments that are no array of scores: axis, numbers per row, where to write.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "array.hpp"
#include "gibbs/per_row.hpp"
#include "slabs.hpp"

namespace gibbs::python {

// What Python indexes with, as an int.
nanobind::object take_index(const Where& where, nanobind::handle value);
// None where int64 cannot hold an int.
std::optional<std::int64_t> as_int64(nanobind::handle index);

// One integer or number that is an option.
// throws ValueError beyond the range of int64 or double
std::int64_t take_integer(const Where& where, nanobind::handle value);
// How many: an integer from 0.
std::int64_t take_count(const Where& where, nanobind::handle value);
double take_number(const Where& where, nanobind::handle value);
// throws TypeError: no function
void check_function(const Where& where, nanobind::handle value);
std::string take_text(const Where& where, nanobind::handle value);
// A seed, an id: 64 bits.
// throws ValueError below 0 and from 2^64 on
std::uint64_t take_bits(const Where& where, nanobind::handle value);

// The axis counted from the front; 0-d arrays have the axis 0, of one entry.
int take_axis(const char* function, nanobind::handle axis, int ndim);

// The shape of the rows: that of the array without its axis.
std::vector<npy_intp> shape_of_rows(const Array& array, int axis);

// Where in `values`, which broadcast over the rows of `like`, the number of each row lies. They may
// keep the axis as a dimension of one.
// throws ValueError where they do not broadcast
std::vector<std::int64_t> offsets_over_rows(const Where& where, PyArrayObject* values,
                                            const Array& like, int axis);

// Numbers per row in the order of the array, as those of one batch: gathered into `room` where they
// do not lie side by side.
template <class V>
std::span<const V> of_batch(const V* all, const Slabs& slabs, int row_numbers,
                            const Slabs::Offsets& offsets, std::vector<V>& room) {
  const V* from = all + offsets[static_cast<std::size_t>(row_numbers)];
  const auto rows = static_cast<std::size_t>(slabs.rows());
  const std::int64_t stride = slabs.row_stride(row_numbers);
  if (stride == 1 || rows <= 1) return {from, rows};
  room.resize(rows);
  for (V& value : room) {
    value = *from;
    from += stride;
  }
  return room;
}

// temperature, alpha: one number, or an array that broadcasts over the rows. It may keep the axis
// as a dimension of one.
class PerRowArgument {
 public:
  explicit PerRowArgument(double value) : value_(value) {}
  PerRowArgument(const Where& where, nanobind::handle value, const Array& like, int axis);

  bool is_one_number() const { return one_; }
  // All of them, in the order of the array.
  PerRow all() const { return one_ ? PerRow(value_) : PerRow(values_); }
  PerRow of(const Slabs& slabs, int row_numbers, const Slabs::Offsets& offsets,
            std::vector<double>& room) const;

 private:
  double value_ = 0;
  bool one_ = true;
  std::vector<double> values_;
};

// Numbers per row that the library writes, in the order of the array.
template <class T>
class PerRowResult {
 public:
  PerRowResult() = default;  // not asked for
  explicit PerRowResult(T* data) : data_(data) {}

  std::span<T> of(const Slabs& slabs, int row_numbers, const Slabs::Offsets& offsets) {
    if (!data_) return {};
    const auto rows = static_cast<std::size_t>(slabs.rows());
    if (slabs.row_stride(row_numbers) == 1 || rows <= 1)
      return {data_ + at(row_numbers, offsets), rows};
    room_.resize(rows);
    return room_;
  }
  // To be called when the batch is done.
  void store(const Slabs& slabs, int row_numbers, const Slabs::Offsets& offsets) {
    if (!data_) return;
    T* to = data_ + at(row_numbers, offsets);
    for (const T& value : room_) {
      *to = value;
      to += slabs.row_stride(row_numbers);
    }
  }

 private:
  static std::int64_t at(int operand, const Slabs::Offsets& offsets) {
    return offsets[static_cast<std::size_t>(operand)];
  }
  T* data_ = nullptr;
  std::vector<T> room_;
};

// log_degeneracy and mask: their strides as they broadcast to the shape of the scores.
// throws ValueError where they do not
int add_broadcast(const Where& where, const Array& array, const Array& scores, Slabs& slabs);

// Where a map writes: a new array, or the caller's, through a copy where that is laid out oddly or
// overlaps what is read.
class Output {
 public:
  explicit Output(const Array& like) : written_(new_like(like)) {}
  Output(const Where& where, nanobind::handle out, const Array& scores,
         std::initializer_list<const Array*> others);

  const Array& array() const { return written_; }
  // What the function returns.
  nanobind::object finish(const Array& like);

 private:
  Array written_;
  nanobind::object given_;      // the caller's object, as it came
  nanobind::object copied_to_;  // the array to copy to at the end, if any
};

}  // namespace gibbs::python
