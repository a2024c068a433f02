// Strides name an axis: here each column of an array in row order is one distribution, without a
// copy.
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  const int rows = 2;
  const int cols = 3;
  const std::vector<float> scores{0, 1, 2,    //
                                  0, 3, -2};  //
  std::vector<float> p(scores.size());

  // The distributions are the columns: as many as cols, one element apart, each with steps of cols.
  const gibbs::Rows<const float> in(scores.data(), cols, rows, 1, cols);
  const gibbs::Rows<float> out(p.data(), cols, rows, 1, cols);
  gibbs::softmax(in, out);

  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) std::printf("%.3f ", p[row * cols + col]);
    std::printf("\n");
  }
}

// prints
// 0.500 0.119 0.982
// 0.500 0.881 0.018
