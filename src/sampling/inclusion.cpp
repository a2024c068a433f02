#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.hpp"
#include "gibbs/sampling/gumbel_top_k.hpp"
#include "maps/threads.hpp"
#include "sampling/draw_law.hpp"

namespace gibbs {
namespace {

// P(0), ..., P(k - 1) of how many categories have come.
using Counts = std::vector<double>;

Counts none_of(std::size_t k) {
  Counts counts(k, 0.0);
  counts[0] = 1;
  return counts;
}

// One more category, which has come with probability q.
void add(Counts& counts, double q) {
  for (std::size_t m = counts.size(); m-- > 1;) {
    counts[m] = counts[m] * (1 - q) + counts[m - 1] * q;
  }
  counts[0] *= 1 - q;
}

// fewer_i = P(fewer than k) without a category that is in `counts` with q_i <= 1/2, where the
// recurrence is stable; of several at a time, since each number waits for the one before.
constexpr std::size_t kTogether = 8;
void without(const Counts& counts, const double* q, double* fewer) {
  double scale[kTogether], share[kTogether], before[kTogether] = {}, sum[kTogether] = {};
  for (std::size_t i = 0; i < kTogether; ++i) {
    scale[i] = 1 / (1 - q[i]);
    share[i] = q[i] / (1 - q[i]);
  }
  for (const double count : counts) {
    for (std::size_t i = 0; i < kTogether; ++i) {
      before[i] = count * scale[i] - share[i] * before[i];
      sum[i] += before[i];
    }
  }
  std::copy_n(sum, kTogether, fewer);
}

// P(a + b < k) of two independent counts, the second as P(b <= 0), ..., P(b <= k - 1).
double fewer_of_both(const Counts& counts, const double* at_most) {
  const std::size_t k = counts.size();
  double sum = 0;
  for (std::size_t m = 0; m < k; ++m) sum += counts[m] * at_most[k - 1 - m];
  return sum;
}

// Some categories, and P(fewer than k of all others have come) for each.
class Others {
 public:
  // q of each: how probable it is that it has come.
  Others(const std::vector<double>& q, std::size_t k) : q_(q), k_(k) {}

  // Whether it is 1 for all but 1e-18.
  // source    Chernoff's bound of a sum of independent events
  bool surely() const {
    constexpr double kLeast = -41.5;
    double mean = 0;
    for (const double q : q_) mean += q;
    const auto k = static_cast<double>(k_);
    return mean < k && k - mean - k * std::log(k / mean) < kLeast;
  }

  std::vector<double> fewer() const {
    std::vector<double> fewer(q_.size());
    std::vector<std::size_t> rare, likely;
    Counts counts = none_of(k_);
    for (std::size_t i = 0; i < q_.size(); ++i) {
      (q_[i] <= 0.5 ? rare : likely).push_back(i);
      if (q_[i] > 0 && q_[i] <= 0.5) add(counts, q_[i]);
    }
    of_likely(likely, counts, fewer);
    of_rare(rare, counts, fewer);
    return fewer;
  }

 private:
  // Of a likely one the recurrence is not stable: those before it and those after it are merged.
  // `counts`, of the rare ones, becomes that of all.
  void of_likely(const std::vector<std::size_t>& likely, Counts& counts,
                 std::vector<double>& fewer) const {
    std::vector<double> after(likely.size() * k_);
    Counts behind = none_of(k_);
    for (std::size_t l = likely.size(); l-- > 0;) {
      std::partial_sum(behind.begin(), behind.end(),
                       after.begin() + static_cast<std::ptrdiff_t>(l * k_));
      add(behind, q_[likely[l]]);
    }
    for (std::size_t l = 0; l < likely.size(); ++l) {
      fewer[likely[l]] = fewer_of_both(counts, after.data() + l * k_);
      add(counts, q_[likely[l]]);
    }
  }

  void of_rare(const std::vector<std::size_t>& rare, const Counts& counts,
               std::vector<double>& fewer) const {
    for (std::size_t r = 0; r < rare.size(); r += kTogether) {
      const std::size_t some = std::min(kTogether, rare.size() - r);
      double q[kTogether] = {}, found[kTogether];
      for (std::size_t i = 0; i < some; ++i) q[i] = q_[rare[r + i]];
      without(counts, q, found);
      for (std::size_t i = 0; i < some; ++i) fewer[rare[r + i]] = found[i];
    }
  }

  const std::vector<double>& q_;
  std::size_t k_;
};

// The integrand at one time, for all categories. Over log t it falls off at least as e^-|log t| on
// one side, as exp(-t) on the other, and is analytic: the trapezoidal rule converges at once.
class Inclusion {
 public:
  Inclusion(const double* p, std::int64_t n, std::int64_t k, double* out)
      : p_(p), n_(static_cast<std::size_t>(n)), k_(static_cast<std::size_t>(k)), out_(out) {}

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
    std::vector<double> q(n_);
    for (std::size_t i = 0; i < n_; ++i) q[i] = -std::expm1(-p_[i] * t);
    const Others others(q, k_);
    const bool surely = others.surely();
    const std::vector<double> fewer = surely ? std::vector<double>{} : others.fewer();
    double weight = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const double term = p_[i] * t * std::exp(-p_[i] * t) * (surely ? 1 : fewer[i]) * step;
      out_[i] += term;
      weight = std::max(weight, term / std::max(out_[i], kNothing));
    }
    return t < 1 || weight > kNothing;
  }

  const double* p_;
  std::size_t n_, k_;
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
