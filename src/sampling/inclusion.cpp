#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "gibbs/sampling/gumbel_top_k.hpp"
#include "maps/threads.hpp"
#include "sampling/draw_law.hpp"

namespace gibbs {
namespace {

// P(0), ..., P(k - 1) of how many categories have come.
using Counts = std::vector<double>;

// One more category, which has come with probability q.
void add(Counts& counts, double q) {
  for (std::size_t m = counts.size(); m-- > 1;) {
    counts[m] = counts[m] * (1 - q) + counts[m - 1] * q;
  }
  counts[0] *= 1 - q;
}

// P(fewer than k) without a category that is in `counts`, q <= 1/2: where the recurrence is stable.
double without(const Counts& counts, double q) {
  double sum = 0, before = 0;
  for (const double count : counts) {
    before = (count - q * before) / (1 - q);
    sum += before;
  }
  return sum;
}

double sum_of(const Counts& counts) {
  double sum = 0;
  for (const double count : counts) sum += count;
  return sum;
}

// The integrand at one time, for all categories. Over log t it falls off at least as e^-|log t| on
// one side, as exp(-t) on the other, and is analytic: the trapezoidal rule converges at once.
class Inclusion {
 public:
  Inclusion(const double* p, std::int64_t n, std::int64_t k, double* out)
      : p_(p), n_(n), k_(static_cast<std::size_t>(k)), out_(out) {}

  void integrate() const {
    std::fill_n(out_, n_, 0.0);
    // P(fewer than k) is as narrow as the spread of a count of k.
    const double step = std::min(0.25, 0.5 / std::sqrt(static_cast<double>(k_)));
    constexpr double kFirst = -36;  // e^-36 = 2e-16: what is left out before
    for (double s = kFirst;; s += step) {
      if (!add_at(std::exp(s), step)) return;
    }
  }

 private:
  // Whether there is more to come.
  bool add_at(double t, double step) const {
    constexpr double kNothing = 1e-18;
    Counts rare(k_, 0.0);
    rare[0] = 1;
    std::vector<std::int64_t> likely;
    for (std::int64_t i = 0; i < n_; ++i) {
      const double q = -std::expm1(-p_[i] * t);
      if (q <= 0.5) {
        if (q > 0) add(rare, q);
      } else {
        likely.push_back(i);
      }
    }
    Counts all = rare;
    for (const std::int64_t i : likely) add(all, -std::expm1(-p_[i] * t));
    // Without one of the likely ones fewer than k of the others come at most this often.
    double weight = 0;
    for (std::int64_t i = 0; i < n_; ++i) {
      const double q = -std::expm1(-p_[i] * t);
      const double fewer = q <= 0.5 ? without(all, q) : without_likely(rare, likely, i, t);
      const double term = p_[i] * t * std::exp(-p_[i] * t) * fewer * step;
      out_[i] += term;
      weight = std::max(weight, term / std::max(out_[i], kNothing));
    }
    return t < 1 || weight > kNothing;
  }

  double without_likely(Counts counts, const std::vector<std::int64_t>& likely, std::int64_t but,
                        double t) const {
    for (const std::int64_t i : likely) {
      if (i != but) add(counts, -std::expm1(-p_[i] * t));
    }
    return sum_of(counts);
  }

  const double* p_;
  std::int64_t n_;
  std::size_t k_;
  double* out_;
};

// p of a row, from its weights; returns how many are above zero.
std::int64_t normalise(double* weights, std::int64_t n) {
  double total = 0;
  std::int64_t states = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    total += weights[i];
    states += weights[i] > 0 ? 1 : 0;
  }
  for (std::int64_t i = 0; i < n; ++i) weights[i] /= total;
  return states;
}

}  // namespace

namespace detail {

template <Score T>
void inclusion_probabilities(Rows<const T> scores, std::int64_t k, Rows<double> probabilities,
                             const DrawOptions<T>& options) {
  const char* const function = "inclusion_probabilities";
  const sampling::DrawLaws<T> laws(function, scores, options);
  base::check_not_negative(function, "k", static_cast<double>(k));
  base::check_same_shape(function, "probabilities", {probabilities.rows, probabilities.cols},
                         "scores", {scores.rows, scores.cols});
  maps::for_each_task(scores.rows, scores.rows * scores.cols * 1000, [&](std::int64_t i) {
    std::vector<double> p(static_cast<std::size_t>(scores.cols)), in(p.size(), 0.0);
    const auto status = laws.visit(i, [&](const auto& law) {
      kernels::portable_weights(law.x, law.n, static_cast<double>(law.max), law.temperature,
                                p.data());
      if (k == 0) return;
      if (normalise(p.data(), law.n) > k) {
        Inclusion(p.data(), law.n, k, in.data()).integrate();
      } else {
        std::transform(p.begin(), p.end(), in.begin(), [](double v) { return v > 0 ? 1.0 : 0.0; });
      }
    });
    for (std::int64_t j = 0; j < scores.cols; ++j) {
      probabilities(i, j) = status == DrawStatus::kNaN ? std::numeric_limits<double>::quiet_NaN()
                                                       : in[static_cast<std::size_t>(j)];
    }
  });
}

template void inclusion_probabilities(Rows<const double>, std::int64_t, Rows<double>,
                                      const DrawOptions<double>&);
template void inclusion_probabilities(Rows<const float>, std::int64_t, Rows<double>,
                                      const DrawOptions<float>&);
template void inclusion_probabilities(Rows<const bfloat16>, std::int64_t, Rows<double>,
                                      const DrawOptions<bfloat16>&);
template void inclusion_probabilities(Rows<const float16>, std::int64_t, Rows<double>,
                                      const DrawOptions<float16>&);

}  // namespace detail
}  // namespace gibbs
