#pragma once
// Whose noise a draw gets, read once.

#include <cstdint>
#include <span>
#include <vector>

#include "arguments.hpp"

namespace gibbs::python {

struct NoiseProblem {
  NoiseProblem() = default;  // of draws that need none
  // `given`: (seed, stream, row_ids, first_row, first_category, draw). Rows are those of `like`,
  // numbered in the order of the array, however it lies in memory.
  NoiseProblem(const char* function, nanobind::handle given, const Array& like, int axis,
               const char* draw_name = "first_draw");

  std::uint64_t seed = 0, stream = 0, first_row = 0, first_category = 0, draw = 0;
  std::vector<std::uint64_t> row_ids;  // in the order of the rows; empty: not given

  // Into the options of one batch. `room` holds ids that do not lie side by side.
  template <class Options>
  void put(const Slabs& slabs, int row_numbers, const Slabs::Offsets& offsets,
           std::vector<std::uint64_t>& room, Options& options) const {
    options.seed = seed;
    options.stream = stream;
    options.first_row = first_row + at(row_numbers, offsets);
    options.row_ids = ids_of(slabs, row_numbers, offsets, room);
    if constexpr (requires { options.first_category; }) options.first_category = first_category;
    if constexpr (requires { options.first_draw; }) {
      options.first_draw = draw;
    } else {
      options.draw = draw;
    }
  }

 private:
  static std::uint64_t at(int operand, const Slabs::Offsets& offsets) {
    return static_cast<std::uint64_t>(offsets[static_cast<std::size_t>(operand)]);
  }
  std::span<const std::uint64_t> ids_of(const Slabs& slabs, int row_numbers,
                                        const Slabs::Offsets& offsets,
                                        std::vector<std::uint64_t>& room) const;
};

}  // namespace gibbs::python
