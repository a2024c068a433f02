#pragma once
// Which vector instructions the kernels use. The best that the machine has, unless told otherwise.

#include <string>
#include <string_view>
#include <vector>

namespace gibbs {

// The target in use, as Highway names it: "AVX3", "AVX2", "SSE2", ...
std::string simd_target();

// The targets that this build holds and this machine can run, best first.
std::vector<std::string> simd_targets();

// Uses one target of simd_targets() from now on, in the whole process; an empty name returns to the
// best one. Two machines give the same bits when both use the same target.
// throws    std::invalid_argument: not one of simd_targets()
void set_simd_target(std::string_view name);

}  // namespace gibbs
