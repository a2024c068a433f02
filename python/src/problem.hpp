#pragma once
// What a map is called with, read once.

#include <optional>

#include "arguments.hpp"
#include "gibbs/entmax.hpp"

namespace gibbs::python {

struct Problem {
  Problem(const char* name, nanobind::handle of, nanobind::handle index, nanobind::handle along,
          nanobind::handle warmth, nanobind::handle log_g, nanobind::handle present,
          const char* argument = "scores");

  const char* function;
  Array scores;
  int axis;
  PerRowArgument alpha, temperature;
  Array log_degeneracy, mask;

  bool varies_by_row() const { return !alpha.is_one_number() || !temperature.is_one_number(); }
  // The side inputs as operands beside the scores; each returns the operand's number.
  int add_log_degeneracy(Slabs& slabs) const;
  int add_mask(Slabs& slabs) const;
  // The NumPy type in which the scores are computed.
  int working_type() const { return type_number_of(working_dtype(scores.dtype)); }
};

// One number per row: the shape of the scores without the axis, or with one in its place.
Array new_per_row(const Problem& problem, int type_number, bool keepdims = false);

// Below this many elements letting other threads run costs more than it gives: 0.1 microseconds,
// where the lock is held for a few.
inline constexpr std::int64_t kWorthReleasing = 8192;

// Runs `body`, which touches no Python object, with the interpreter's lock released.
template <class Body>
void without_lock(std::int64_t elements, Body&& body) {
  std::optional<nanobind::gil_scoped_release> released;
  if (elements >= kWorthReleasing) released.emplace();
  body();
}

// body.operator()<T>() in the C++ type of the scores, without the lock. What the library refuses is
// refused in the function's name.
template <class Body>
void run_unlocked(const Problem& problem, Body&& body) {
  in_the_name_of(problem.function, [&] {
    with_type(problem.scores.dtype, [&]<Score T>() {
      without_lock(problem.scores.size(), [&] { body.template operator()<T>(); });
    });
  });
}

// body.operator()<T>(offsets) for every batch, run in this way.
template <class Body>
void for_each_batch(const Problem& problem, const Slabs& slabs, Body&& body) {
  run_unlocked(problem, [&]<Score T>() {
    slabs.for_each([&](const Slabs::Offsets& offsets) { body.template operator()<T>(offsets); });
  });
}

// What the library would refuse in a later batch is refused before the first one is written, by its
// place among all rows.
template <Score T>
void check_all_rows(const Problem& problem, std::int64_t rows) {
  T none{};
  entmax(Rows<const T>(&none, rows, 0), Rows<T>(&none, rows, 0),
         {.alpha = problem.alpha.all(), .temperature = problem.temperature.all()});
}

// A side input as the library takes it: 1 x cols where all rows share it.
template <class T>
Rows<T> side_input(T* data, const Slabs& slabs, int operand, const Slabs::Offsets& offsets) {
  if (!data) return {};
  Rows<T> rows = slabs.view(data, operand, offsets);
  if (rows.row_stride == 0) rows.rows = 1;
  return rows;
}

template <class T>
T* data_of(const Array& array) {
  return array ? static_cast<T*>(array.data()) : nullptr;
}

}  // namespace gibbs::python
