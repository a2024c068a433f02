#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/check.hpp"
#include "gibbs/thermo/models.hpp"

namespace gibbs::thermo {
namespace {

using Row = std::uint32_t;  // a row of spins: bit j is set where spin j is down

// The spins of a periodic lattice, row by row from a first one that is given: how many ways there
// are to reach each last row with each number of broken bonds. Every count is below the number of
// all states but those of the first row, 2^56 for 8 x 8.
class Lattice {
 public:
  explicit Lattice(int length)
      : length_(length),
        rows_(std::size_t{1} << length),
        bonds_(2 * static_cast<std::size_t>(length * length) + 1),
        ways_(rows_ * bonds_) {}

  // Adds `weight` times the number of states with each number of broken bonds and this first row.
  void count(Row first, std::uint64_t weight, std::vector<std::uint64_t>& states) {
    std::ranges::fill(ways_, 0);
    ways_[first * bonds_ + broken_within(first)] = 1;
    for (int row = 1; row < length_; ++row) {
      for (int site = 0; site < length_; ++site) flip_or_keep(Row{1} << site);
      for (Row last = 0; last < rows_; ++last) break_more(last, broken_within(last));
    }
    for (Row last = 0; last < rows_; ++last) {
      const auto closing = static_cast<std::size_t>(std::popcount(last ^ first));
      for (std::size_t b = 0; b + closing < bonds_; ++b) {
        states[b + closing] += weight * ways_[last * bonds_ + b];
      }
    }
  }

  Row rotated(Row row) const { return ((row << 1) | (row >> (length_ - 1))) & (row_count() - 1); }
  Row row_count() const { return static_cast<Row>(rows_); }

 private:
  std::size_t broken_within(Row row) const {
    return static_cast<std::size_t>(std::popcount(row ^ rotated(row)));
  }

  // A spin of the next row, below one of the last: alike, or with a broken bond between them.
  void flip_or_keep(Row site) {
    for (Row row = 0; row < rows_; ++row) {
      if ((row & site) != 0) continue;
      std::uint64_t* up = &ways_[row * bonds_];
      std::uint64_t* down = &ways_[(row | site) * bonds_];
      for (std::size_t b = bonds_ - 1; b > 0; --b) {
        up[b] += down[b - 1];
        down[b] += up[b - 1];
      }
    }
  }

  void break_more(Row row, std::size_t broken) {
    const auto begin = ways_.begin() + static_cast<std::ptrdiff_t>(row * bonds_);
    const auto end = begin + static_cast<std::ptrdiff_t>(bonds_);
    std::shift_right(begin, end, static_cast<std::ptrdiff_t>(broken));
    std::fill_n(begin, broken, 0);
  }

  int length_;
  std::size_t rows_, bonds_;
  std::vector<std::uint64_t> ways_;
};

// The number of states with each number of broken bonds. First rows that are rotations of each
// other, or inverted, have the same: one of them stands for all.
std::vector<std::uint64_t> states_of_square(int length) {
  Lattice lattice(length);
  const Row rows = lattice.row_count();
  std::vector<std::uint64_t> alike(rows);
  for (Row row = 0; row < rows; ++row) {
    Row smallest = row, turned = row;
    for (int i = 0; i < length; ++i) {
      turned = lattice.rotated(turned);
      smallest = std::min({smallest, turned, rows - 1 - turned});
    }
    ++alike[smallest];
  }
  std::vector<std::uint64_t> states(2 * static_cast<std::size_t>(length * length) + 1);
  for (Row row = 0; row < rows; ++row) {
    if (alike[row] > 0) lattice.count(row, alike[row], states);
  }
  return states;
}

}  // namespace

Levels ising_square(std::int64_t length, double coupling) {
  if (length < 2 || length > 8) {
    base::refuse("ising_square", "length must be from 2 to 8, got " + std::to_string(length));
  }
  const auto states = states_of_square(static_cast<int>(length));
  const auto bonds = static_cast<double>(2 * length * length);
  if (!std::isfinite(bonds * coupling)) {
    base::refuse_value("ising_square", "the energy of aligned spins must be finite",
                       bonds * coupling);
  }
  std::vector<double> energies;
  std::vector<double> degeneracies;
  for (std::size_t broken = 0; broken < states.size(); ++broken) {
    if (states[broken] == 0) continue;
    energies.push_back(coupling * (2 * static_cast<double>(broken) - bonds));
    degeneracies.push_back(static_cast<double>(states[broken]));
  }
  return Levels(std::move(energies), degeneracies);
}

}  // namespace gibbs::thermo
