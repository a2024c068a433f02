#pragma once
// Arrays at the border: what comes in is looked at without a copy, what goes out is allocated once.

#include <cstdint>
#include <span>

#include "gibbs/types.hpp"
#include "refusal.hpp"

namespace gibbs::python {

enum class Dtype { kFloat64, kFloat32, kFloat16, kBfloat16 };

// A NumPy array whose elements lie aligned, in native order, at whole multiples of their size.
// bfloat16 that came through DLPack is held as uint16, since NumPy itself has no such type.
struct Array {
  nanobind::object object;  // the array; none: not given
  Dtype dtype = Dtype::kFloat64;
  nanobind::object foreign;  // what it came from, if that was no NumPy array but spoke DLPack

  explicit operator bool() const { return object.is_valid(); }
  PyArrayObject* get() const { return reinterpret_cast<PyArrayObject*>(object.ptr()); }
  int ndim() const { return PyArray_NDIM(get()); }
  const npy_intp* shape() const { return PyArray_DIMS(get()); }
  void* data() const { return PyArray_DATA(get()); }
  std::int64_t size() const { return PyArray_SIZE(get()); }
};

// Scores, probabilities, gradients: floats as they are, integers and bool as float64.
// throws TypeError: any other dtype, another byte order, a masked array, a device array
Array take_numbers(const Where& where, nanobind::handle value);

// The same, as NumPy casts it to `dtype` (not bfloat16). None is an Array that is not given.
Array take_as(const Where& where, nanobind::handle value, Dtype dtype);

// float64; None is refused.
Array take_doubles(const Where& where, nanobind::handle value);

// Numbers that go with `like`: an array must have its dtype, anything else is cast to it.
Array take_beside(const Where& where, nanobind::handle value, const Array& like,
                  const char* like_name);

// Any value as NumPy sees it, of any dtype; bfloat16 through DLPack as uint16.
Array take_any(const Where& where, nanobind::handle value);

// bool; None is an Array that is not given.
Array take_mask(const Where& where, nanobind::handle value);

// An array to write to, as it is. It may lie in a way that only NumPy can write.
// throws TypeError: not an array of floats
Array take_target(const Where& where, nanobind::handle value);
// Whether elements are aligned and at whole multiples of their size, as an Array's must be.
bool lies_well(const Array& array);

// NumPy's view of an array that speaks DLPack (dlpack.cpp), its bytes uncast.
Array view_of_foreign(const Where& where, nanobind::handle value, bool writable);
// A result as the same kind of array as `like`, which came through DLPack.
nanobind::object as_foreign(const Array& result, nanobind::handle like);
bool speaks_dlpack(nanobind::handle value);

// New arrays: in the shape and order of memory of `like`, or of any shape.
Array new_like(const Array& like);
Array new_like(const Array& like, Dtype dtype);
Array new_array(int ndim, const npy_intp* shape, int type_number);

// What a function returns: 0-d as a scalar, like NumPy; the caller's own kind of array.
nanobind::object give_back(const Array& result, const Array& like);

// Numbers of the working type as the dtype of `like`.
Array narrowed(const Array& result, const Array& like);

// Whether its integers may lie beyond int64.
bool is_uint64(const Array& array);

// The array, or a copy of this type whose elements lie side by side in order.
Array side_by_side(const Array& array, int type_number);
template <class V>
std::span<const V> entries_of(const Array& side_by_side) {
  return {static_cast<const V*>(side_by_side.data()),
          static_cast<std::size_t>(side_by_side.size())};
}

// The type in which scores of `dtype` are computed.
Dtype working_dtype(Dtype dtype);
int type_number_of(Dtype dtype);
const char* name_of(Dtype dtype);

// body.operator()<T>() with the C++ type of a dtype.
template <class Body>
void with_type(Dtype dtype, Body&& body) {
  switch (dtype) {
    case Dtype::kFloat64:
      return body.template operator()<double>();
    case Dtype::kFloat32:
      return body.template operator()<float>();
    case Dtype::kFloat16:
      return body.template operator()<float16>();
    case Dtype::kBfloat16:
      return body.template operator()<bfloat16>();
  }
}

}  // namespace gibbs::python
