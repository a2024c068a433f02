#include "array.hpp"

#include <nanobind/stl/string.h>

#include <cstring>

#include "kept_memory.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

PyArrayObject* as_array(nb::handle value) { return reinterpret_cast<PyArrayObject*>(value.ptr()); }

// A new reference that may be null, where a Python error is set.
nb::object checked(PyObject* fresh) {
  if (!fresh) throw nb::python_error();
  return nb::steal(fresh);
}

bool is_bfloat16(PyArrayObject* array) {
  if (PyArray_DESCR(array)->type_num < NPY_USERDEF) return false;
  const char* name = PyArray_DESCR(array)->typeobj->tp_name;
  const char* dot = std::strrchr(name, '.');
  return std::strcmp(dot ? dot + 1 : name, "bfloat16") == 0;
}

bool is_integer(int type_number) {
  return PyTypeNum_ISINTEGER(type_number) || PyTypeNum_ISBOOL(type_number);
}

// The dtype of an array of floats.
bool find_dtype(PyArrayObject* array, Dtype& dtype) {
  switch (PyArray_DESCR(array)->type_num) {
    case NPY_DOUBLE:
      dtype = Dtype::kFloat64;
      return true;
    case NPY_FLOAT:
      dtype = Dtype::kFloat32;
      return true;
    case NPY_HALF:
      dtype = Dtype::kFloat16;
      return true;
    default:
      dtype = Dtype::kBfloat16;
      return is_bfloat16(array);
  }
}

bool has_whole_strides(PyArrayObject* array) {
  const npy_intp size = PyArray_ITEMSIZE(array);
  for (int d = 0; d < PyArray_NDIM(array); ++d) {
    if (PyArray_STRIDE(array, d) % size != 0) return false;
  }
  return true;
}

nb::object laid_out_well(nb::handle array) {
  PyArrayObject* a = as_array(array);
  if (PyArray_ISALIGNED(a) && has_whole_strides(a)) return nb::borrow(array);
  return checked(PyArray_NewCopy(a, NPY_KEEPORDER));
}

constexpr const char* kTypes = "must be float64, float32, float16, bfloat16";

nb::object cast_to(nb::handle array, int type_number) {
  return checked(PyArray_FromArray(as_array(array), PyArray_DescrFromType(type_number),
                                   NPY_ARRAY_ALIGNED | NPY_ARRAY_FORCECAST));
}

void refuse_byte_order(const Where& where, PyArrayObject* array) {
  if (PyArray_ISNOTSWAPPED(array)) return;
  refuse_type(where, "must be in native byte order, got " + text_of_dtype(array));
}

// Floats of an exact NumPy array.
Array numbers_of(const Where& where, nb::handle array) {
  PyArrayObject* a = as_array(array);
  Array result;
  if (find_dtype(a, result.dtype)) {
    refuse_byte_order(where, a);
    result.object = laid_out_well(array);
  } else if (is_integer(PyArray_TYPE(a))) {
    refuse_byte_order(where, a);
    result.object = cast_to(array, NPY_DOUBLE);
    result.dtype = Dtype::kFloat64;
  } else {
    refuse_type(where, std::string(kTypes) + " or integers, got " + text_of_dtype(a));
  }
  return result;
}

bool is_masked(nb::handle value) {
  return PyArray_Check(value.ptr()) && nb::hasattr(value, "filled");
}

// Any value as an exact NumPy array, as numpy.asarray makes it.
nb::object as_numpy(const Where& where, nb::handle value) {
  if (PyArray_CheckExact(value.ptr())) return nb::borrow(value);
  if (is_masked(value)) {
    refuse_type(where, "must not be a masked array; fill it, and give what is absent as mask=");
  }
  try {
    return checked(PyArray_FromAny(value.ptr(), nullptr, 0, 0, NPY_ARRAY_ENSUREARRAY, nullptr));
  } catch (const nb::python_error& error) {
    refuse_type(where,
                "must be an array of numbers: " + nb::cast<std::string>(nb::str(error.value())));
  }
}

bool is_foreign(nb::handle value) { return !PyArray_Check(value.ptr()) && speaks_dlpack(value); }

void widen(const std::uint16_t* from, std::int64_t count, float* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(bfloat16::from_bits(from[i]));
}

// float32 as bfloat16 held as uint16.
Array as_bits(const Array& scattered) {
  const Array floats{checked(PyArray_NewCopy(scattered.get(), NPY_CORDER)), scattered.dtype, {}};
  Array bits = new_array(floats.ndim(), floats.shape(), NPY_UINT16);
  bits.dtype = Dtype::kBfloat16;
  const auto* from = static_cast<const float*>(floats.data());
  auto* to = static_cast<std::uint16_t*>(bits.data());
  for (std::int64_t i = 0; i < floats.size(); ++i) to[i] = bfloat16(from[i]).bits;
  return bits;
}

// bfloat16 held as uint16, as float32.
nb::object widened(const Array& held) {
  const nb::object bits = checked(PyArray_NewCopy(held.get(), NPY_CORDER));
  Array result = new_array(held.ndim(), held.shape(), NPY_FLOAT);
  widen(static_cast<const std::uint16_t*>(PyArray_DATA(as_array(bits))), held.size(),
        static_cast<float*>(result.data()));
  return result.object;
}

// A new array of this dtype in the shape and order of `like`; takes the reference.
nb::object in_the_shape_of(const Array& like, PyArray_Descr* descr) {
  const FromKeptMemory from(like.ndim(), like.shape(), descr);
  return checked(PyArray_NewLikeArray(like.get(), NPY_KEEPORDER, descr, 0));
}

