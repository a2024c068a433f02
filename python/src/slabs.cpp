#include "slabs.hpp"

#include <algorithm>
#include <cstdlib>

namespace gibbs::python {

namespace {

// A batch of fewer elements costs more in calls than in arithmetic.
constexpr std::int64_t kSmallSlab = 4096;

}  // namespace

Slabs::Slabs(const npy_intp* shape, int ndim, int axis) : ndim_(ndim), axis_(axis) {
  for (int d = 0; d < ndim; ++d) {
    if (d == axis) {
      cols_ = shape[d];
    } else {
      dim(count_++).extent = shape[d];
      all_rows_ *= shape[d];
    }
  }
}

int Slabs::add_empty() {
  for (int d = 0; d < count_; ++d) dim(d).strides[at(operands_)] = 0;
  return operands_++;
}

int Slabs::add(const Strides& strides) {
  const int operand = add_empty();
  for (int d = 0, outer = 0; d < ndim_; ++d) {
    (d == axis_ ? col_stride_ : dim(outer++).strides)[at(operand)] = strides[at(d)];
  }
  return operand;
}

int Slabs::add(PyArrayObject* array) {
  if (!array) return add_empty();
  const npy_intp size = std::max<npy_intp>(PyArray_ITEMSIZE(array), 1);
  Strides strides;
  for (int d = 0; d < ndim_; ++d) strides[at(d)] = PyArray_STRIDE(array, d) / size;
  return add(strides);
}

int Slabs::add_row_numbers() {
  const int operand = add_empty();
  std::int64_t stride = 1;
  for (int d = count_ - 1; d >= 0; --d) {
    dim(d).strides[at(operand)] = stride;
    stride *= dim(d).extent;
  }
  return operand;
}

void Slabs::drop_dimensions_of_one() {
  const auto first = dims_.begin();
  const auto last =
      std::remove_if(first, first + count_, [](const Dimension& d) { return d.extent == 1; });
  count_ = static_cast<int>(last - first);
}

void Slabs::sort_by_stride() {
  std::stable_sort(dims_.begin(), dims_.begin() + count_,
                   [](const Dimension& a, const Dimension& b) {
                     return std::abs(a.strides[0]) > std::abs(b.strides[0]);
                   });
}

bool Slabs::merges(const Dimension& outer, const Dimension& inner) const {
  for (int k = 0; k < operands_; ++k) {
    if (outer.strides[at(k)] != inner.strides[at(k)] * inner.extent) return false;
  }
  return true;
}

void Slabs::merge() {
  int kept = 0;
  for (int d = 1; d < count_; ++d) {
    if (merges(dim(kept), dim(d))) {
      dim(kept) = {dim(kept).extent * dim(d).extent, dim(d).strides};
    } else {
      dim(++kept) = dim(d);
    }
  }
  count_ = kept + 1;
}

// The innermost dimension is read along memory; where it is short, the longest makes fewer calls.
void Slabs::choose_rows() {
  int chosen = count_ - 1;
  if (dim(chosen).extent * cols_ < kSmallSlab) {
    for (int d = 0; d < count_; ++d) {
      if (dim(d).extent > dim(chosen).extent) chosen = d;
    }
  }
  std::swap(dim(chosen), dim(count_ - 1));
  loops_ = count_ - 1;
  rows_ = dim(loops_).extent;
  row_stride_ = dim(loops_).strides;
}

void Slabs::plan() {
  if (all_rows_ == 0) {
    rows_ = count_ = 0;
    return;
  }
  drop_dimensions_of_one();
  if (count_ == 0) return;
  if (count_ > 1) {
    sort_by_stride();
    merge();
  }
  choose_rows();
}

bool Slabs::next(std::array<std::int64_t, NPY_MAXDIMS>& index, Offsets& offsets) const {
  for (int d = loops_ - 1; d >= 0; --d) {
    const bool carries = ++index[at(d)] == dim(d).extent;
    const std::int64_t steps = carries ? 1 - dim(d).extent : 1;
    for (int k = 0; k < operands_; ++k) offsets[at(k)] += steps * dim(d).strides[at(k)];
    if (!carries) return true;
    index[at(d)] = 0;
  }
  return false;
}

bool broadcast(PyArrayObject* array, const npy_intp* shape, int ndim, Strides& strides) {
  const int missing = ndim - PyArray_NDIM(array);
  if (missing < 0) return false;
  const npy_intp size = std::max<npy_intp>(PyArray_ITEMSIZE(array), 1);
  for (int d = 0; d < ndim; ++d) {
    const bool given = d >= missing && PyArray_DIM(array, d - missing) != 1;
    if (given && PyArray_DIM(array, d - missing) != shape[d]) return false;
    strides[static_cast<std::size_t>(d)] = given ? PyArray_STRIDE(array, d - missing) / size : 0;
  }
  return true;
}

}  // namespace gibbs::python
