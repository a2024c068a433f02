#pragma once
// Energies and the number of states at each.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gibbs::thermo {

// A number of states g >= 0 that may lie far beyond the range of a double, as mantissa 2^exponent
// with mantissa in [1, 2), or 0. A weight need not be a whole number.
//
// accuracy  of a double: exact. Of a decimal: rounded once to 53 bits. Of ln g: to 2^-51 of itself
// throws    std::invalid_argument: states < 0, NaN or infinite; ln g NaN, +inf or beyond +-1e15,
//           where a double no longer tells g within a factor; text that is no number from 0 to
//           1e1000000, or is longer than a million digits
class Degeneracy {
 public:
  Degeneracy(double states = 1);  // NOLINT(google-explicit-constructor): a number is a degeneracy
  static Degeneracy of_log(double log_states);              // -inf: no state
  static Degeneracy of_decimal(const std::string& digits);  // "9223372036854775808", "1.5e400"
  // states 2^exponent, with states >= 0 and finite: not checked.
  static Degeneracy of_scaled(double states, std::int64_t exponent);

  double mantissa() const { return mantissa_; }
  std::int64_t exponent() const { return exponent_; }
  double value() const;  // inf beyond the range of a double
  double log() const;    // ln g; -inf for no state

 private:
  struct Unchecked {};
  explicit Degeneracy(Unchecked /*none*/) {}

  double mantissa_ = 0;
  std::int64_t exponent_ = 0;
};

// A list of levels, in any order, some perhaps at the same energy. A level at E = +inf, or with
// g = 0, is kept in its place and never occupied.
class Levels {
 public:
  // degeneracies empty: 1 each.
  // throws    std::invalid_argument, naming the row: an energy that is NaN or -inf; g < 0, NaN or
  //           infinite; another number of degeneracies than energies
  explicit Levels(std::vector<double> energies, std::span<const double> degeneracies = {});
  Levels(std::vector<double> energies, std::vector<Degeneracy> degeneracies);
  // From ln g, as a Wang-Landau run gives it. If `states` is given, ln g is shifted so that the
  // levels below E = +inf hold so many states in all; else it is taken as it is.
  // throws    as above; ln g NaN, +inf or beyond +-1e15; states = 0; no level that can hold them
  static Levels of_log_degeneracies(std::vector<double> energies,
                                    std::span<const double> log_degeneracies,
                                    std::optional<Degeneracy> states = {});
  // From integers of any length, or decimals.
  // throws    as above; text that is no number
  static Levels of_decimals(std::vector<double> energies, std::span<const std::string> digits);

  std::int64_t size() const { return static_cast<std::int64_t>(energies_.size()); }
  std::span<const double> energies() const { return energies_; }
  std::span<const Degeneracy> degeneracies() const { return degeneracies_; }
  std::vector<double> log_degeneracies() const;

  // The lowest and the highest energy that can be occupied; +inf and -inf if there is none.
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }
  // The logarithm of the number of states that can be occupied; -inf if there is none.
  double log_states() const;

 private:
  void find_bounds();  // checks the energies too

  std::vector<double> energies_;
  std::vector<Degeneracy> degeneracies_;
  double lowest_ = 0, highest_ = 0;
};

// All sums E_a + E_b, with g_a g_b states each: two subsystems that do not interact, as one list.
// Level (s, t) is at s b.size() + t.
// throws    std::invalid_argument: a sum of energies beyond the range of a double
Levels product(const Levels& a, const Levels& b);

}  // namespace gibbs::thermo
