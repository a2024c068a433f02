#include "known_answers_family.hpp"

#include <cstdio>
#include <stdexcept>

#include "known_answers_family_cases.hpp"
#include "known_answers_family_slopes.hpp"
#include "known_answers_print.hpp"

namespace known {
namespace {

constexpr int kDigits = 36;

constexpr const char* kHead =
    R"(# Known answers of the wider family: single rows of the maps in include/gibbs/family.
#
# Made by tools/known_answers.cpp with GNU MPFR at 512 bits (154 digits). Probabilities are found
# by a root to 1e-126; before one of the constrained maps is written it is certified from the
# definition alone, in which of a divergence only f enters: the budget is met to 1e-100, and at the
# multiplier given no p_i can be moved by 1e-50 of itself, between its bounds, without loss. Those of
# normmax are certified by duality (<p, x> - T |p| = tau to 1e-100), those of tempered softmax by its
# formula. Derivatives are differences of answers 2e-45 apart. No code is shared with the library. Do
# not edit by hand.
#
# Format: as in maps.txt, one item per line, a key and then values. A case begins with `case NAME`
# and ends with `end`.
#   map                   constrained, normmax, top_k, tempered or sink
#   divergence            of constrained: alpha, euclidean, reverse_kl, chi_square, hellinger,
#                         jensen_shannon or fermi_dirac
#   alpha, temperature, budget, k, t, sink    one number each, where the map knows it
#   scores                the row
#   lower, upper, weights, log_degeneracy, mask (1 present, 0 absent)    as many as scores; left
#                         out: 0, infinity, 1, 0, 1
#   value, log_partition, entropy, threshold, sink_probability, support    one number each
#   multiplier            one number; two where every multiplier between them serves
#   double_multiplier, float_multiplier    two numbers, to 17 digits: the lowest and the highest for
#                         budgets off by 2^-52 and 2^-23 of themselves. They are far apart where some
#                         states are all but full and the others all but empty
#   probabilities         as many as scores
#   upstream              v, where derivatives are given: those of sum v p
#   grad_NAME             in scores, temperature, log_degeneracy, lower, upper, budget, alpha, t, sink
# Inputs are hexadecimal floats as C prints them with %a (exact), or inf, -inf; those that are as many
# as scores are float32 values, so that a case tests float and double. Answers are decimal numbers of
# 36 significant digits, zeros at the end left out, or inf, -inf. Derivatives below 1e-60 and
# entropies below 1e-80, where differences cancel, are 0.

)";

const char* name_of(Family map) {
  switch (map) {
    case Family::kConstrained:
      return "constrained";
    case Family::kNormmax:
      return "normmax";
    case Family::kTopK:
      return "top_k";
    case Family::kTempered:
      return "tempered";
    case Family::kSink:
      return "sink";
  }
  return "";
}

void print_vector(const char* key, const std::vector<Real>& values) {
  if (values.empty()) return;
  std::vector<double> exact;
  for (const Real& value : values) exact.push_back(value.to_double());
  print_inputs(key, exact);
}

void print_row(const FamilyRow& row) {
  std::printf("map %s\n", name_of(row.map));
  const bool constrained = row.map == Family::kConstrained;
  if (constrained) std::printf("divergence %s\n", name_of(row.f.kind).c_str());
  const bool has_alpha = constrained && row.f.kind == Kind::kAlpha;
  if (has_alpha || row.map == Family::kNormmax || row.map == Family::kTopK) {
    print_vector("alpha", {row.f.alpha});
  }
  print_vector("temperature", {row.temperature});
  if (constrained) print_vector("budget", {row.budget});
  if (row.map == Family::kTopK) std::printf("k %d\n", row.k);
  if (row.map == Family::kTempered) print_vector("t", {row.t});
  if (row.map == Family::kSink) print_vector("sink", {row.sink});
  print_vector("scores", row.scores);
  print_vector("lower", row.lower);
  print_vector("upper", row.upper);
  print_vector("weights", row.weights);
  print_vector("log_degeneracy", row.log_degeneracy);
  if (!row.mask.empty()) print_mask(row.mask);
}

void print(const FamilyCase& one) {
  std::printf("case %s_%zu\n", one.name.c_str(), one.row.scores.size());
  print_row(one.row);
  const FamilyAnswer answer = solve_with_certificate(one.row);
  for (const auto& [key, values] : answer.numbers) print_answers(key, values, kDigits);
  if (one.row.map == Family::kConstrained) {
    print_answers("double_multiplier", multipliers_near(one.row, answer, 0x1p-52), 17);
    print_answers("float_multiplier", multipliers_near(one.row, answer, 0x1p-23), 17);
  }
  std::printf("support %d\n", answer.support);
  print_answers("probabilities", answer.probabilities, kDigits);
  if (!one.upstream.empty()) {
    print_vector("upstream", one.upstream);
    for (const auto& [key, values] : slopes(one.row, one.upstream)) {
      print_answers(key, values, kDigits);
    }
  }
  std::puts("end\n");
}

}  // namespace

void print_family() {
  std::fputs(kHead, stdout);
  for (const FamilyCase& one : all_family_cases()) {
    try {
      print(one);
    } catch (const std::logic_error& error) {
      throw std::logic_error(one.name + " (" + name_of(one.row.f.kind) + "): " + error.what());
    }
  }
}

}  // namespace known
