#include "noise_problem.hpp"

#include <algorithm>
#include <string>

namespace gibbs::python {

namespace nb = nanobind;

namespace {

void refuse_negative(const Where& where, const Array& given) {
  if (PyArray_ISUNSIGNED(given.get())) return;
  const Array wide = side_by_side(given, NPY_INT64);
  const auto ids = entries_of<std::int64_t>(wide);
  const auto found = std::ranges::find_if(ids, [](std::int64_t id) { return id < 0; });
  if (found != ids.end())
    refuse_value(where, "must not be negative, got " + std::to_string(*found));
}

std::vector<std::uint64_t> take_row_ids(const Where& where, nb::handle value, const Array& like,
                                        int axis) {
  if (value.is_none()) return {};
  const Array given = take_any(where, value);
  const bool is_bfloat16 = given.foreign.is_valid() && PyArray_TYPE(given.get()) == NPY_UINT16;
  if (!PyArray_ISINTEGER(given.get()) || is_bfloat16) {
    refuse_type(where, "must be integers, got " + text_of_dtype(given.get()));
  }
  refuse_negative(where, given);
  const Array ids = side_by_side(given, NPY_UINT64);
  std::vector<std::uint64_t> row_ids;
  for (const std::int64_t offset : offsets_over_rows(where, ids.get(), like, axis)) {
    row_ids.push_back(entries_of<std::uint64_t>(ids)[static_cast<std::size_t>(offset)]);
  }
  return row_ids;
}

// As the library refuses it of one batch.
void check_first_row(const char* function, std::uint64_t first, const Array& like, int axis) {
  std::uint64_t rows = 1;
  for (const npy_intp extent : shape_of_rows(like, axis))
    rows *= static_cast<std::uint64_t>(extent);
  const std::uint64_t most = ~std::uint64_t{0} - (std::max<std::uint64_t>(rows, 1) - 1);
  if (first <= most) return;
  refuse_value({function, "first_row"}, "must be at most " + std::to_string(most) + " for " +
                                            std::to_string(rows) + " rows, got " +
                                            std::to_string(first));
}

}  // namespace

NoiseProblem::NoiseProblem(const char* function, nb::handle given, const Array& like, int axis,
                           const char* draw_name)
    : seed(take_bits({function, "seed"}, given[0])),
      stream(take_bits({function, "stream"}, given[1])),
      first_row(take_bits({function, "first_row"}, given[3])),
      first_category(take_bits({function, "first_category"}, given[4])),
      draw(take_bits({function, draw_name}, given[5])),
      row_ids(take_row_ids({function, "row_ids"}, given[2], like, axis)) {
  if (row_ids.empty()) check_first_row(function, first_row, like, axis);
}

std::span<const std::uint64_t> NoiseProblem::ids_of(const Slabs& slabs, int row_numbers,
                                                    const Slabs::Offsets& offsets,
                                                    std::vector<std::uint64_t>& room) const {
  if (!row_ids.empty()) return of_batch(row_ids.data(), slabs, row_numbers, offsets, room);
  const std::int64_t stride = slabs.row_stride(row_numbers);
  if (stride == 1 || slabs.rows() <= 1) return {};
  room.resize(static_cast<std::size_t>(slabs.rows()));
  for (std::uint64_t id = first_row + at(row_numbers, offsets); std::uint64_t & to : room) {
    to = id;
    id += static_cast<std::uint64_t>(stride);
  }
  return room;
}

}  // namespace gibbs::python
