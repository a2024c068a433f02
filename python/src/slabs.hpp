#pragma once
// Arrays of any number of dimensions as batches of rows.

#include <array>
#include <cstdint>

#include "gibbs/rows.hpp"
#include "numpy_api.hpp"

namespace gibbs::python {

// A stride per dimension, in elements.
using Strides = std::array<std::int64_t, NPY_MAXDIMS>;

// The rows along one axis of several operands of one shape, as the fewest batches with one stride
// from row to row. Usually that is one; it is more where the other dimensions do not collapse.
class Slabs {
 public:
  static constexpr int kOperands = 12;
  using Offsets = std::array<std::int64_t, kOperands>;

  Slabs(const npy_intp* shape, int ndim, int axis);

  // Each returns the operand's number. An operand left out may be added with null strides.
  int add(PyArrayObject* array);    // of the full shape; null: absent
  int add(const Strides& strides);  // broadcast to the full shape
  int add_row_numbers();            // one entry per row, in the order of the array

  // After all operands are added. The first of them decides the order.
  void plan();

  bool is_one() const { return loops_ == 0; }
  std::int64_t all_rows() const { return all_rows_; }
  std::int64_t rows() const { return rows_; }
  std::int64_t cols() const { return cols_; }
  std::int64_t row_stride(int operand) const { return row_stride_[at(operand)]; }

  template <class T>
  Rows<T> view(T* data, int operand, const Offsets& offsets) const {
    return {data + offsets[at(operand)], rows_, cols_, row_stride_[at(operand)],
            col_stride_[at(operand)]};
  }

  // body(offsets of the first element of each operand), for every batch.
  template <class Body>
  void for_each(Body&& body) const {
    Offsets offsets{};
    std::array<std::int64_t, NPY_MAXDIMS> index{};
    do {
      body(offsets);
    } while (next(index, offsets));
  }

 private:
  struct Dimension {
    std::int64_t extent;
    Offsets strides;
  };

  static std::size_t at(int operand) { return static_cast<std::size_t>(operand); }
  Dimension& dim(int d) { return dims_[at(d)]; }
  const Dimension& dim(int d) const { return dims_[at(d)]; }
  int add_empty();
  void drop_dimensions_of_one();
  void sort_by_stride();
  void merge();
  void choose_rows();
  bool merges(const Dimension& outer, const Dimension& inner) const;
  bool next(std::array<std::int64_t, NPY_MAXDIMS>& index, Offsets& offsets) const;

  int ndim_, axis_, count_ = 0, operands_ = 0, loops_ = 0;
  std::int64_t rows_ = 1, cols_ = 1, all_rows_ = 1;
  Offsets row_stride_{}, col_stride_{};
  std::array<Dimension, NPY_MAXDIMS> dims_;  // all but the axis, outermost first
};

// The strides that broadcast `array` to a shape; false where it does not broadcast.
bool broadcast(PyArrayObject* array, const npy_intp* shape, int ndim, Strides& strides);

}  // namespace gibbs::python
