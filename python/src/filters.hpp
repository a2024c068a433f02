#pragma once
// Filters and the settings of presets, to and from Python: their fields in order, as tuples.

#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "gibbs/sampling/presets.hpp"

namespace gibbs::python {

// (name, field, field, ...), as the class of Python is called and has its fields.
Filter take_filter(nanobind::handle value);
nanobind::tuple tuple_of(const Filter& filter);

LlamaCppSettings take_llama_cpp_settings(nanobind::handle values);
HuggingFaceSettings take_hugging_face_settings(nanobind::handle values);

}  // namespace gibbs::python
