#include "thermo/cooling.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/mixture.hpp"
#include "thermo/mixture_newton.hpp"

namespace gibbs::thermo::detail {
namespace {

// u / tau.
class HotSource final : public Source {
 public:
  HotSource(const Source& cold, double tau)
      : Source(cold.states, cold.samples), cold_(cold), tau_(tau) {}
  void block(std::int64_t first, std::int64_t count, double* room,
             const double** rows) const override {
    cold_.block(first, count, room, rows);
    for (std::int64_t k = 0; k < states; ++k) {
      double* const to = room + k * kernels::kMixtureStride;
      for (std::int64_t j = 0; j < count; ++j) to[j] = rows[k][j] / tau_;
      rows[k] = to;
    }
  }

 private:
  const Source& cold_;
  const double tau_;
};

// Free energies near the minimum at a temperature, in the units of u.
struct Point {
  double tau = 1;
  std::vector<double> f = {};
};

class Cooling {
 public:
  Cooling(Mixture& m, std::int64_t most) : m_(m), most_(most), here_{1, m.centre} {
    for (std::size_t k = 0; k < here_.f.size(); ++k) here_.f[k] += m.rest[k];
  }

  std::int64_t run() {
    if (heat()) {
      while (here_.tau > 1 && steps_ < most_ && factor_ > kLeastFactor) lower();
      m_.start_at(here_.f);
    }
    return steps_;
  }

 private:
  static constexpr double kLeastFactor = 1.001, kHottest = 0x1p1000;

  // To where the start is near. The exponent doubles: too hot costs a step, too cold some.
  bool heat() {
    for (double by = 4; here_.tau < kHottest && steps_ < most_; by = std::min(by * by, 0x1p500)) {
      here_.tau = std::min(here_.tau * by, kHottest);
      Point next = here_;
      if (solve(next, 4) == 0) continue;
      here_ = std::move(next);
      return true;
    }
    return false;
  }

  // To the next temperature, or, if that was too far, to a smaller factor.
  void lower() {
    Point next = predicted(std::max(1.0, here_.tau / factor_));
    const std::int64_t steps = solve(next, 6);
    if (steps > 0) before_ = std::exchange(here_, std::move(next));
    if (steps > 0 && steps <= 2) {
      factor_ = std::min(factor_ * factor_, 1e16);
    } else if (steps == 0 || steps > 3) {
      factor_ = std::sqrt(factor_);
    }
    if (steps > 0) factor_ = std::max(factor_, 1.5);
  }

  // On the line through the last two points: where one vertex is the limit, f is linear in tau.
  Point predicted(double tau) const {
    Point next{tau, here_.f};
    if (before_.f.empty()) return next;
    const double by = (tau - here_.tau) / (here_.tau - before_.tau);
    for (std::size_t k = 0; k < next.f.size(); ++k) next.f[k] += by * (here_.f[k] - before_.f[k]);
    return next;
  }

  // Newton steps until the next would change no difference by more than tau: there they converge.
  // Returns how often the samples were read, at least once; 0 if `most` steps did not do.
  std::int64_t solve(Point& p, std::int64_t most) {
    const HotSource hot(*m_.source, p.tau);
    Mixture m = m_;
    m.source = &hot;
    for (double& f : p.f) f /= p.tau;
    m.start_at(p.f);
    Evaluation at = settle(m);
    for (std::int64_t steps = 1; steps <= most; ++steps) {
      ++steps_;
      const NewtonStep newton = newton_step(m, at);
      if (newton.imbalance > kBalanced) return 0;
      if (newton.step.maxCoeff() - newton.step.minCoeff() <= 1) {
        for (std::size_t k = 0; k < p.f.size(); ++k) p.f[k] = (m.centre[k] + m.rest[k]) * p.tau;
        return steps;
      }
      if (!descend(m, at, newton.step, 3)) return 0;
    }
    return 0;
  }

  Mixture& m_;
  const std::int64_t most_;
  Point here_, before_;
  double factor_ = 4;
  std::int64_t steps_ = 0;
};

}  // namespace

std::int64_t cool(Mixture& m, std::int64_t most) { return Cooling(m, most).run(); }

}  // namespace gibbs::thermo::detail
