#include "loss_problem.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace gibbs::python {

namespace nb = nanobind;

namespace {

npy_intp classes_of(const Problem& problem) {
  return problem.scores.ndim() > 0 ? problem.scores.shape()[problem.axis] : 1;
}

// The label whose rows do not count. Labels of uint64 may lie beyond int64, and it may too: then
// it stands as one that no class is.
struct Ignored {
  Ignored(const Where& where, nb::handle value) : index(take_index(where, value)) {
    if (const auto inside = as_int64(index)) {
      label = *inside;
    } else if (index < nb::int_(0)) {
      take_integer(where, value);  // refuses it
    } else {
      beyond = take_bits(where, value);
    }
  }

  nb::object index;
  std::int64_t label = std::numeric_limits<std::int64_t>::min();
  std::optional<std::uint64_t> beyond;
};

[[noreturn]] void refuse_label(const char* function, std::size_t row, const std::string& label,
                               const Problem& problem, const Ignored& ignored) {
  const std::string name = "targets[" + std::to_string(row) + "]";
  refuse_value({function, name.c_str()},
               "must be a class from 0 to " + std::to_string(classes_of(problem) - 1) +
                   " or ignore_index " + text_of_integer(ignored.index) + ", got " + label);
}

// Labels beyond int64 are no class; NumPy would wrap them to negative ones.
void settle_large(const char* function, const Array& given, const Array& labels,
                  const Problem& problem, const Ignored& ignored) {
  const Array wide = side_by_side(given, NPY_UINT64);
  const auto entries = entries_of<std::uint64_t>(wide);
  auto* to = static_cast<std::int64_t*>(labels.data());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!(entries[i] >> 63)) continue;
    if (entries[i] != ignored.beyond) {
      refuse_label(function, i, std::to_string(entries[i]), problem, ignored);
    }
    to[i] = ignored.label;
  }
}

// What stands for a label beyond int64 must not be one that was given.
void refuse_stand_in(const char* function, const Array& labels, const Problem& problem,
                     const Ignored& ignored) {
  const auto entries = entries_of<std::int64_t>(labels);
  const auto found = std::ranges::find(entries, ignored.label);
  if (found == entries.end()) return;
  refuse_label(function, static_cast<std::size_t>(found - entries.begin()), std::to_string(*found),
               problem, ignored);
}

void check_shape(const Where& where, const char* rule, const Array& array,
                 const std::vector<npy_intp>& shape) {
  const auto ndim = static_cast<int>(shape.size());
  if (array.ndim() == ndim && PyArray_CompareLists(array.shape(), shape.data(), ndim)) return;
  refuse_value(where,
               rule + text_of_shape(shape.data(), ndim) + ", got " + text_of_shape(array.get()));
}

// Integers in the order of the rows; an Array that is not given where these are no integers.
Array take_labels(const Where& where, nb::handle value, const Problem& problem,
                  const Ignored& ignored) {
  const Array given = take_any(where, value);
  if (PyArray_ISBOOL(given.get())) {
    refuse_type(where, "must be labels (integers) or probabilities (floats), got bool");
  }
  const bool is_bfloat16 = given.foreign.is_valid() && PyArray_TYPE(given.get()) == NPY_UINT16;
  if (!PyArray_ISINTEGER(given.get()) || is_bfloat16) return {};
  if (!PyArray_ISNOTSWAPPED(given.get())) {
    refuse_type(where, "must be in native byte order, got " + text_of_dtype(given.get()));
  }
  check_shape(where, "of integers must have the shape of the rows, ", given,
              shape_of_rows(problem.scores, problem.axis));
  Array labels = side_by_side(given, NPY_INT64);
  if (is_uint64(given)) {
    settle_large(where.function, given, labels, problem, ignored);
  } else if (ignored.beyond) {
    refuse_stand_in(where.function, labels, problem, ignored);
  }
  return labels;
}

Array take_probabilities(const Where& where, nb::handle value, const Problem& problem) {
  Array given = take_numbers(where, value);
  const npy_intp* shape = problem.scores.shape();
  check_shape(where, "of floats must have the shape of scores, ", given,
              {shape, shape + problem.scores.ndim()});
  if (given.dtype == problem.scores.dtype) return given;
  return narrowed(take_as(where, value, working_dtype(problem.scores.dtype)), problem.scores);
}

Array take_class_weights(const Where& where, nb::handle value, const Problem& problem) {
  if (value.is_none()) return {};
  const Array given = take_as(where, value, working_dtype(problem.scores.dtype));
  check_shape(where, "must be one per class, of shape ", given, {classes_of(problem)});
  return side_by_side(given, problem.working_type());
}

PerRowArgument take_sample_weights(const Where& where, nb::handle value, const Problem& problem) {
  if (value.is_none()) return PerRowArgument(1.0);
  return {where, value, problem.scores, problem.axis};
}

}  // namespace

Reduce take_reduction(const char* function, nb::handle value) {
  constexpr const char* kNames[] = {"mean", "sum", "none"};
  for (int i = 0; PyUnicode_Check(value.ptr()) && i < 3; ++i) {
    if (PyUnicode_CompareWithASCIIString(value.ptr(), kNames[i]) == 0)
      return static_cast<Reduce>(i);
  }
  refuse_value({function, "reduction"},
               std::string("must be mean, sum or none, got ") + nb::str(value).c_str());
}

LossProblem take_loss_problem(Problem map, nb::handle targets, nb::handle class_weights,
                              nb::handle sample_weights, nb::handle label_smoothing,
                              nb::handle ignore_index, nb::handle z_loss) {
  LossProblem problem = take_score_problem(std::move(map), targets, sample_weights, ignore_index);
  const char* function = problem.map.function;
  problem.class_weights =
      take_class_weights({function, "class_weights"}, class_weights, problem.map);
  problem.label_smoothing = take_number({function, "label_smoothing"}, label_smoothing);
  problem.z_loss = take_number({function, "z_loss"}, z_loss);
  return problem;
}

LossProblem take_score_problem(Problem map, nb::handle targets, nb::handle sample_weights,
                               nb::handle ignore_index) {
  const char* function = map.function;
  const Ignored ignored({function, "ignore_index"}, ignore_index);
  Array labels = take_labels({function, "targets"}, targets, map, ignored);
  Array probabilities = labels ? Array{} : take_probabilities({function, "targets"}, targets, map);
  PerRowArgument weights = take_sample_weights({function, "sample_weights"}, sample_weights, map);
  return {std::move(map), std::move(labels), std::move(probabilities), {}, std::move(weights), 0,
          ignored.label};
}

LossProblem take_teacher_problem(Problem map, nb::handle teacher_scores,
                                 nb::handle sample_weights) {
  const char* function = map.function;
  Array teacher = take_beside({function, "teacher_scores"}, teacher_scores, map.scores, "scores");
  const npy_intp* shape = map.scores.shape();
  check_shape({function, "teacher_scores"}, "must have the shape of scores, ", teacher,
              {shape, shape + map.scores.ndim()});
  PerRowArgument weights = take_sample_weights({function, "sample_weights"}, sample_weights, map);
  return {std::move(map), {}, std::move(teacher), {}, std::move(weights)};
}

}  // namespace gibbs::python
