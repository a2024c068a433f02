#include "losses/row_distillation.hpp"

#include <algorithm>
#include <limits>

#include "maps/psi.hpp"

namespace gibbs::losses {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class W>
class Distillation {
 public:
  Distillation(const MappedRow<W>& student, const MappedRow<W>& teacher)
      : student_(student), teacher_(teacher), t_(student.temperature) {
    double sum = 0;
    for (std::int64_t i = 0; i < student.n; ++i) {
      const double y = teacher.p[i], p = student.p[i];
      if (!has_mass(i)) {
        missed_ += p;
        same_states_ = same_states_ && p == 0;
        continue;
      }
      mass_ += y;
      impossible_ = impossible_ || ahead(i) == kInfinity;
      same_states_ = same_states_ && p != 0;
      sum += y * ahead(i);
    }
    mean_ = mass_ > 0 ? sum / mass_ : 0;
    for (std::int64_t i = 0; i < student.n && regular(); ++i) {
      const double c = centred(i) / t_;
      if (has_mass(i)) excess_ += y(i) * c * c * maps::psi(c);
    }
  }

  bool is_nan() const {
    return std::isnan(student_.summary->excess) || std::isnan(teacher_.summary->excess);
  }
  bool no_teacher() const { return mass_ == 0; }

  double loss() const {
    if (impossible_ || (t_ == kInfinity && !same_states_)) return kInfinity;
    if (t_ == 0) return 0;
    if (t_ == kInfinity) return half_variance();
    // All terms are positive where little mass is missed; else KL is large, and T KL the difference
    // of optimal values.
    if (missed_ < 0.5 && excess_ < kInfinity) {
      return std::max(t_ * t_ * (std::log1p(excess_) - std::log1p(-missed_)), 0.0);
    }
    const double gap = student_.summary->excess - teacher_.summary->excess;
    return std::max(t_ * (mean_ + t_ * gap), 0.0);
  }

  // T (p_i - y_i).
  double slope(std::int64_t i) const {
    const double p = student_.p[i];
    if (t_ == kInfinity && same_states_) return has_mass(i) ? -y(i) * centred(i) : 0;
    if (t_ == 0 || student_.is_absent(i)) return 0;
    const double c = has_mass(i) && regular() ? centred(i) / t_ : kInfinity;
    if (std::abs(c) < 1 && missed_ < 0.5 && excess_ < kInfinity) {
      const double change = std::expm1(-c) * (1 - missed_) - missed_ - excess_;
      return t_ * y(i) * change / (1 + excess_);
    }
    const double gap = p - static_cast<double>(teacher_.p[i]);
    return gap == 0 ? 0 : t_ * gap;
  }

  double by_temperature(double loss) const {
    if (!regular() || std::isinf(loss)) return 0;
    double sum = 0;
    for (std::int64_t i = 0; i < student_.n; ++i) {
      const double gap = slope(i);
      if (has_mass(i)) sum += y(i) * centred(i) * -teacher_.below_max(i);
      if (gap != 0) sum += gap * -student_.below_max(i);
    }
    return (2 * loss - sum) / t_;
  }

 private:
  // T is no limit, and KL not infinite.
  bool regular() const { return t_ > 0 && t_ < kInfinity && !impossible_ && mass_ > 0; }
  // Below the smallest normal number y has few digits; y log y is nothing there.
  bool has_mass(std::int64_t i) const { return teacher_.p[i] >= std::numeric_limits<W>::min(); }
  double y(std::int64_t i) const { return static_cast<double>(teacher_.p[i]) / mass_; }
  // How far the teacher's score is ahead of the student's, each relative to its largest.
  double ahead(std::int64_t i) const {
    return (student_.is_absent(i) ? kInfinity : student_.below_max(i)) - teacher_.below_max(i);
  }
  double centred(std::int64_t i) const { return ahead(i) - mean_; }

  double half_variance() const {
    double sum = 0;
    for (std::int64_t i = 0; i < student_.n; ++i) {
      if (has_mass(i)) sum += y(i) * centred(i) * centred(i);
    }
    return sum / 2;
  }

  const MappedRow<W>& student_;
  const MappedRow<W>& teacher_;
  double t_;
  // Mass of the teacher where it has any and of the student elsewhere; the mean of ahead() under y;
  // sum of y_i (exp(-c_i) - 1 + c_i) with c = centred / T.
  double mass_ = 0, missed_ = 0, mean_ = 0, excess_ = 0;
  bool impossible_ = false, same_states_ = true;
};

}  // namespace

template <class W>
RowDistillation distillation(const MappedRow<W>& student, const MappedRow<W>& teacher,
                             double weight, W* grad) {
  const Distillation<W> of(student, teacher);
  if (of.is_nan()) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (grad) std::fill_n(grad, student.n, static_cast<W>(kNan));
    return {kNan, kNan};
  }
  if (of.no_teacher()) {
    if (grad) std::fill_n(grad, student.n, W{0});
    return {};
  }
  RowDistillation found{of.loss()};
  found.by_temperature = of.by_temperature(found.loss);
  for (std::int64_t i = 0; grad && i < student.n; ++i) {
    const double slope = of.slope(i);
    grad[i] = static_cast<W>(slope == 0 ? 0 : weight * slope);
  }
  return found;
}

template RowDistillation distillation(const MappedRow<double>&, const MappedRow<double>&, double,
                                      double*);
template RowDistillation distillation(const MappedRow<float>&, const MappedRow<float>&, double,
                                      float*);

}  // namespace gibbs::losses
