#include "refusal.hpp"

#include <nanobind/stl/string.h>

namespace gibbs::python {

namespace nb = nanobind;

namespace {

std::string sentence_of(const Where& where, const std::string& sentence) {
  return std::string(where.function) + ": " + where.argument + " " + sentence;
}

std::string text_of(nb::handle value) { return nb::cast<std::string>(nb::str(value)); }

}  // namespace

void refuse_type(const Where& where, const std::string& sentence) {
  throw nb::type_error(sentence_of(where, sentence).c_str());
}

void refuse_value(const Where& where, const std::string& sentence) {
  throw nb::value_error(sentence_of(where, sentence).c_str());
}

void refuse_memory(const Where& where, std::int64_t length) {
  const std::string rule = "must fit in memory, got " + std::to_string(length);
  PyErr_SetString(PyExc_MemoryError, sentence_of(where, rule).c_str());
  throw nb::python_error();
}

std::string text_of_shape(const npy_intp* shape, int ndim) {
  std::string text = "(";
  for (int d = 0; d < ndim; ++d) text += (d > 0 ? ", " : "") + std::to_string(shape[d]);
  return text + (ndim == 1 ? ",)" : ")");
}

std::string text_of_shape(PyArrayObject* array) {
  return text_of_shape(PyArray_DIMS(array), PyArray_NDIM(array));
}

std::string text_of_dtype(PyArrayObject* array) {
  return text_of(nb::handle(reinterpret_cast<PyObject*>(PyArray_DESCR(array))));
}

std::string text_of_integer(nb::handle value) {
  const auto bits = nb::cast<std::int64_t>(value.attr("bit_length")());
  return bits <= 256 ? text_of(value) : "an integer of " + std::to_string(bits) + " bits";
}

std::string text_of_type(nb::handle value) { return text_of(value.type().attr("__name__")); }

}  // namespace gibbs::python
