#pragma once
// What the functions that count refuse, and how they name numbers.

#include <cstdint>
#include <span>
#include <string>

#include "base/check.hpp"

namespace gibbs::thermo {

// More would not be exact as a double.
constexpr std::int64_t kMostSystems = std::int64_t{1} << 52;

inline std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

// count must be from 1 to 100, got 0
inline void check_from_to(const char* function, const std::string& argument, std::int64_t value,
                          std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return;
  base::refuse(function, argument + " must be from " + std::to_string(least) + " to " +
                             std::to_string(most) + ", got " + std::to_string(value));
}

inline void check_each_from_to(const char* function, const char* argument,
                               std::span<const std::int64_t> values, std::int64_t least,
                               std::int64_t most) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= least && values[i] <= most) continue;
    check_from_to(function, std::string(argument) + "[" + std::to_string(i) + "]", values[i], least,
                  most);
  }
}

}  // namespace gibbs::thermo
