#pragma once
// The header of a .npy file: one array of numbers.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/byte_source.hpp"

namespace gibbs::cli {

struct NpyHeader {
  int bytes = 8;  // of one number: 2, 4 or 8 for float16, float32, float64
  bool fortran_order = false;
  bool one_dimension = false;  // then one row
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::int64_t data_begins = 0;
};

// Reads versions 1.0, 2.0 and 3.0 and holds the sizes against the size of the file.
// throws    BadData: not .npy, another version, type, byte order or number of dimensions, more or
//           fewer bytes of data than the shape needs
NpyHeader read_npy_header(const ByteSource& source);

// 192 bytes, whatever the shape, so that it can be written again when the rows have been counted.
// `descr` is as in a header: "'<f8'", or a list of fields; `shape` as "(3, 4)".
std::string make_npy_header(std::string_view descr, std::string_view shape);

}  // namespace gibbs::cli
