#pragma once
// The root of a monotone function of one variable.

#include <cmath>
#include <cstdint>

namespace gibbs::thermo {

// A function at a point. noise: what its value may be off by rounding.
struct Slope {
  double value = 0, slope = 0, noise = 0;
};

struct Root {
  double x = 0;
  bool converged = false;
  std::int64_t iterations = 0;
};

// Newton steps from x, each within what is known of the root: from low to high, where the function
// rises through 0. A step that would leave that goes to its middle.
template <class Function>
Root bounded_newton(Function&& rising, double x, double low, double high) {
  constexpr int kMost = 1100;  // halvings from one end of the range of a double to the other
  Root root{x};
  while (root.iterations < kMost) {
    ++root.iterations;
    const auto [value, slope, noise] = rising(root.x);
    if (std::abs(value) <= noise) return {root.x, true, root.iterations};
    (value < 0 ? low : high) = root.x;
    double next = root.x - value / slope;
    if (!(next > low && next < high)) next = low / 2 + high / 2;
    const double step = std::abs(next - root.x);
    root.x = next;
    root.converged = step <= 4e-16 * std::fmax(1, std::abs(next)) || next == low || next == high;
    if (root.converged) break;
  }
  return root;
}

}  // namespace gibbs::thermo
