// Arrays of other libraries, through DLPack, in and out.
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <vector>

#include "array.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

using Foreign = nb::ndarray<>;

constexpr std::uint8_t kInt = 0, kUnsigned = 1, kFloat = 2, kBfloat = 4, kBool = 6;

// NumPy's number for a type of DLPack; bfloat16 is held as uint16.
int type_number_of(nb::dlpack::dtype dtype) {
  const auto is = [&](std::uint8_t code, int bits) {
    return dtype.code == code && dtype.bits == bits && dtype.lanes == 1;
  };
  if (is(kFloat, 64)) return NPY_DOUBLE;
  if (is(kFloat, 32)) return NPY_FLOAT;
  if (is(kFloat, 16)) return NPY_HALF;
  if (is(kBfloat, 16)) return NPY_UINT16;
  if (is(kInt, 64)) return NPY_INT64;
  if (is(kInt, 32)) return NPY_INT32;
  if (is(kInt, 16)) return NPY_INT16;
  if (is(kInt, 8)) return NPY_INT8;
  if (is(kUnsigned, 8)) return NPY_UINT8;
  if (is(kBool, 8)) return NPY_BOOL;
  return NPY_NOTYPE;
}

void refuse_devices(const Where& where, nb::handle value) {
  constexpr int kCpu = 1;
  try {
    const nb::object device = value.attr("__dlpack_device__")();
    if (nb::cast<int>(nb::int_(device[0])) == kCpu) return;
  } catch (const nb::python_error& error) {  // a device that DLPack has no number for
    refuse_type(where, "must be in the memory of the CPU: " +
                           nb::cast<std::string>(nb::str(error.value())));
  }
  refuse_type(where, "must be in the memory of the CPU, got a " + text_of_type(value) +
                         " on another device; copy it first");
}

void refuse_gradients(const Where& where, nb::handle value) {
  if (!nb::hasattr(value, "requires_grad") || !nb::cast<bool>(value.attr("requires_grad"))) return;
  refuse_type(where, "must not require gradients; use gibbs.torch, or detach() it");
}

// An array of JAX must never change, and says so to NumPy but not to DLPack.
bool is_constant(nb::handle value) {
  if (!nb::hasattr(value, "__array__")) return false;
  PyObject* seen = PyArray_FromAny(value.ptr(), nullptr, 0, 0, 0, nullptr);
  if (!seen) PyErr_Clear();  // NumPy has no such dtype: PyTorch's bfloat16
  const nb::object array = nb::steal(seen);
  return seen && !PyArray_ISWRITEABLE(reinterpret_cast<PyArrayObject*>(seen));
}

Foreign import(const Where& where, nb::handle value, bool writable) {
  if (writable && is_constant(value)) refuse_value(where, "must not be read-only");
  if (nb::ndarray<> found; nb::try_cast(value, found)) return found;
  if (nb::ndarray<nb::ro> found; !writable && nb::try_cast(value, found)) return Foreign(found);
  if (writable) refuse_value(where, "must be an array that can be written to");
  refuse_type(where, "could not be read through DLPack, of type " + text_of_type(value));
}

void release(void* foreign) noexcept { delete static_cast<Foreign*>(foreign); }

nb::object view_of(const Foreign& foreign, int type_number) {
  PyArray_Descr* descr = PyArray_DescrFromType(type_number);
  const auto ndim = static_cast<int>(foreign.ndim());
  std::vector<npy_intp> shape, strides;
  for (int d = 0; d < ndim; ++d) {
    shape.push_back(static_cast<npy_intp>(foreign.shape(d)));
    strides.push_back(foreign.stride(d) * static_cast<npy_intp>(foreign.itemsize()));
  }
  PyObject* view = PyArray_NewFromDescr(&PyArray_Type, descr, ndim, shape.data(), strides.data(),
                                        foreign.data(), NPY_ARRAY_WRITEABLE, nullptr);
  if (!view) throw nb::python_error();
  nb::object result = nb::steal(view);
  nb::capsule owner(new Foreign(foreign), release);
  PyArray_SetBaseObject(reinterpret_cast<PyArrayObject*>(view), owner.release().ptr());
  PyArray_UpdateFlags(reinterpret_cast<PyArrayObject*>(view), NPY_ARRAY_UPDATE_ALL);
  return result;
}

// The module that makes arrays of this kind: numpy's name for it, or where the type lives.
nb::object namespace_of(nb::handle array) {
  if (nb::hasattr(array, "__array_namespace__")) return array.attr("__array_namespace__")();
  const auto name = nb::cast<std::string>(array.type().attr("__module__"));
  return nb::module_::import_(name.substr(0, name.find('.')).c_str());
}

// An object with __dlpack__ for bfloat16 bits held as uint16.
nb::object bfloat16_exporter(const Array& bits) {
  const int ndim = bits.ndim();
  std::vector<std::size_t> shape;
  std::vector<std::int64_t> strides;
  for (int d = 0; d < ndim; ++d) {
    shape.push_back(static_cast<std::size_t>(bits.shape()[d]));
    strides.push_back(PyArray_STRIDE(bits.get(), d) / PyArray_ITEMSIZE(bits.get()));
  }
  const nb::ndarray<nb::array_api> exporter(bits.data(), static_cast<std::size_t>(ndim),
                                            shape.data(), bits.object, strides.data(),
                                            nb::dlpack::dtype{kBfloat, 16, 1});
  return nb::cast(exporter);
}

}  // namespace

bool speaks_dlpack(nb::handle value) {
  return nb::hasattr(value, "__dlpack__") && nb::hasattr(value, "__dlpack_device__");
}

Array view_of_foreign(const Where& where, nb::handle value, bool writable) {
  refuse_devices(where, value);
  refuse_gradients(where, value);
  const Foreign foreign = import(where, value, writable);
  const int type_number = type_number_of(foreign.dtype());
  if (type_number == NPY_NOTYPE) {
    refuse_type(where, "must be float64, float32, float16, bfloat16 or integers, got a " +
                           text_of_type(value) + " of another dtype");
  }
  Array result{view_of(foreign, type_number), Dtype::kBfloat16, nb::borrow(value)};
  return result;
}

nb::object as_foreign(const Array& result, nb::handle like) {
  const bool bits = PyArray_TYPE(result.get()) == NPY_UINT16;
  const nb::object exporter = bits ? bfloat16_exporter(result) : result.object;
  return namespace_of(like).attr("from_dlpack")(exporter);
}

}  // namespace gibbs::python
