#pragma once
// Rows of any stride and number type into contiguous lanes, and back.

#include <cstddef>
#include <cstdint>

#include "gibbs/types.hpp"

namespace gibbs::kernels {

// A rows x cols block in memory, strides in elements.
template <class T>
struct Block {
  T* data;
  std::int64_t rows, cols;
  std::ptrdiff_t row_stride, col_stride;
};

// to[i * to_stride + j] = from(i, j), exactly.
void read_block(const Block<const double>& from, double* to, std::ptrdiff_t to_stride);
void read_block(const Block<const float>& from, float* to, std::ptrdiff_t to_stride);
void read_block(const Block<const bfloat16>& from, float* to, std::ptrdiff_t to_stride);
void read_block(const Block<const float16>& from, float* to, std::ptrdiff_t to_stride);

// to(i, j) = from[i * from_stride + j], rounded to nearest even. `stream` writes around the caches
// where the layout allows it.
void write_block(const double* from, std::ptrdiff_t from_stride, const Block<double>& to,
                 bool stream);
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<float>& to,
                 bool stream);
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<bfloat16>& to,
                 bool stream);
void write_block(const float* from, std::ptrdiff_t from_stride, const Block<float16>& to,
                 bool stream);

}  // namespace gibbs::kernels
