#pragma once
// The SIMD targets of this build that this machine can run.

namespace gibbs::kernels {

// How many there are, best first.
int target_count();
// The name of target `index`, as Highway gives it.
const char* target_name(int index);
// The target in use.
int current_target();
// Uses target `index` from now on.
void use_target(int index);

}  // namespace gibbs::kernels
