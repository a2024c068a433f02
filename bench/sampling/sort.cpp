// Top-p by a full sort of the scores and their columns, top-k by a partial one: the usual ways.

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "roster.hpp"

namespace gibbs::bench {
namespace {

struct Candidate {
  float score;
  std::int32_t column;
};

class Sorted {
 public:
  explicit Sorted(const Arena& arena) : arena_(arena) {}

  void copy() {
    candidates_.resize(static_cast<std::size_t>(arena_.shape.cols));
    for (std::size_t j = 0; j < candidates_.size(); ++j) {
      candidates_[j] = {arena_.scores[j], static_cast<std::int32_t>(j)};
    }
  }
  static bool higher(const Candidate& a, const Candidate& b) { return a.score > b.score; }

  void top_p(double p) {
    copy();
    std::sort(candidates_.begin(), candidates_.end(), higher);
    std::vector<double> weights;
    double sum = 0, kept = 0;
    for (const Candidate& one : candidates_) {
      weights.push_back(std::exp(double{one.score} - double{candidates_[0].score}));
      sum += weights.back();
    }
    std::size_t count = 0;
    while (count < weights.size() && kept < p * sum) kept += weights[count++];
    candidates_.resize(count);
  }
  void top_k(std::ptrdiff_t k) {
    copy();
    std::partial_sort(candidates_.begin(), candidates_.begin() + k, candidates_.end(), higher);
    candidates_.resize(static_cast<std::size_t>(k));
  }

  // Whether what is left is in order.
  double error() const {
    return std::is_sorted(candidates_.begin(), candidates_.end(), higher) ? 0 : 1;
  }

 private:
  Arena arena_;
  std::vector<Candidate> candidates_;
};

}  // namespace

Contestant top_p_sort(const Arena& arena) {
  const auto sorted = std::make_shared<Sorted>(arena);
  return {"top_p/sort", [=] { sorted->top_p(0.9); }, [=] { return sorted->error(); }, 0};
}

Contestant top_k_partial_sort(const Arena& arena) {
  const auto sorted = std::make_shared<Sorted>(arena);
  return {"top_k/partial_sort", [=] { sorted->top_k(40); }, [=] { return sorted->error(); }, 0};
}

}  // namespace gibbs::bench
