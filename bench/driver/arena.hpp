#pragma once
// The arrays that all contestants of one shape share.

#include <cstddef>
#include <memory>
#include <new>

#include "driver/shapes.hpp"
#include "gibbs/rows.hpp"

namespace gibbs::bench {

// Every pointer but the last two is input; each holds shape.elements() numbers.
struct Arena {
  Shape shape;
  const float* scores = nullptr;             // N(0, 2), one row after the other
  const float* scores_by_columns = nullptr;  // the same, one column after the other
  const float* upstream = nullptr;           // N(0, 2)
  const float* probabilities = nullptr;      // softmax of the scores
  float* out = nullptr;
  float* log_partition = nullptr;  // one per row

  Rows<const float> in_rows() const { return {scores, shape.rows, shape.cols}; }
  Rows<float> out_rows() const { return {out, shape.rows, shape.cols}; }
  Rows<const float> in_columns() const {
    return {scores_by_columns, shape.rows, shape.cols, 1, shape.rows};
  }
  Rows<float> out_columns() const { return {out, shape.rows, shape.cols, 1, shape.rows}; }
};

// Owns the arrays. They are made once, for the largest shape; the scores are independent, so the
// first part of them serves every smaller shape.
class Memory {
 public:
  explicit Memory(std::int64_t elements);
  // Valid until the next call, which rewrites what depends on the shape.
  Arena arena(const Shape& shape);

 private:
  // A cache line, as tensor libraries align.
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(float* p) const { ::operator delete[](p, kAlignment); }
  };
  using Array = std::unique_ptr<float[], Free>;
  static Array make_array(std::int64_t elements);

  Array scores_, scores_by_columns_, upstream_, probabilities_, out_, log_partition_;
};

}  // namespace gibbs::bench
