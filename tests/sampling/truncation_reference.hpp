#pragma once
// What filters keep, by their definitions: sorted rows, in long double.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <gibbs/sampling/truncation.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "support/ulp.hpp"

namespace gibbs::testing {

using Reals = std::vector<long double>;
using Kept = std::vector<bool>;

// Scores over the temperature; -inf: no state. `looser` moves every bound by this share of itself,
// so that more is kept, and `slack` is that of the comparisons.
struct Reference {
  Reals x;
  Boundaries boundaries = Boundaries::kGibbs;
  long double slack = 0, looser = 0;
  long double mu = 0;

  static constexpr long double kNone = -std::numeric_limits<long double>::infinity();

  Reals probabilities() const {
    const long double top = *std::max_element(x.begin(), x.end());
    Reals p(x.size());
    long double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      p[i] = x[i] == kNone ? 0 : std::exp(x[i] - top);
      sum += p[i];
    }
    for (auto& one : p) one /= sum;
    return p;
  }
  Reals log_probabilities() const {
    const long double top = *std::max_element(x.begin(), x.end());
    long double sum = 0;
    for (const auto one : x) sum += std::exp(one - top);
    Reals log_p;
    for (const auto one : x) log_p.push_back(one - top - std::log(sum));
    return log_p;
  }
  static long double entropy(const Reals& p) {
    long double h = 0;
    for (const auto one : p) h -= one > 0 ? one * std::log(one) : 0;
    return h;
  }

