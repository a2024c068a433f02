#include "thermo/fourier.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace gibbs::thermo::detail {
namespace {

using Complex = std::complex<double>;

// Not operator*: its care for infinities takes three times as long.
Complex times(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// exp(-2 pi i k / size), k < size / 2; each by itself, so that no error builds up.
std::vector<Complex> roots_of_one(std::size_t size) {
  std::vector<Complex> roots(size / 2);
  for (std::size_t k = 0; k < roots.size(); ++k) {
    roots[k] =
        std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size));
  }
  return roots;
}

void reverse_bits(std::vector<Complex>& x) {
  for (std::size_t i = 1, j = 0; i < x.size(); ++i) {
    std::size_t bit = x.size() / 2;
    for (; (j & bit) != 0; bit /= 2) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
}

// x_k = sum_j x_j exp(-2 pi i j k / size), in place; the size is a power of 2.
void transform(std::vector<Complex>& x, const std::vector<Complex>& roots) {
  reverse_bits(x);
  for (std::size_t half = 1; half < x.size(); half *= 2) {
    const std::size_t stride = roots.size() / half;
    for (std::size_t first = 0; first < x.size(); first += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        Complex &a = x[first + k], &b = x[first + k + half];
        const Complex turned = times(b, roots[k * stride]);
        b = a - turned;
        a += turned;
      }
    }
  }
}

}  // namespace

// Zeros after the numbers keep the end from meeting the beginning. |X|^2 is real and even, so the
// transform and its inverse are the same but for the factor.
std::vector<double> lagged_products(std::span<const double> d) {
  const std::size_t size = std::bit_ceil(2 * d.size());
  const std::vector<Complex> roots = roots_of_one(size);
  std::vector<Complex> x(size);
  for (std::size_t i = 0; i < d.size(); ++i) x[i] = d[i];
  transform(x, roots);
  for (Complex& each : x) each = std::norm(each);
  transform(x, roots);
  std::vector<double> products(d.size());
  for (std::size_t lag = 0; lag < d.size(); ++lag) {
    products[lag] = x[lag].real() / static_cast<double>(size);
  }
  return products;
}

}  // namespace gibbs::thermo::detail
