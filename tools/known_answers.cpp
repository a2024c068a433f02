// Makes tests/known/maps.txt or tests/known/family.txt on standard output:
//   g++ -std=c++20 -O2 tools/known_answers*.cpp -lmpfr -lgmp -o known_answers
//   ./known_answers maps > tests/known/maps.txt
//   ./known_answers family > tests/known/family.txt

#include <cstdio>
#include <exception>
#include <string>

#include "known_answers_cases.hpp"
#include "known_answers_family.hpp"
#include "known_answers_print.hpp"

namespace {

using known::Answer;
using known::Case;
using known::print_answers;
using known::print_inputs;

constexpr int kDigits = 60;

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

void print(const Case& one) {
  const Answer answer = known::solve(one.row);
  std::printf("case %s_%zu\n", one.name.c_str(), one.row.scores.size());
  print_inputs("alpha", {one.row.alpha});
  print_inputs("temperature", {one.row.temperature});
  print_inputs("scores", one.row.scores);
  if (!one.row.log_degeneracy.empty()) print_inputs("log_degeneracy", one.row.log_degeneracy);
  if (!one.row.mask.empty()) known::print_mask(one.row.mask);
  print_answers("log_partition", {answer.log_partition}, kDigits);
  print_answers("entropy", {answer.entropy}, kDigits);
  print_answers("threshold", {answer.threshold}, kDigits);
  std::printf("support %d\n", answer.support);
  print_answers("probabilities", answer.probabilities, kDigits);
  if (one.row.alpha == 1) {
    print_answers("log_probabilities", answer.log_probabilities, kDigits);
  }
  std::puts("end\n");
}

void print_maps() {
  std::fputs(kHead, stdout);
  for (const Case& one : known::all_cases()) print(one);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string file = count == 2 ? arguments[1] : "";
  try {
    if (file == "maps") {
      print_maps();
    } else if (file == "family") {
      known::print_family();
    } else {
      std::fputs("usage: known_answers maps|family\n", stderr);
      return 2;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "known_answers: %s\n", error.what());
    return 1;
  }
  return 0;
}