bool holds_bits(const Array& array) { return PyArray_TYPE(array.get()) == NPY_UINT16; }

}  // namespace

Dtype working_dtype(Dtype dtype) {
  return dtype == Dtype::kFloat64 ? Dtype::kFloat64 : Dtype::kFloat32;
}

int type_number_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::kFloat64:
      return NPY_DOUBLE;
    case Dtype::kFloat32:
      return NPY_FLOAT;
    case Dtype::kFloat16:
      return NPY_HALF;
    case Dtype::kBfloat16:
      return NPY_UINT16;
  }
  return NPY_NOTYPE;
}

const char* name_of(Dtype dtype) {
  constexpr const char* kNames[] = {"float64", "float32", "float16", "bfloat16"};
  return kNames[static_cast<int>(dtype)];
}

Array take_numbers(const Where& where, nb::handle value) {
  if (is_foreign(value)) {
    Array view = view_of_foreign(where, value, false);
    if (holds_bits(view)) return view;
    Array result = numbers_of(where, view.object);
    result.foreign = view.foreign;
    return result;
  }
  return numbers_of(where, as_numpy(where, value));
}

Array take_as(const Where& where, nb::handle value, Dtype dtype) {
  if (value.is_none()) return {};
  Array result = take_numbers(where, value);
  if (result.dtype == dtype) return result;
  if (holds_bits(result)) result.object = widened(result);
  result.object = cast_to(result.object, type_number_of(dtype));
  result.dtype = dtype;
  return result;
}

Array take_doubles(const Where& where, nb::handle value) {
  if (value.is_none()) refuse_type(where, "must be an array of numbers, got NoneType");
  return take_as(where, value, Dtype::kFloat64);
}

Array take_beside(const Where& where, nb::handle value, const Array& like, const char* like_name) {
  const bool is_array = PyArray_Check(value.ptr()) || is_foreign(value);
  Array result = take_numbers(where, value);
  if (result.dtype == like.dtype) return result;
  if (is_array || like.dtype == Dtype::kBfloat16) {
    refuse_type(where, std::string("must be ") + name_of(like.dtype) + " like " + like_name +
                           ", got " + name_of(result.dtype));
  }
  result.object = cast_to(result.object, type_number_of(like.dtype));
  result.dtype = like.dtype;
  return result;
}

Array take_target(const Where& where, nb::handle value) {
  if (is_foreign(value)) {
    Array view = view_of_foreign(where, value, true);
    if (!holds_bits(view) && !find_dtype(view.get(), view.dtype)) refuse_type(where, kTypes);
    return view;
  }
  if (!PyArray_Check(value.ptr())) {
    refuse_type(where, "must be an array, got " + text_of_type(value));
  }
  if (is_masked(value))
    refuse_type(where, "must not be a masked array, which hides what is written");
  Array target{nb::borrow(value), Dtype::kFloat64, {}};
  if (!find_dtype(target.get(), target.dtype)) {
    refuse_type(where, std::string(kTypes) + ", got " + text_of_dtype(target.get()));
  }
  refuse_byte_order(where, target.get());
  return target;
}

bool lies_well(const Array& array) {
  return PyArray_ISALIGNED(array.get()) && has_whole_strides(array.get());
}

Array take_any(const Where& where, nb::handle value) {
  if (is_foreign(value)) return view_of_foreign(where, value, false);
  return {as_numpy(where, value), Dtype::kFloat64, {}};
}

Array take_mask(const Where& where, nb::handle value) {
  if (value.is_none()) return {};
  Array mask = take_any(where, value);
  if (!PyArray_ISBOOL(mask.get())) {
    refuse_type(where, "must be bool, got " + text_of_dtype(mask.get()));
  }
  return mask;
}

Array new_like(const Array& like) {
  PyArray_Descr* descr = PyArray_DESCR(like.get());
  Py_INCREF(descr);
  return {in_the_shape_of(like, descr), like.dtype, {}};
}

Array new_like(const Array& like, Dtype dtype) {
  return {in_the_shape_of(like, PyArray_DescrFromType(type_number_of(dtype))), dtype, {}};
}

Array new_array(int ndim, const npy_intp* shape, int type_number) {
  PyArray_Descr* descr = PyArray_DescrFromType(type_number);
  const FromKeptMemory from(ndim, shape, descr);
  Array result;
  result.object = checked(
      PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape, nullptr, nullptr, 0, nullptr));
  if (type_number == NPY_FLOAT) result.dtype = Dtype::kFloat32;
  return result;
}

bool is_uint64(const Array& array) {
  return PyArray_ISUNSIGNED(array.get()) && PyArray_ITEMSIZE(array.get()) == 8;
}

Array side_by_side(const Array& array, int type_number) {
  return {checked(PyArray_FromArray(array.get(), PyArray_DescrFromType(type_number),
                                    NPY_ARRAY_CARRAY_RO | NPY_ARRAY_FORCECAST)),
          array.dtype,
          {}};
}

Array narrowed(const Array& result, const Array& like) {
  if (result.dtype == like.dtype) return result;
  if (holds_bits(like)) return as_bits(result);
  PyArray_Descr* descr = PyArray_DESCR(like.get());
  Py_INCREF(descr);
  return {checked(PyArray_CastToType(result.get(), descr, 0)), like.dtype, {}};
}

nb::object give_back(const Array& result, const Array& like) {
  if (like.foreign.is_valid()) return as_foreign(result, like.foreign);
  if (result.ndim() > 0) return result.object;
  return checked(PyArray_Return(as_array(nb::object(result.object).release())));
}

}  // namespace gibbs::python
