#pragma once
// The index of a norm, checked.

#include "base/check.hpp"

namespace gibbs::family {

// alpha must be greater than 1, got 1
inline void check_norm_alpha(const char* function, const PerRow& alpha, std::int64_t rows) {
  base::check_alpha(function, alpha, rows);
  for (std::int64_t i = 0; i < alpha.size(); ++i) {
    if (!(alpha[i] > 1)) base::refuse_value(function, "alpha must be greater than 1", alpha[i]);
  }
}

}  // namespace gibbs::family
