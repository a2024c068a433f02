// Threads, memory, instructions, version, kinds of arrays.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <climits>

#include "arguments.hpp"
#include "array.hpp"
#include "functions.hpp"
#include "gibbs/parallel.hpp"
#include "gibbs/simd.hpp"
#include "gibbs/version.hpp"
#include "kept_memory.hpp"

namespace gibbs::python {

namespace {

namespace nb = nanobind;

nb::object as_numpy(const char* function, const char* argument, nb::handle value) {
  const Array array = take_numbers({function, argument}, value);
  if (array.foreign.is_valid() && array.dtype == Dtype::kBfloat16) {
    return take_as({function, argument}, value, Dtype::kFloat32).object;
  }
  return array.object;
}

// With `same_dtype` the float32 that as_numpy made of bfloat16 becomes bfloat16 again.
nb::object as_kind_of(nb::handle result, nb::handle like, bool same_dtype) {
  const Array array = take_numbers({"as_kind_of", "result"}, result);
  if (PyArray_Check(like.ptr()) || !speaks_dlpack(like)) return give_back(array, array);
  const Array original = take_numbers({"as_kind_of", "like"}, like);
  const bool narrows = same_dtype && original.dtype == Dtype::kBfloat16;
  return as_foreign(narrows ? narrowed(array, original) : array, like);
}

}  // namespace

void add_settings(nb::module_& m) {
  m.attr("__version__") = kVersion;
  add_function(m, "as_numpy", &as_numpy);
  add_function(m, "as_kind_of", &as_kind_of);
  m.def(
      "set_num_threads",
      [](nb::handle threads) {
        const std::int64_t bound = take_integer({"set_num_threads", "threads"}, threads);
        set_num_threads(static_cast<int>(std::clamp<std::int64_t>(bound, INT_MIN, INT_MAX)));
      },
      nb::arg().none());
  m.def("num_threads", &num_threads);
  start_keeping_memory();
  add_function(m, "set_keep_bytes", &set_keep_bytes);
  add_function(m, "keep_bytes", &keep_bytes);
  m.def("simd_target", &simd_target);
  m.def("simd_targets", &simd_targets);
  m.def(
      "set_simd_target",
      [](nb::handle name) {
        set_simd_target(take_text({"set_simd_target", "name"}, name));
      },
      nb::arg().none());
}

}  // namespace gibbs::python
