#pragma once
// Shapes of rows: every score and log g is a float32 value, so that a case tests float and double.

#include <cstdint>
#include <string>
#include <vector>

#include "known_answers_map.hpp"

namespace known {

// splitmix64 (Steele, Lea & Flood 2014): the same numbers everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  double uniform(double low, double high);
  double normal(double sigma);

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

struct Pattern {
  std::string name;
  Row (*make)(int length, Random& random);
};

// Normal scores of standard deviation 2, the plain case.
Row normal_row(int length, Random& random);

const std::vector<Pattern>& patterns();

}  // namespace known
