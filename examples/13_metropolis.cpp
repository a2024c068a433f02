// A chain of Metropolis on a lattice of spins, beside the exact answer.

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

// Spins up and down on a periodic square, E = -(sum over bonds of s s'): Ising's model.
class Ising {
 public:
  static constexpr std::size_t kLength = 4, kSpins = kLength * kLength;

  double energy() const {
    double sum = 0;
    for (std::size_t i = 0; i < kSpins; ++i) sum -= spins_[i] * (right(i) + below(i));
    return sum;
  }
  // A spin turns round.
  double propose(gibbs::thermo::StepNoise& noise) {
    chosen_ = static_cast<std::size_t>(noise.below(kSpins));
    return 2 * spins_[chosen_] * (right(chosen_) + left(chosen_) + below(chosen_) + above(chosen_));
  }
  void accept() { spins_[chosen_] = -spins_[chosen_]; }

  // All spins from the bits of a number.
  void set(std::uint32_t bits) {
    for (std::size_t i = 0; i < kSpins; ++i) spins_[i] = (bits >> i & 1) != 0 ? 1 : -1;
  }

 private:
  double at(std::size_t row, std::size_t column) const {
    return spins_[row % kLength * kLength + column % kLength];
  }
  double right(std::size_t i) const { return at(i / kLength, i + 1); }
  double left(std::size_t i) const { return at(i / kLength, i + kLength - 1); }
  double below(std::size_t i) const { return at(i / kLength + 1, i); }
  double above(std::size_t i) const { return at(i / kLength + kLength - 1, i); }

  std::array<double, kSpins> spins_{};
  std::size_t chosen_ = 0;
};

int main() {
  Ising lattice;
  std::vector<double> scores, p(std::size_t{1} << Ising::kSpins);
  for (std::uint32_t bits = 0; bits < p.size(); ++bits) {
    lattice.set(bits);
    scores.push_back(-lattice.energy());
  }

  std::printf("    T    exact U        chain     error  acceptance   tau\n");
  for (const double temperature : {5.0, 3.0, 2.269, 1.5}) {
    gibbs::softmax(scores, p, {.temperature = temperature});
    double exact = 0;
    for (std::size_t s = 0; s < p.size(); ++s) exact -= p[s] * scores[s];

    lattice.set(0);
    const auto run = gibbs::thermo::metropolis(
        lattice,
        {.beta = 1 / temperature, .steps = 400000, .burn_in = 2000, .stride = 4, .seed = 1});
    std::printf("%5.3f  %9.5f    %9.5f  %8.5f  %10.3f  %4.1f\n", temperature, exact,
                run.energy.mean, run.energy.standard_error, run.acceptance(), 4 * run.energy.time);
  }
}
// prints
//     T    exact U        chain     error  acceptance   tau
// 5.000   -7.29817     -7.41604   0.05599       0.678  25.4
// 3.000  -16.27311    -16.42160   0.12213       0.377  68.4
// 2.269  -25.05230    -25.06420   0.11835       0.147  86.4
// 1.500  -31.21028    -31.21112   0.02847       0.014  45.1
