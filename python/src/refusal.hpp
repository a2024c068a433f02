#pragma once
// Sentences of refusal: "function: argument rule, got value".

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "numpy_api.hpp"

namespace gibbs::python {

// An argument in the words of the caller.
struct Where {
  const char* function;
  const char* argument;
};

// Throw TypeError or ValueError "function: argument sentence".
[[noreturn]] void refuse_type(const Where& where, const std::string& sentence);
[[noreturn]] void refuse_value(const Where& where, const std::string& sentence);
// Throws MemoryError.
[[noreturn]] void refuse_memory(const Where& where, std::int64_t length);

// (2, 3), as Python writes a shape.
std::string text_of_shape(const npy_intp* shape, int ndim);
std::string text_of_shape(PyArrayObject* array);
// float32, >f8: the name of a dtype.
std::string text_of_dtype(PyArrayObject* array);
// An integer of Python; beyond 256 bits how long it is, since a sentence is no place for its
// digits.
std::string text_of_integer(nanobind::handle value);
// The name of the type of any object.
std::string text_of_type(nanobind::handle value);

// What the library refuses is refused in the name that Python knows the function by.
template <class Body>
void in_the_name_of(const char* function, Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const std::invalid_argument& refusal) {
    const std::string sentence = refusal.what();
    throw nanobind::value_error((function + sentence.substr(sentence.find(':'))).c_str());
  }
}

}  // namespace gibbs::python
