// Makes tests/known/maps.txt on standard output:
//   g++ -std=c++20 -O2 tools/known_answers*.cpp -lmpfr -lgmp -o known_answers
//   ./known_answers > tests/known/maps.txt

#include <cmath>
#include <cstdio>
#include <string>

#include "known_answers_cases.hpp"

namespace {

using known::Answer;
using known::Case;
using known::Real;

constexpr const char* kHead =
    R"(# Known answers of the maps: softmax, entmax, argmax of single rows.
#
# Made by tools/known_answers.cpp with GNU MPFR at 512 bits (154 digits): the threshold is found by
# bracketed root finding on the definition in include/gibbs/entmax.hpp, with the smallest base of
# the support as unknown, to 1e-90. It shares no code with the library. Do not edit by hand.
#
# Format: one item per line, a key and then values with one space between. A case begins with
# `case NAME` and ends with `end`. Empty lines and lines that begin with # mean nothing.
#   alpha, temperature    one number
#   scores                the row; each is a float32 value, so that a case tests float and double
#   log_degeneracy        log g, as many as scores, float32 values; left out: all g are 1
#   mask                  1 present, 0 absent; left out: all are present
#   log_partition, entropy, threshold, support     one number each
#   probabilities         as many as scores
#   log_probabilities     as many as scores; only where alpha is 1
# Inputs are hexadecimal floats as C prints them with %a (exact), or inf, -inf. Answers are decimal
# numbers of 60 significant digits, zeros at the end left out, or inf, -inf.
# threshold is -inf where no score is too low (alpha <= 1, and rows without a state).

)";

void print_inputs(const char* key, const std::vector<double>& values) {
  std::fputs(key, stdout);
  for (const double value : values) std::printf(" %a", value);
  std::fputc('\n', stdout);
}

void print_answer(const char* key, const Real& value) {
  std::printf("%s %s\n", key, value.text().c_str());
}

void print_answers(const char* key, const std::vector<Real>& values) {
  std::fputs(key, stdout);
  for (const Real& value : values) std::printf(" %s", value.text().c_str());
  std::fputc('\n', stdout);
}

void print_mask(const std::vector<bool>& mask) {
  std::fputs("mask", stdout);
  for (const bool on : mask) std::printf(" %d", on ? 1 : 0);
  std::fputc('\n', stdout);
}

void print(const Case& one) {
  const Answer answer = known::solve(one.row);
  std::printf("case %s_%zu\n", one.name.c_str(), one.row.scores.size());
  print_inputs("alpha", {one.row.alpha});
  print_inputs("temperature", {one.row.temperature});
  print_inputs("scores", one.row.scores);
  if (!one.row.log_degeneracy.empty()) print_inputs("log_degeneracy", one.row.log_degeneracy);
  if (!one.row.mask.empty()) print_mask(one.row.mask);
  print_answer("log_partition", answer.log_partition);
  print_answer("entropy", answer.entropy);
  print_answer("threshold", answer.threshold);
  std::printf("support %d\n", answer.support);
  print_answers("probabilities", answer.probabilities);
  if (one.row.alpha == 1) print_answers("log_probabilities", answer.log_probabilities);
  std::puts("end\n");
}

}  // namespace

int main() {
  std::fputs(kHead, stdout);
  for (const Case& one : known::all_cases()) print(one);
  return 0;
}
