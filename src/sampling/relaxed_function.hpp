#pragma once
// Functions of a draw and of its relaxation, and the derivatives of both.

#include <algorithm>
#include <span>

#include "base/check.hpp"
#include "gibbs/sampling/gradient_estimate.hpp"
#include "gibbs/softmax.hpp"
#include "sampling/estimator_run.hpp"

namespace gibbs::sampling {

inline void check_relaxation(const char* function, double tau) {
  base::check_positive_tau(function, tau, 1);
}

// The one-hot point of k; the caller's gradient there, from zeros.
class OneHot {
 public:
  explicit OneHot(std::size_t n) : point_(n), gradient_(n) {}

  double value(const PointFunction& f, std::int64_t k) {
    return at(k, [&] { return f(point_, {}); });
  }
  double value_and_gradient(const PointFunction& f, std::int64_t k) {
    std::fill(gradient_.begin(), gradient_.end(), 0.0);
    return at(k, [&] { return f(point_, gradient_); });
  }
  const Vector& gradient() const { return gradient_; }

 private:
  template <class Call>
  double at(std::int64_t k, const Call& call) {
    point_[static_cast<std::size_t>(k)] = 1;
    const double value = call();
    point_[static_cast<std::size_t>(k)] = 0;
    return value;
  }

  Vector point_, gradient_;
};

// y = softmax(z / tau) and what it makes of gradients in y.
class Relaxation {
 public:
  Relaxation(std::size_t n, double tau) : tau_(tau), y_(n), by_y_(n) {}

  // <by_y, y> moved to z.
  void pull_back(const Vector& z, const Vector& by_y, Vector& by_z) {
    softmax(z, y_, {.temperature = tau_});
    softmax_vjp(y_, by_y, by_z, {.temperature = tau_});
  }
  // f(y), and its gradient in z.
  double value_and_gradient(const PointFunction& f, std::span<const double> z,
                            std::span<double> by_z) {
    softmax(z, y_, {.temperature = tau_});
    std::fill(by_y_.begin(), by_y_.end(), 0.0);
    const double value = f(y_, by_y_);
    softmax_vjp(y_, by_y_, by_z, {.temperature = tau_});
    return value;
  }

 private:
  double tau_;
  Vector y_, by_y_;
};

}  // namespace gibbs::sampling
