#pragma once
// Which state each sample belongs to: the batch calls behind MBAR, BAR and WHAM.

#include <cstddef>
#include <cstdint>

namespace gibbs::kernels {

// Samples of a block, and how far apart rows of p lie: 2 KB alone would put all rows of a tile on
// the same lines of the first cache. The room between holds the lanes of each row's sum.
inline constexpr std::int64_t kMixtureBlock = 256;
inline constexpr std::int64_t kMixtureStride = kMixtureBlock + 8;

// p_k(n) = exp(y_k) / sum_l exp(y_l), y_k = (centre_k - u_k(n)) + score_k, of a block of samples.
// u = +inf gives 0; of a sample with u = +inf everywhere all are NaN. What all y of a sample have
// in common is taken out before scores are added: p keeps its digits where centre - u is exact, as
// it is for whole centres and |u| < 2^53.
struct MixtureBlock {
  const double* const* u = nullptr;  // a pointer to the first sample's u for each state
  std::int64_t states = 0, samples = 0;
  const double* centre = nullptr;
  const double* score = nullptr;
  const double* roots = nullptr;  // of the weights of the samples; null: all 1
  // p sqrt(weight), a row of kMixtureStride for each state, aligned to a vector; 0 after the last.
  double* p = nullptr;
  // ln sum_l exp(y_l) = reference + log_denominator: each room for kMixtureBlock.
  double* reference = nullptr;
  double* log_denominator = nullptr;
  bool* counts = nullptr;      // whether the state has some p >= 2^-80
  double* row_sums = nullptr;  // of p weight
};

// The sum of weight * ln sum_l exp(y_l), and that of its magnitudes.
struct MixtureSum {
  double value = 0, magnitude = 0;
};
MixtureSum mixture_block(const MixtureBlock& block);

// gram[index_i * stride + index_j] += rows_i . rows_j for j <= i. The last vector of each row is
// filled up with zeros.
struct GramRows {
  const double* const* rows = nullptr;
  const std::int64_t* index = nullptr;
  std::int64_t count = 0, samples = 0;
};
void add_gram(const GramRows& rows, double* gram, std::int64_t stride);

// to[n] = exp(((centre - u[n]) - reference[n]) + score - log_denominator[n]); the last vector is
// filled up with zeros.
struct WeighedRow {
  const double* u = nullptr;
  const double* reference = nullptr;
  const double* log_denominator = nullptr;
  double centre = 0, score = 0;
  std::int64_t samples = 0;
};
void weigh_row(const WeighedRow& row, double* to);

}  // namespace gibbs::kernels
