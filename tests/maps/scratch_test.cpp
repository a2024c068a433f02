// What a thread works in is kept for its next call.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <gibbs/gibbs.hpp>
#include <vector>

#include "support/random.hpp"

namespace gibbs::testing {
namespace {

// Pages that the system has handed to this process so far.
std::int64_t pages_handed_out() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// A block of rows that is copied takes 2 MiB: 512 pages, were it new every time.
TEST(Scratch, ServesTheNextCallSoThatNoMemoryGrows) {
  constexpr std::int64_t kRows = 2048, kCols = 600;
  const auto scores = normal_scores<float>(kRows * kCols, 2, 421);
  std::vector<float> p(scores.size());
  const Rows<const float> in(scores.data(), kRows, kCols, 1, kRows);
  const Rows<float> out(p.data(), kRows, kCols, 1, kRows);
  set_num_threads(1);
  sparsemax(in, out);
  const std::int64_t before = pages_handed_out();
  for (int call = 0; call < 10; ++call) sparsemax(in, out);
  EXPECT_LT(pages_handed_out() - before, 512);
  set_num_threads(0);
}

}  // namespace
}  // namespace gibbs::testing
