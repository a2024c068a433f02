// With many classes most probabilities of sparsemax are zero: keep only the others.
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  const int rows = 2;
  const int cols = 100'000;
  std::vector<float> scores(static_cast<std::size_t>(rows) * cols, 0.0F);
  scores[7] = 4.0F;
  scores[42'000] = 3.5F;
  scores[cols + 99'999] = 2.0F;

  const gibbs::Rows<const float> batch(scores.data(), rows, cols);
  const auto sparse = gibbs::sparse_entmax(batch, {.alpha = 2.0});

  for (int row = 0; row < rows; ++row) {
    for (auto k = sparse.row_offsets[row]; k < sparse.row_offsets[row + 1]; ++k) {
      std::printf("row %d  column %5d  %.3f\n", row, static_cast<int>(sparse.columns[k]),
                  sparse.values[k]);
    }
  }
}

// prints
// row 0  column     7  0.750
// row 0  column 42000  0.250
// row 1  column 99999  1.000
