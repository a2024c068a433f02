// Bytes become a batch with every option; what the map makes of it is held to the reference and to
// the contract for numbers.

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdio>
#include <cstdlib>
#include <gibbs/gibbs.hpp>

#include "support/bars.hpp"
#include "support/batches.hpp"
#include "support/reference.hpp"
#include "support/run_map.hpp"

namespace gibbs::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kAlphaMenu[] = {1,    1.5, 2, kInf, 0.5, 1.001,   1.25,
                                 1.75, 2.5, 3, 10,   0.1, 0.999999};
constexpr double kTemperatureMenu[] = {1, 0.5, 0, kInf, 1e-3, 0.1, 0.3, 2, 10, 1e3, 1e-30, 1e30};
constexpr double kScoreMenu[] = {0, -kInf, kInf, 1e30, -1e30, 1e-40, 88.8, -104, 3};

// How the numbers of one batch are drawn: mostly ordinary, sometimes any bits at all.
enum class Style { kNear, kWide, kSpecial, kBits };

template <Score T>
T draw(FuzzedDataProvider& bytes, Style style) {
  const auto word = bytes.ConsumeIntegral<std::int16_t>();
  if (style == Style::kNear) return from_double<T>(word / 8192.0);
  if (style == Style::kWide) return from_double<T>(word / 256.0);
  if (style == Style::kSpecial && word % 4 == 0) {
    return from_double<T>(
        kScoreMenu[static_cast<std::size_t>(word & 0xFF) % std::size(kScoreMenu)]);
  }
  if (style == Style::kBits) {
    return from_double<T>(static_cast<long double>(bytes.ConsumeFloatingPoint<float>()));
  }
  return from_double<T>(word / 1024.0);
}

// All that one call is given.
template <Score T>
struct Call {
  std::int64_t rows = 0, cols = 0;
  std::vector<T> scores;
  std::vector<working_t<T>> log_g;  // one row, or none
  std::vector<bool> mask;           // one row, or none
  double alpha = 1, temperature = 1;
  Layout from = kLayouts[0], to = kLayouts[0];
};

template <Score T>
Call<T> draw_call(FuzzedDataProvider& bytes) {
  Call<T> call;
  call.rows = bytes.ConsumeIntegralInRange<int>(0, 9);
  call.cols = bytes.ConsumeIntegralInRange<int>(0, 70);
  call.alpha = bytes.PickValueInArray(kAlphaMenu);
  call.temperature = bytes.PickValueInArray(kTemperatureMenu);
  call.from = bytes.PickValueInArray(kLayouts);
  call.to = bytes.PickValueInArray(kLayouts);
  const bool with_g = bytes.ConsumeBool();
  const bool with_mask = bytes.ConsumeBool();
  const auto style = static_cast<Style>(bytes.ConsumeIntegralInRange<int>(0, 3));
  for (std::int64_t k = 0; k < call.rows * call.cols; ++k) {
    call.scores.push_back(draw<T>(bytes, style));
  }
  for (std::int64_t j = 0; j < call.cols; ++j) {
    if (with_g) call.log_g.push_back(draw<working_t<T>>(bytes, Style::kNear));
    if (with_mask) call.mask.push_back(bytes.ConsumeIntegral<std::uint8_t>() % 8 != 0);
  }
  return call;
}

template <Score T>
Problem row_of(const Call<T>& call, std::int64_t row) {
  const auto first = call.scores.begin() + row * call.cols;
  return {widened(std::vector<T>(first, first + call.cols)), call.alpha, call.temperature,
          widened(call.log_g), call.mask};
}

[[noreturn]] void fail(const char* what, const Problem& problem, double got, long double exact) {
  std::fprintf(stderr, "%s: got %.17g, exact %.21Lg, alpha %.17Lg, T %.17Lg, %s\nscores", what, got,
               exact, problem.alpha, problem.temperature, simd_target().c_str());
  for (const long double x : problem.scores) std::fprintf(stderr, " %.17Lg", x);
  std::fprintf(stderr, "\nlog g");
  for (const long double x : problem.log_degeneracy) std::fprintf(stderr, " %.17Lg", x);
  std::fprintf(stderr, "\n");
  std::abort();
}

template <Score T>
bool probability_is_good(T got, long double exact, const Problem& problem) {
  const bool limit = problem.temperature == 0 || std::isinf(problem.temperature);
  if (problem.alpha == 1 || std::isinf(problem.alpha) || limit || std::isnan(exact)) {
    return ulps(got, exact) <= softmax_bar<T>();
  }
  return std::abs(to_double(got) - exact) <= entmax_bar_at<T>(exact);
}

// p against the reference, and the support against p. The short types round a p to zero.
template <Score T>
void check_row(const Problem& problem, const std::vector<T>& p, std::int64_t support,
               working_t<T> log_partition) {
  const Solution exact = solve(problem);
  std::int64_t positive = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    positive += to_double(p[i]) > 0;
    if (!probability_is_good(p[i], exact.probabilities[i], problem)) {
      fail("probability", problem, to_double(p[i]), exact.probabilities[i]);
    }
  }
  const bool counts = sizeof(T) == 2 ? positive <= support : positive == support;
  if (!counts) fail("support", problem, static_cast<double>(support), positive);
  if (ulps_of_log(log_partition, exact.log_partition) > 8 * softmax_bar<working_t<T>>()) {
    fail("log_partition", problem, to_double(log_partition), exact.log_partition);
  }
}

template <Score T>
void run_call(const Call<T>& call) {
  Batch<T> in(call.rows, call.cols, call.from), out(call.rows, call.cols, call.to);
  fill(in, call.scores);
  const Mask mask(call.mask);
  std::vector<working_t<T>> log_partition(static_cast<std::size_t>(call.rows));
  std::vector<std::int64_t> support(log_partition.size());
  EntmaxOptions<T> options{.alpha = call.alpha, .temperature = call.temperature};
  if (!call.log_g.empty()) options.log_degeneracy = call.log_g;
  if (!call.mask.empty()) options.mask = mask.view();
  options.log_partition = log_partition;
  options.support = support;
  entmax(in.input(), out.view(), options);
  const std::vector<T> all = values_of(out);
  for (std::int64_t i = 0; i < call.rows; ++i) {
    const auto first = all.begin() + i * call.cols;
    check_row(row_of(call, i), std::vector<T>(first, first + call.cols),
              support[static_cast<std::size_t>(i)], log_partition[static_cast<std::size_t>(i)]);
  }
}

void run(FuzzedDataProvider& bytes) {
  const std::vector<std::string> targets = simd_targets();
  set_simd_target(targets[bytes.ConsumeIntegral<std::uint8_t>() % targets.size()]);
  switch (bytes.ConsumeIntegralInRange<int>(0, 3)) {
    case 0:
      return run_call(draw_call<float>(bytes));
    case 1:
      return run_call(draw_call<double>(bytes));
    case 2:
      return run_call(draw_call<bfloat16>(bytes));
    default:
      return run_call(draw_call<float16>(bytes));
  }
}

}  // namespace
}  // namespace gibbs::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider bytes(data, size);
  gibbs::testing::run(bytes);
  return 0;
}