  // The states in ascending order of a cost, ties by column.
  std::vector<std::size_t> order(const std::function<long double(std::size_t)>& cost) const {
    std::vector<std::size_t> states;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] != kNone) states.push_back(i);
    }
    std::stable_sort(states.begin(), states.end(),
                     [&](std::size_t a, std::size_t b) { return cost(a) < cost(b); });
    return states;
  }
  std::vector<std::size_t> by_score() const {
    return order([&](std::size_t i) { return -x[i]; });
  }

  Kept first(const std::vector<std::size_t>& states, std::size_t count) const {
    Kept kept(x.size());
    for (std::size_t i = 0; i < std::min(count, states.size()); ++i) kept[states[i]] = true;
    return kept;
  }
  // At least the maxima.
  Kept above(const std::function<long double(std::size_t)>& value, long double bound) const {
    const long double top = *std::max_element(x.begin(), x.end());
    Kept kept(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      kept[i] = x[i] != kNone && (x[i] == top || value(i) >= bound * (1 - slack) * (1 - looser));
    }
    return kept;
  }
  std::size_t shortest(const std::vector<std::size_t>& states, const Reals& p,
                       long double mass) const {
    long double sum = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
      sum += p[states[i]];
      if (sum >= mass * (1 + looser)) return i + 1;
    }
    return states.size();
  }

  Kept operator()(const TopK& f) const {
    const auto states = by_score();
    return first(states, f.k == 0 ? states.size() : static_cast<std::size_t>(f.k));
  }
  Kept operator()(const TopP& f) const {
    const auto states = by_score();
    if (f.p >= 1) return first(states, states.size());
    return first(states, shortest(states, probabilities(), f.p * (1 - slack)));
  }
  Kept operator()(const MinP& f) const {
    const Reals p = probabilities();
    const long double top = *std::max_element(p.begin(), p.end());
    return above([&](std::size_t i) { return p[i]; }, f.p * top);
  }
  Kept operator()(const TypicalP& f) const {
    if (f.p >= 1) return first(by_score(), x.size());
    const Reals p = probabilities();
    const long double mean = -entropy(p);  // of log p
    const Reals log_p = log_probabilities();
    const auto far = [&](std::size_t i) { return std::abs(log_p[i] - mean); };
    const auto states = order(far);
    const bool strictly = boundaries == Boundaries::kLlamaCpp;
    const std::size_t n = shortest(states, p, f.p * (1 + (strictly ? slack : -slack)));
    // Distances are differences of rounded numbers.
    const long double last = far(states[n - 1]), rounding = 40 * looser * (1 + std::abs(mean));
    Kept kept = first(states, n);
    if (looser == 0) return kept;
    for (const std::size_t i : states) {
      if (looser > 0 && far(i) <= last + rounding) kept[i] = true;
      if (looser < 0 && far(i) >= last + rounding) kept[i] = false;
    }
    return kept;
  }
  Kept operator()(const EpsilonCutoff& f) const {
    const Reals p = probabilities();
    return above([&](std::size_t i) { return p[i]; }, f.epsilon);
  }
  Kept operator()(const EtaCutoff& f) const {
    const Reals p = probabilities();
    const long double epsilon = f.epsilon;
    return above([&](std::size_t i) { return p[i]; },
                 std::min(epsilon, std::sqrt(epsilon) * std::exp(-entropy(p))));
  }
  Kept operator()(const PLess&) const {
    const Reals p = probabilities();
    long double agree = 0;
    for (const auto one : p) agree += one * one;
    return above([&](std::size_t i) { return p[i]; }, agree);
  }
  Kept operator()(const TopNSigma& f) const {
    const auto states = by_score();
    const auto n = static_cast<long double>(states.size());
    const long double top = x[states[0]];
    if (std::isinf(f.n)) return first(states, states.size());
    long double mean = 0, square = 0;
    for (const std::size_t i : states) mean += (x[i] - top) / n;
    for (const std::size_t i : states) square += (x[i] - top - mean) * (x[i] - top - mean) / n;
    const long double reach = f.n * std::sqrt(square) * (1 + slack) * (1 + looser);
    Kept kept(x.size());
    for (const std::size_t i : states) kept[i] = top - x[i] <= reach;
    return kept;
  }
  Kept operator()(const TopH& f) const {
    const auto states = by_score();
    if (f.alpha >= 1) return first(states, states.size());
    const Reals p = probabilities();
    const long double most = f.alpha * entropy(p) * (1 + slack) * (1 + looser);
    long double sum = 0, sum_log = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
      const long double one = p[states[i]];
      sum += one;
      sum_log += one > 0 ? one * std::log(one) : 0;
      // -sum (p / s) log(p / s)
      if (i > 0 && std::log(sum) - sum_log / sum > most) return first(states, i);
    }
    return first(states, states.size());
  }
  Kept operator()(const Xtc& f) const {
    const Reals p = probabilities();
    const auto states = by_score();
    std::size_t likely = 0;
    while (f.probability > 0 && likely < states.size() &&
           p[states[likely]] >= f.threshold * (1 - slack) * (1 + looser)) {
      ++likely;
    }
    Kept kept = first(states, states.size());
    for (std::size_t i = 0; i + 1 < likely; ++i) kept[states[i]] = false;
    return kept;
  }
  Kept operator()(const MirostatV2&) const {
    const Reals p = probabilities();
    return above([&](std::size_t i) { return p[i]; }, std::exp2(-mu));
  }
};

// What the library keeps of one row.
template <Score T>
Kept kept_of(const std::vector<T>& scores, const Chain& chain, TruncateOptions options = {}) {
  KeptColumns columns;
  options.kept_columns = &columns;
  std::vector<T> out(scores.size());
  truncate(scores, chain, out, options);
  Kept kept(scores.size());
  for (const std::int64_t j : columns.columns) kept[static_cast<std::size_t>(j)] = true;
  return kept;
}

inline std::int64_t count_of(const Kept& kept) {
  return std::count(kept.begin(), kept.end(), true);
}

template <Score T>
Reals widened_scores(const std::vector<T>& scores, long double temperature = 1) {
  Reals x;
  for (const T score : scores)
    x.push_back(static_cast<long double>(to_double(score)) / temperature);
  return x;
}

}  // namespace gibbs::testing
