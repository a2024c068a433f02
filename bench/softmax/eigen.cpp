// Eigen, as its users write it. Compiled for this machine: its vectors are chosen by -march.

#include <Eigen/Core>

#include "driver/check.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

using Matrix = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

void softmax(const Arena& arena) {
  const Eigen::Map<const Matrix> in(arena.scores, arena.shape.rows, arena.shape.cols);
  Eigen::Map<Matrix> out(arena.out, arena.shape.rows, arena.shape.cols);
  for (Eigen::Index i = 0; i < in.rows(); ++i) {
    out.row(i) = (in.row(i) - in.row(i).maxCoeff()).exp();
    out.row(i) /= out.row(i).sum();
  }
}

}  // namespace

Contestant softmax_eigen(const Arena& arena) {
  return {"softmax/eigen", [=] { softmax(arena); },
          [=] { return softmax_error(arena, arena.out_rows()); }, 1e-3};
}

}  // namespace gibbs::bench
