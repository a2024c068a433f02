#include "kernels/targets.hpp"

#include <atomic>
#include <cstdint>

#include "hwy/highway.h"

namespace gibbs::kernels {
namespace {

// What the machine can run, asked once, before any target is chosen by hand.
std::int64_t available_targets() {
  static const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets;
}

std::int64_t nth_target(int index) {
  std::int64_t targets = available_targets();
  for (; index > 0; --index) targets &= targets - 1;
  return targets & -targets;
}

std::atomic<int> chosen{0};

}  // namespace

int target_count() {
  int count = 0;
  for (std::int64_t left = available_targets(); left != 0; left &= left - 1) ++count;
  return count;
}

const char* target_name(int index) { return hwy::TargetName(nth_target(index)); }

int current_target() { return chosen; }

void use_target(int index) {
  chosen = index;
  hwy::SetSupportedTargetsForTest(nth_target(index));
  hwy::GetChosenTarget().Update(nth_target(index));
}

}  // namespace gibbs::kernels
