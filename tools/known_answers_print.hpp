#pragma once
// Items of the files of known answers: a key, then values with one space between.

#include <cstdio>
#include <string>
#include <vector>

#include "known_answers_real.hpp"

namespace known {

inline void print_inputs(const std::string& key, const std::vector<double>& values) {
  std::fputs(key.c_str(), stdout);
  for (const double value : values) std::printf(" %a", value);
  std::fputc('\n', stdout);
}

inline void print_answers(const std::string& key, const std::vector<Real>& values, int digits) {
  std::fputs(key.c_str(), stdout);
  for (const Real& value : values) std::printf(" %s", value.text(digits).c_str());
  std::fputc('\n', stdout);
}

inline void print_mask(const std::vector<bool>& mask) {
  std::fputs("mask", stdout);
  for (const bool on : mask) std::printf(" %d", on ? 1 : 0);
  std::fputc('\n', stdout);
}

}  // namespace known
