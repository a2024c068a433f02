#include "floor/panels.hpp"

#include <algorithm>
#include <numeric>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace gibbs::bench {
namespace {

constexpr std::int64_t kLine = 16;  // floats
constexpr std::int64_t kAhead = 8;  // columns whose memory is asked for

// A cache line, around the caches where the processor can.
void stream_line(const float* in, float* out) {
#if defined(__AVX512F__)
  _mm512_stream_ps(out, _mm512_loadu_ps(in));
#elif defined(__SSE2__)
  for (std::int64_t k = 0; k < kLine; k += 4) _mm_stream_ps(out + k, _mm_loadu_ps(in + k));
#else
  std::copy_n(in, kLine, out);
#endif
}

}  // namespace

void copy_in_panels(const float* in, float* out, std::int64_t rows, std::int64_t cols,
                    std::int64_t height) {
  for (std::int64_t first = 0; first < rows; first += height) {
    for (std::int64_t j = 0; j < cols; ++j) {
      const float* from = in + j * rows + first;
      const std::int64_t later = j + kAhead;  // after the last columns those of the next panel
      const std::int64_t panel = std::min(first + later / cols * height, rows - height);
      const float* next = in + later % cols * rows + panel;
      for (std::int64_t i = 0; i < height; i += kLine) {
        __builtin_prefetch(next + i);
        stream_line(from + i, out + (from - in) + i);
      }
    }
  }
}

float read_then_copy(const float* in, float* out, std::int64_t rows, std::int64_t cols) {
  const float all = std::reduce(in, in + rows * cols);
  copy_in_panels(in, out, rows, cols, rows);
  return all;
}

}  // namespace gibbs::bench
