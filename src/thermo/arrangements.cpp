#include "gibbs/thermo/arrangements.hpp"

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "thermo/count_checks.hpp"
#include "thermo/counting.hpp"
#include "thermo/factorial.hpp"

namespace gibbs::thermo {
namespace {

using Numbers = std::span<const std::int64_t>;

constexpr std::int64_t kMostExact = 100'000;
constexpr std::int64_t kMost = std::int64_t{1} << 53;

std::int64_t checked_total(const char* function, Numbers occupation, Numbers degeneracies,
                           std::int64_t most) {
  const auto levels = static_cast<std::int64_t>(occupation.size());
  if (!degeneracies.empty()) {
    base::check_length(function, "degeneracies", static_cast<std::int64_t>(degeneracies.size()),
                       levels, "level");
  }
  check_each_from_to(function, "occupation", occupation, 0, most);
  check_each_from_to(function, "degeneracies", degeneracies, 0, kMost);
  std::int64_t total = 0;
  for (const std::int64_t n : occupation) {
    total += n;
    if (total > most) check_from_to(function, "the number of systems", total, 0, most);
  }
  return total;
}

std::int64_t states(Numbers degeneracies, std::size_t level) {
  return degeneracies.empty() ? 1 : degeneracies[level];
}

// The product of all, in halves, so that long numbers meet long ones.
Integer product_of(std::span<const Integer> factors) {
  if (factors.empty()) return 1;
  if (factors.size() == 1) return factors[0];
  const std::size_t half = factors.size() / 2;
  return product_of(factors.first(half)) * product_of(factors.subspan(half));
}

Integer power(std::int64_t base, std::int64_t exponent) {
  return boost::multiprecision::pow(Integer(base), static_cast<unsigned>(exponent));
}

// The power of a prime in n! (Legendre).
std::int64_t power_in_factorial(std::int64_t prime, std::int64_t n) {
  std::int64_t power = 0;
  for (n /= prime; n > 0; n /= prime) power += n;
  return power;
}

std::vector<std::int64_t> primes_up_to(std::int64_t last) {
  std::vector<bool> composite(at(last + 1));
  std::vector<std::int64_t> primes;
  for (std::int64_t i = 2; i <= last; ++i) {
    if (composite[at(i)]) continue;
    primes.push_back(i);
    for (std::int64_t j = i * i; j <= last; j += i) composite[at(j)] = true;
  }
  return primes;
}

Integer multinomial(Numbers occupation) {
  std::int64_t total = 0;
  for (const std::int64_t n : occupation) total += n;
  std::vector<Integer> factors;
  for (const std::int64_t prime : primes_up_to(total)) {
    std::int64_t exponent = power_in_factorial(prime, total);
    for (const std::int64_t n : occupation) exponent -= power_in_factorial(prime, n);
    if (exponent > 0) factors.push_back(power(prime, exponent));
  }
  return product_of(factors);
}

// A product in 128 bits for as long as it fits, which takes no memory.
class ShortProduct {
 public:
  void multiply(std::int64_t factor) {
    if (__builtin_mul_overflow(product_, static_cast<Wide>(factor), &product_)) fits_ = false;
  }
  bool fits() const { return fits_; }
  int compare(const ShortProduct& other) const {
    return product_ < other.product_ ? -1 : product_ > other.product_ ? 1 : 0;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  Wide product_ = 1;
  bool fits_ = true;
};

class LongProduct {
 public:
  void multiply(std::int64_t factor) { factors_.emplace_back(factor); }
  int compare(const LongProduct& other) const {
    return product_of(factors_).compare(product_of(other.factors_));
  }

 private:
  std::vector<Integer> factors_;
};

// W(a) and W(b) without what they have in common: of a level that holds n in one and m > n in the
// other, m! / n! and g^(m - n).
template <class Product>
struct Ratio {
  Product a, b;

  Ratio(Numbers n_a, Numbers n_b, Numbers degeneracies) {
    for (std::size_t s = 0; s < n_a.size(); ++s) {
      const std::int64_t g = states(degeneracies, s);
      if (n_a[s] < n_b[s]) add_level(n_a[s], n_b[s], g, a, b);
      if (n_a[s] > n_b[s]) add_level(n_b[s], n_a[s], g, b, a);
    }
  }

 private:
  static void add_level(std::int64_t fewer, std::int64_t more, std::int64_t g, Product& factorial,
                        Product& powers) {
    for (std::int64_t n = fewer + 1; n <= more; ++n) {
      factorial.multiply(n);
      if (g != 1) powers.multiply(g);
    }
  }
};

}  // namespace

Integer count_arrangements(Numbers occupation, Numbers degeneracies) {
  std::vector<Integer> factors{multinomial(occupation)};
  for (std::size_t s = 0; s < degeneracies.size(); ++s) {
    if (degeneracies[s] != 1) factors.push_back(power(degeneracies[s], occupation[s]));
  }
  return product_of(factors);
}

double log_of(const Integer& i) {
  const Binary rounded = rounded_quotient(i, 1);
  return std::log(rounded.mantissa) + static_cast<double>(rounded.exponent) * std::numbers::ln2;
}

int compare_arrangements(Numbers a, Numbers b, Numbers degeneracies) {
  const Ratio<ShortProduct> ratio(a, b, degeneracies);
  if (ratio.a.fits() && ratio.b.fits()) return ratio.a.compare(ratio.b);
  const Ratio<LongProduct> exact(a, b, degeneracies);
  return exact.a.compare(exact.b);
}

std::string arrangements(Numbers occupation, Numbers degeneracies) {
  checked_total("arrangements", occupation, degeneracies, kMostExact);
  return count_arrangements(occupation, degeneracies).str();
}

// sum n ln(N / n) is of one sign and larger than what the rest takes from it.
double log_arrangements(Numbers occupation, Numbers degeneracies) {
  const auto total =
      static_cast<double>(checked_total("log_arrangements", occupation, degeneracies, kMost));
  double sum = factorial_excess(total), of_states = 0;
  for (std::size_t s = 0; s < occupation.size(); ++s) {
    const auto n = static_cast<double>(occupation[s]);
    if (n == 0) continue;
    sum += n * std::log1p((total - n) / n) - factorial_excess(n);
    of_states += n * std::log(static_cast<double>(states(degeneracies, s)));
  }
  return sum + of_states;
}

}  // namespace gibbs::thermo
