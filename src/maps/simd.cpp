#include "gibbs/simd.hpp"

#include "base/check.hpp"
#include "kernels/targets.hpp"

namespace gibbs {

std::string simd_target() { return kernels::target_name(kernels::current_target()); }

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (int i = 0; i < kernels::target_count(); ++i) names.emplace_back(kernels::target_name(i));
  return names;
}

void set_simd_target(std::string_view name) {
  if (name.empty()) return kernels::use_target(0);
  std::string known;
  for (int i = 0; i < kernels::target_count(); ++i) {
    if (name == kernels::target_name(i)) return kernels::use_target(i);
    known += (i ? ", " : "") + std::string(kernels::target_name(i));
  }
  base::refuse("set_simd_target",
               "name must be one of " + known + ", got \"" + std::string(name) + "\"");
}

}  // namespace gibbs
