#include "gibbs/thermo/potentials.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "kernels/mixture.hpp"
#include "thermo/source.hpp"

namespace gibbs::thermo {
namespace {

constexpr const char* kName = "Potentials";

double* room_of_state(double* room, std::int64_t k) { return room + k * kernels::kMixtureStride; }

class MatrixSource final : public detail::Source {
 public:
  explicit MatrixSource(Rows<const double> u) : Source(u.rows, u.cols), u_(u) {}
  void block(std::int64_t first, std::int64_t count, double* room,
             const double** rows) const override {
    for (std::int64_t k = 0; k < states; ++k) {
      const double* const from = u_.data + k * u_.row_stride + first * u_.col_stride;
      rows[k] = u_.col_stride == 1 ? from : copy(from, count, room_of_state(room, k));
    }
  }

 private:
  const double* copy(const double* from, std::int64_t count, double* to) const {
    for (std::int64_t j = 0; j < count; ++j) to[j] = from[j * u_.col_stride];
    return to;
  }
  const Rows<const double> u_;
};

class LinearSource final : public detail::Source {
 public:
  LinearSource(Rows<const double> lambdas, Rows<const double> x)
      : Source(lambdas.rows, x.cols), lambdas_(lambdas), x_(x) {}
  void block(std::int64_t first, std::int64_t count, double* room,
             const double** rows) const override {
    for (std::int64_t k = 0; k < states; ++k) {
      double* const to = room_of_state(room, k);
      rows[k] = to;
      for (std::int64_t j = 0; j < count; ++j) to[j] = 0;
      for (std::int64_t i = 0; i < x_.rows; ++i) add(lambdas_(k, i), i, first, count, to);
    }
  }

 private:
  void add(double lambda, std::int64_t i, std::int64_t first, std::int64_t count,
           double* to) const {
    const double* const x = x_.data + i * x_.row_stride + first * x_.col_stride;
    if (x_.col_stride == 1) {
      for (std::int64_t j = 0; j < count; ++j) to[j] += lambda * x[j];
    } else {
      for (std::int64_t j = 0; j < count; ++j) to[j] += lambda * x[j * x_.col_stride];
    }
  }
  const Rows<const double> lambdas_, x_;
};

class FilledSource final : public detail::Source {
 public:
  FilledSource(std::int64_t state_count, std::int64_t sample_count, Potentials::Fill fill)
      : Source(state_count, sample_count), fill_(std::move(fill)) {}
  void block(std::int64_t first, std::int64_t count, double* room,
             const double** rows) const override {
    fill_(first, {room, states, count, kernels::kMixtureStride, 1});
    for (std::int64_t k = 0; k < states; ++k) rows[k] = room_of_state(room, k);
  }

 private:
  const Potentials::Fill fill_;
};

void check_size(std::int64_t states, std::int64_t samples) {
  if (states >= 1 && samples >= 1) return;
  base::refuse(kName, "there must be at least 1 state and 1 sample, got " + std::to_string(states) +
                          " x " + std::to_string(samples));
}

void check_finite(const char* argument, Rows<const double> values) {
  for (std::int64_t i = 0; i < values.rows; ++i) {
    for (std::int64_t j = 0; j < values.cols; ++j) {
      if (std::isfinite(values(i, j))) continue;
      base::refuse_entry(kName, argument, i, j, "must be finite", values(i, j));
    }
  }
}

}  // namespace

Potentials::Potentials(Rows<const double> u) {
  check_size(u.rows, u.cols);
  source_ = std::make_shared<MatrixSource>(u);
}

Potentials Potentials::linear(Rows<const double> lambdas, Rows<const double> x) {
  check_size(lambdas.rows, x.cols);
  if (lambdas.cols != x.rows) {
    base::refuse(kName, "x must have a row for each of " + std::to_string(lambdas.cols) +
                            " lambdas of a state, got " + std::to_string(x.rows));
  }
  check_finite("lambdas", lambdas);
  check_finite("x", x);
  return Potentials(std::make_shared<LinearSource>(lambdas, x));
}

Potentials Potentials::blocks(std::int64_t states, std::int64_t samples, Fill fill) {
  check_size(states, samples);
  if (!fill) base::refuse(kName, "fill must be a function");
  return Potentials(std::make_shared<FilledSource>(states, samples, std::move(fill)));
}

std::int64_t Potentials::states() const { return source_->states; }
std::int64_t Potentials::samples() const { return source_->samples; }

}  // namespace gibbs::thermo
