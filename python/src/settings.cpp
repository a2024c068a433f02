// Threads, instructions, version.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "functions.hpp"
#include "gibbs/parallel.hpp"
#include "gibbs/simd.hpp"
#include "gibbs/version.hpp"

namespace gibbs::python {

void add_settings(nanobind::module_& m) {
  m.attr("__version__") = kVersion;
  m.def("set_num_threads", &set_num_threads);
  m.def("num_threads", &num_threads);
  m.def("simd_target", &simd_target);
  m.def("simd_targets", &simd_targets);
  m.def("set_simd_target", [](const std::string& name) { set_simd_target(name); });
}

}  // namespace gibbs::python
