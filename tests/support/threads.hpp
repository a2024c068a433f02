#pragma once
// A bound on the threads, and the law that it changes no bit.

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <gibbs/parallel.hpp>

#include "support/bits.hpp"

namespace gibbs::testing {

// Uses a number of threads while it lives.
class Threads {
 public:
  explicit Threads(int count) { set_num_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { set_num_threads(0); }
};

template <class Compute>
void expect_same_with_any_threads(Compute compute, const char* what) {
  // As many as are asked for, on a machine of two processors too.
  const tbb::global_control room(tbb::global_control::max_allowed_parallelism, 8);
  const auto alone = [&] {
    const Threads one(1);
    return compute();
  }();
  for (const int count : {2, 3, 8}) {
    const Threads threads(count);
    ASSERT_TRUE(same_bits(compute(), alone)) << what << " with " << count << " threads";
  }
}

}  // namespace gibbs::testing
