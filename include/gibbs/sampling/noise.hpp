#pragma once
// The noise of every draw: a pure function of (seed, stream, row, category, draw).

#include <array>
#include <concepts>
#include <cstdint>
#include <span>

#include "gibbs/philox.hpp"
#include "gibbs/rows.hpp"

namespace gibbs {

// Whose noise it is. `seed` names the experiment, `stream` a use within it that must not share
// noise with another: a draft and its check, layers, positions of a text.
struct NoiseKey {
  std::uint64_t seed = 0, stream = 0;
};

// A category that no row has: noise that belongs to a whole row, as the one uniform of `sample`.
inline constexpr std::uint64_t kWholeRow = ~std::uint64_t{0};

// What the noise of one row starts from: 128 bits, one to one with (stream, row) at each seed.
struct RowNoise {
  Philox4x32::Key key{};
  std::uint64_t salt = 0;

  constexpr RowNoise(const NoiseKey& of, std::uint64_t row) {
    const auto start = Philox4x32::bits({low(of.stream), high(of.stream), low(row), high(row)},
                                        {low(of.seed), high(of.seed)});
    key = {start[0], start[1]};
    salt = word(start[2], start[3]);
  }

  // The 64 random bits of a category and a draw. Two categories share one counter, so Philox runs
  // half as often as there are categories.
  constexpr std::uint64_t bits(std::uint64_t category, std::uint64_t draw = 0) const {
    return pair(category / 2, draw)[category % 2];
  }
  // Those of categories 2 index and 2 index + 1.
  constexpr std::array<std::uint64_t, 2> pair(std::uint64_t index, std::uint64_t draw = 0) const {
    const std::uint64_t from = draw ^ salt;
    const auto random = Philox4x32::bits({low(index), high(index), low(from), high(from)}, key);
    return {word(random[0], random[1]), word(random[2], random[3])};
  }

 private:
  static constexpr std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
  static constexpr std::uint32_t high(std::uint64_t v) {
    return static_cast<std::uint32_t>(v >> 32);
  }
  static constexpr std::uint64_t word(std::uint32_t first, std::uint32_t second) {
    return std::uint64_t{second} << 32 | first;
  }
};

// Uniform on (0, 1) from 64 random bits: u = (bits + 1/2) / 2^64, rounded below 1. The small ones
// keep all their bits.
constexpr double uniform_noise(std::uint64_t bits) {
  const bool low = bits >> 63 == 0;
  const double tail = (static_cast<double>(low ? bits : ~bits) + 0.5) * 0x1p-64;
  if (low) return tail;
  return tail < 0x1p-53 ? 1 - 0x1p-53 : 1 - tail;
}

// Exp(1): -log(1 - u), u = (bits + 1/2) / 2^64, from u where that is below 1/2 and else from 1 - u,
// both to full precision: from 2.7e-20 to 45.1.
// accuracy  4 ulp, the same bits on every machine
double exponential_noise(std::uint64_t bits);

// Gumbel(0, 1): -log of exponential_noise(bits): from -3.81 to 45.1. The upper tail, which decides
// whether an unlikely category is ever drawn, comes from the small u and is exact.
// accuracy  4 ulp of max(1, |answer|), the same bits on every machine
double gumbel_noise(std::uint64_t bits);

// Which noise a batch gets. Row i has the id row_ids[i], or first_row + i where none are given; its
// column j is category first_category + j.
struct NoiseOptions {
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first_row = 0;
  std::span<const std::uint64_t> row_ids = {};
  std::uint64_t first_category = 0;
  std::uint64_t draw = 0;
};

namespace detail {
// Rows of double or float, or one row of them.
template <class B>
concept NoiseOut = requires(B& batch) {
  Rows(batch);
}
&&std::floating_point<element_t<B>>;
enum class Noise { kUniform, kExponential, kGumbel };
template <std::floating_point W>
void fill_noise(const char* function, Noise kind, Rows<W> noise, const NoiseOptions& options);
}  // namespace detail

// Fills a batch of double or float with noise. Those of float come from the same 64 bits, rounded
// once more: as exact in the tails.
//
// accuracy  double: the bits of the functions above. float: 3 ulp of exponential noise, 3 ulp of
//           max(1, |answer|) of Gumbel noise; the same bits on every target, thread count, machine
// cost      a nanosecond per element, half of it the random bits
// throws    std::invalid_argument: not as many row_ids as rows; a shape below 0; ids beyond 2^64
// source    bits: Salmon, Moraes, Dror & Shaw 2011 (Philox)
template <detail::NoiseOut Out>
void uniform_noise(Out&& noise, const NoiseOptions& options = {}) {
  detail::fill_noise("uniform_noise", detail::Noise::kUniform, Rows(noise), options);
}
template <detail::NoiseOut Out>
void exponential_noise(Out&& noise, const NoiseOptions& options = {}) {
  detail::fill_noise("exponential_noise", detail::Noise::kExponential, Rows(noise), options);
}
template <detail::NoiseOut Out>
void gumbel_noise(Out&& noise, const NoiseOptions& options = {}) {
  detail::fill_noise("gumbel_noise", detail::Noise::kGumbel, Rows(noise), options);
}

}  // namespace gibbs
