// A batch is a view: rows x cols numbers that belong to you. Each row is one distribution, and a
// parameter is one number for all rows or one per row.
#include <array>
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

int main() {
  std::vector<double> scores{1, 2, 3,   //
                             1, 2, 3,   //
                             5, 5, 5};  //
  const std::array<double, 3> temperatures{1.0, 0.25, 1.0};

  const gibbs::Rows<double> batch(scores.data(), 3, 3);
  gibbs::softmax(batch, batch, {.temperature = temperatures});  // in place

  for (int row = 0; row < 3; ++row) {
    std::printf("%.4f %.4f %.4f\n", batch(row, 0), batch(row, 1), batch(row, 2));
  }
}

// prints
// 0.0900 0.2447 0.6652
// 0.0003 0.0180 0.9817
// 0.3333 0.3333 0.3333
