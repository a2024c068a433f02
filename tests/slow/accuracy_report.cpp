// accuracy_report FILE: measures every map on every SIMD target of this machine and writes
// docs/accuracy.md. Exit 1: a bar is passed (bold in the tables). `make test-slow` runs it.

#include <cstdio>
#include <fstream>
#include <gibbs/gibbs.hpp>
#include <iostream>

#include "exp_sweep.hpp"
#include "map_accuracy.hpp"
#include "support/bars.hpp"

namespace gibbs::testing {
namespace {

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "an unnamed processor";
}

constexpr const char* kHead = R"(# Accuracy

Made by `make test-slow` (tests/slow/accuracy_report.cpp); do not edit. The largest errors found, by
SIMD target, against long double with compensated sums, which is itself held to answers of 60 digits
(tests/known/maps.txt). An error above its bar would be in bold, and the test would have failed.

Bars, twice as wide on targets without fused multiply-add (SSE4):

| map | double | float | bfloat16, float16 |
|---|---|---|---|
| softmax, in ulp of p where p is normal | 4 | 2 | half an ulp for the rounding, and that of float |
| log_softmax, log_sum_exp, in ulp of max(1, the size of the answer) | 4 | 2 | the same |
| entmax, absolute | 8.9e-16 | 2e-7 | that and the rounding |
| derivatives, in ulp of the size of their terms | 16 | 16 | |

)";

std::string sweep_section(const std::vector<SweepResult>& results) {
  std::string text =
      "## The exponential over all 2^32 floats\n\nThrough softmax of rows of 4096 floats whose "
      "bits "
      "follow each other: the error holds that of\nthe exponential and of the division. Below "
      "2^-126 "
      "a probability is subnormal; its unit is 2^-149.\n\n"
      "| target | worst, ulp | at x | worst subnormal, units | NaN lost "
      "|\n|---|---:|---:|---:|---:|\n";
  for (const SweepResult& result : results) {
    char x[32];
    std::snprintf(x, sizeof x, "%.9g", static_cast<double>(std::bit_cast<float>(result.worst_at)));
    text += "| " + result.target + " | " + short_number(result.worst_normal) + " | " + x + " | " +
            short_number(result.worst_subnormal) + " | " + std::to_string(result.nan_lost) + " |\n";
  }
  return text + "\n";
}

bool is_good(const SweepResult& result) {
  const double bar = has_fma(result.target) ? 2 : 4;
  return result.worst_normal <= bar && result.worst_subnormal <= bar && result.nan_lost == 0;
}

std::string section(const char* title, const Table& table) {
  return std::string("## ") + title + "\n\n" + table.markdown();
}

// The report, and in `good` whether every error is within its bar.
std::string report(bool& good) {
  std::string text = kHead;
  text += "Measured on " + processor() + ", built by " GIBBS_COMPILER ", gibbs " +
          std::string(kVersion) + ".\n\n";
  const std::vector<SweepResult> sweep = sweep_exponential();
  const SoftmaxTables tables = softmax_accuracy();
  const Table entmax = entmax_accuracy();
  const Table vjp = vjp_accuracy();
  for (const SweepResult& result : sweep) good = good && is_good(result);
  for (const Table* table :
       {&tables.softmax, &tables.log_softmax, &tables.log_sum_exp, &entmax, &vjp}) {
    good = good && table->within_bars();
  }
  text += sweep_section(sweep);
  text += section("softmax, ulp of p", tables.softmax);
  text += section("log_softmax, ulp of max(1, |log p|)", tables.log_softmax);
  text += section("log_sum_exp, ulp of max(1, |log Z|)", tables.log_sum_exp);
  text += section("entmax, |p - exact|", entmax);
  text += section("entmax_vjp, ulp of the size of the terms, all outputs", vjp);
  text.pop_back();
  return text;
}

int write_report(const char* path) {
  bool good = true;
  const std::string text = report(good);
  std::ofstream file(path);
  file << text;
  if (!file.flush()) {
    std::cerr << "accuracy_report: " << path << " cannot be written\n";
    return 2;
  }
  if (!good) std::cerr << "accuracy_report: a bar is passed, see " << path << "\n";
  return good ? 0 : 1;
}

}  // namespace
}  // namespace gibbs::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "accuracy_report: one argument, the file to write\n";
    return 2;
  }
  return gibbs::testing::write_report(argv[1]);
}
