#include "exp_sweep.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <functional>
#include <gibbs/gibbs.hpp>
#include <thread>

namespace gibbs::testing {
namespace {

constexpr std::int64_t kCols = 4096;
constexpr std::int64_t kRows = 1024;  // 2^22 floats at a time, 1024 times
constexpr std::uint64_t kChunk = kRows * kCols;

// body(first, last) on as many threads as there are processors.
void split(std::int64_t count, const std::function<void(std::int64_t, std::int64_t)>& body) {
  const std::int64_t parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  for (std::int64_t k = 0; k < parts; ++k) {
    threads.emplace_back(body, count * k / parts, count * (k + 1) / parts);
  }
  for (std::thread& thread : threads) thread.join();
}

// The scores with bits from `first` on.
void fill_scores(std::uint64_t first, std::vector<float>& scores) {
  for (std::uint64_t i = 0; i < kChunk; ++i) {
    scores[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i));
  }
}

// exact = exp(x - max) / sum. The difference of neighbouring floats is exact in double.
void fill_exact_row(const float* x, double* exact) {
  const double top = std::max(x[0], x[kCols - 1]);
  double sum = 0;
  for (std::int64_t j = 0; j < kCols; ++j) {
    exact[j] = std::exp(static_cast<double>(x[j]) - top);
    sum += exact[j];
  }
  for (std::int64_t j = 0; j < kCols; ++j) exact[j] /= sum;
}

// 1 over the ulp of a normal float of this size.
double inverse_ulp(double p) {
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(p) >> 52;
  return std::bit_cast<double>((2 * 1023 + 23 - exponent) << 52);
}

void compare_row(const float* x, const float* got, const double* exact, SweepResult& worst) {
  for (std::int64_t j = 0; j < kCols; ++j) {
    const double difference = std::abs(static_cast<double>(got[j]) - exact[j]);
    const double error = difference <= 2 ? difference : HUGE_VAL;  // NaN is the worst error
    if (exact[j] >= 0x1p-126) {
      const double in_ulp = error * inverse_ulp(exact[j]);
      if (in_ulp <= worst.worst_normal) continue;
      worst.worst_normal = in_ulp;
      worst.worst_at = std::bit_cast<std::uint32_t>(x[j]);
    } else {
      worst.worst_subnormal = std::max(worst.worst_subnormal, error * 0x1p149);
    }
  }
}

void count_lost_nan(const float* got, SweepResult& result) {
  result.nan_lost += std::count_if(got, got + kCols, [](float p) { return !std::isnan(p); });
}

void merge_into(SweepResult& total, const SweepResult& part) {
  if (part.worst_normal > total.worst_normal) {
    total.worst_normal = part.worst_normal;
    total.worst_at = part.worst_at;
  }
  total.worst_subnormal = std::max(total.worst_subnormal, part.worst_subnormal);
  total.nan_lost += part.nan_lost;
}

struct Chunk {
  std::vector<float> scores = std::vector<float>(kChunk), got = std::vector<float>(kChunk);
  std::vector<double> exact = std::vector<double>(kChunk);
  std::vector<SweepResult> of_row = std::vector<SweepResult>(kRows);
};

// Infinity shares its row with NaNs, so every row from there on is NaN.
bool is_nan_row(const float* x) { return std::isnan(x[kCols - 1]); }

void measure_target(Chunk& chunk, SweepResult& total) {
  set_simd_target(total.target);
  softmax(Rows<const float>(chunk.scores.data(), kRows, kCols),
          Rows<float>(chunk.got.data(), kRows, kCols));
  split(kRows, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      SweepResult& result = chunk.of_row[static_cast<std::size_t>(i)] = {};
      const float* x = chunk.scores.data() + i * kCols;
      const float* got = chunk.got.data() + i * kCols;
      if (is_nan_row(x)) {
        count_lost_nan(got, result);
      } else {
        compare_row(x, got, chunk.exact.data() + i * kCols, result);
      }
    }
  });
  for (const SweepResult& part : chunk.of_row) merge_into(total, part);
}

}  // namespace

std::vector<SweepResult> sweep_exponential() {
  std::vector<SweepResult> results;
  for (const std::string& target : simd_targets()) results.push_back({target, 0, 0, 0, 0});
  Chunk chunk;
  for (std::uint64_t first = 0; first < (std::uint64_t{1} << 32); first += kChunk) {
    fill_scores(first, chunk.scores);
    split(kRows, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        fill_exact_row(chunk.scores.data() + i * kCols, chunk.exact.data() + i * kCols);
      }
    });
    for (SweepResult& result : results) measure_target(chunk, result);
    if (first % (kChunk * 64) == 0)
      std::fprintf(stderr, "exp: %2.0f %%\n", std::ldexp(first, -32) * 100);
  }
  set_simd_target("");
  return results;
}

}  // namespace gibbs::testing
