// Bits: published vectors, neighbours without correlation, the same tokens however they are drawn.

#include <cmath>
#include <string>

#include "gibbs/parallel.hpp"
#include "gibbs/sampling/goodness.hpp"
#include "gibbs/sampling/gumbel_max.hpp"
#include "gibbs/sampling/noise.hpp"
#include "gibbs/sampling/sample.hpp"
#include "gibbs/simd.hpp"
#include "sampling/self_test.hpp"

namespace gibbs::sampling {
namespace {

SelfTestResult test_vectors() {
  using Words = Philox4x32::Counter;
  const bool right = Philox4x32::bits({0, 0, 0, 0}, {0, 0}) ==
                         Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8} &&
                     Philox4x32::bits({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
                         Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd} &&
                     Philox4x32::bits({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                                      {0xa4093822, 0x299f31d0}) ==
                         Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
  return settled("Philox4x32-10, published vectors", "3 counters", right);
}

std::vector<double> uniforms(const NoiseOptions& options, std::int64_t count) {
  std::vector<double> u(static_cast<std::size_t>(count));
  uniform_noise(u, options);
  return u;
}

SelfTestResult test_uniforms(std::uint64_t seed, std::int64_t count) {
  const auto fit = uniformity_test(uniforms({.seed = seed}, count));
  return judged("Kolmogorov-Smirnov of uniform noise", std::to_string(count) + " categories",
                fit.statistic, fit.p_value);
}

SelfTestResult test_neighbours(const char* of, std::uint64_t seed, const NoiseOptions& next,
                               std::int64_t count) {
  const auto here = uniforms({.seed = seed}, count), there = uniforms(next, count);
  double sum = 0;
  for (std::size_t i = 0; i < here.size(); ++i) sum += (here[i] - 0.5) * (there[i] - 0.5);
  const double z = 12 * sum / std::sqrt(static_cast<double>(count));
  return judged(std::string("z of the correlation of neighbouring ") + of,
                std::to_string(count) + " pairs", z, two_sided_tail(z));
}

// Threads and target as they were, whatever happens.
class AsItWas {
 public:
  AsItWas() = default;
  ~AsItWas() {
    set_num_threads(threads_);
    set_simd_target(target_);
  }
  AsItWas(const AsItWas&) = delete;
  AsItWas& operator=(const AsItWas&) = delete;

 private:
  int threads_ = num_threads();
  std::string target_ = simd_target();
};

// Tokens and noise of rows that come in another order, on some target and number of threads.
struct Drawn {
  std::vector<std::int64_t> tokens;
  std::vector<double> noise;
  bool operator==(const Drawn&) const = default;
};

Drawn draw_all(std::uint64_t seed, bool backwards) {
  constexpr std::int64_t kRows = 64, kCols = 3000;
  std::vector<float> scores(kRows * kCols);
  gumbel_noise(Rows<float>(scores.data(), kRows, kCols), {.seed = seed + 1});
  Drawn drawn{std::vector<std::int64_t>(2 * kRows), std::vector<double>(kRows * 100)};
  std::vector<std::uint64_t> ids(kRows);
  for (std::int64_t i = 0; i < kRows; ++i) {
    ids[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>(backwards ? kRows - 1 - i : i);
  }
  const std::int64_t step = backwards ? -1 : 1, first = backwards ? kRows - 1 : 0;
  const Rows<const float> in(scores.data() + first * kCols, kRows, kCols, step * kCols, 1);
  const DrawOptions<float> options{.seed = seed, .row_ids = ids};
  sample(in, Rows<std::int64_t>(drawn.tokens.data() + first, kRows, 1, step, 1), options);
  gumbel_max(in, Rows<std::int64_t>(drawn.tokens.data() + kRows + first, kRows, 1, step, 1),
             options);
  gumbel_noise(Rows<double>(drawn.noise.data() + first * 100, kRows, 100, step * 100, 1),
               {.seed = seed, .row_ids = ids});
  return drawn;
}

SelfTestResult test_matrix(std::uint64_t seed) {
  const AsItWas as_it_was;
  const Drawn here = draw_all(seed, false);
  const int threads = num_threads();
  bool same = true;
  std::string targets;
  for (const std::string& target : simd_targets()) {
    set_simd_target(target);
    targets += (targets.empty() ? "" : ", ") + target;
    for (const int bound : {1, threads}) {
      set_num_threads(bound);
      same = same && draw_all(seed, false) == here && draw_all(seed, true) == here;
    }
  }
  return settled("the same bits on each target and in any order of rows",
                 targets + "; 1 and " + std::to_string(threads) + " threads", same);
}

}  // namespace

void add_tests_of_bits(Battery& battery) {
  const std::uint64_t seed = battery.seed;
  const std::int64_t count = battery.draws(1e6);
  battery.tests.emplace_back(test_vectors);
  battery.tests.push_back([seed] { return test_matrix(seed); });
  battery.tests.push_back([=] { return test_uniforms(seed, count); });
  const auto add = [&](const char* of, const NoiseOptions& next) {
    battery.tests.push_back([=] { return test_neighbours(of, seed, next, count); });
  };
  add("categories", {.seed = seed, .first_category = 1});
  add("rows", {.seed = seed, .first_row = 1});
  add("draws", {.seed = seed, .draw = 1});
  add("streams", {.seed = seed, .stream = 1});
  add("seeds", {.seed = seed + 1});
}

}  // namespace gibbs::sampling
