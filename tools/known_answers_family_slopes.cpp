#include "known_answers_family_slopes.hpp"

#include <cstddef>
#include <stdexcept>

namespace known {
namespace {

// Of differences and second differences: 1e-90 of truncation, and at alpha = 1, where 1 / (alpha -
// 1) costs as many digits again, 1e-64 of rounding.
constexpr double kStep = 1e-45;

class Loss {
 public:
  Loss(const FamilyRow& row, const std::vector<Real>& upstream)
      : row_(row), upstream_(upstream), here_(solve(row)), near_{here_.tau, Real(1e-40)} {}

  FamilyRow& row() { return row_; }

  // The slope in one number of row().
  Real slope(Real& number) {
    if (!is_finite(number)) return 0;
    const Real at = number, middle = value(here_);
    number = at + kStep;
    const Real right = value(solve(row_, &near_)) - middle;
    number = at - kStep;
    const Real left = middle - value(solve(row_, &near_));
    number = at;
    const Real result = (right + left) / (2 * Real(kStep));
    if (abs(right - left) / Real(kStep) > Real(1e-12) * (1 + abs(result))) {
      throw std::logic_error("a derivative is asked for at a corner");
    }
    return abs(result) > Real(1e-60) ? result : Real(0);
  }
  std::vector<Real> slopes(std::vector<Real>& numbers) {
    std::vector<Real> all;
    for (Real& number : numbers) all.push_back(slope(number));
    return all;
  }

 private:
  Real value(const FamilyAnswer& answer) const {
    Real sum;
    for (std::size_t i = 0; i < upstream_.size(); ++i) {
      sum = sum + upstream_[i] * answer.probabilities[i];
    }
    return sum;
  }

  FamilyRow row_;
  const std::vector<Real>& upstream_;
  FamilyAnswer here_;
  Near near_;
};

}  // namespace

std::vector<std::pair<std::string, std::vector<Real>>> slopes(const FamilyRow& given,
                                                              const std::vector<Real>& upstream) {
  FamilyRow full = given;
  const bool has_g = given.map != Family::kNormmax;
  if (has_g) full.log_degeneracy.resize(given.scores.size());
  Loss loss(full, upstream);
  FamilyRow& row = loss.row();
  std::vector<std::pair<std::string, std::vector<Real>>> all;
  const auto of_each = [&](const char* key, std::vector<Real>& numbers) {
    if (!numbers.empty()) all.emplace_back(key, loss.slopes(numbers));
  };
  const auto of_one = [&](const char* key, Real& number) {
    all.emplace_back(key, std::vector<Real>{loss.slope(number)});
  };
  of_each("grad_scores", row.scores);
  of_one("grad_temperature", row.temperature);
  of_each("grad_log_degeneracy", row.log_degeneracy);
  if (row.map == Family::kConstrained) {
    of_each("grad_lower", row.lower);
    of_each("grad_upper", row.upper);
    of_one("grad_budget", row.budget);
  }
  const bool has_alpha = row.map == Family::kConstrained && row.f.kind == Kind::kAlpha;
  if (has_alpha || row.map == Family::kNormmax || row.map == Family::kTopK) {
    of_one("grad_alpha", row.f.alpha);
  }
  if (row.map == Family::kTempered) of_one("grad_t", row.t);
  if (row.map == Family::kSink) of_one("grad_sink", row.sink);
  return all;
}

std::vector<Real> multipliers_near(const FamilyRow& row, const FamilyAnswer& answer, double off) {
  const std::vector<Real>& here = answer.numbers[1].second;
  const Near near{here[0], row.temperature * Real(1e-6)};
  const auto at_budget = [&](const Real& budget) {
    FamilyRow moved = row;
    moved.budget = budget;
    return solve(moved, is_finite(near.tau) ? &near : nullptr).numbers[1].second;
  };
  return {at_budget(row.budget * (1 + Real(off))).front(),
          at_budget(row.budget * (1 - Real(off))).back()};
}

}  // namespace known
