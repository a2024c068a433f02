// constrained_vjp and its members.

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.hpp"
#include "family/constraints.hpp"
#include "gibbs/family/constrained.hpp"
#include "maps/column_sums.hpp"
#include "maps/psi.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"

namespace gibbs::detail {
namespace {

using family::Constraints;
using family::Generator;
using family::State;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Where a state stands, and how it moves: s, and r = p / g.
struct Place {
  enum Where { kAbsent, kInside, kAtLower, kAtUpper } where = kAbsent;
  double p = 0, cost = 1, upstream = 0, r = 0, slope = 0;
};

struct RowSums {
  double temperature = 0, alpha = 0, budget = 0;
};

template <Score T>
class ConstrainedVjp {
 public:
  using W = working_t<T>;

  ConstrainedVjp(const ConstrainedMap& map, const Rows<const T>& p, const Rows<const T>& upstream,
                 const Rows<T>& grad, const ConstrainedVjpOptions<T>& options)
      : map_(map),
        p_(p),
        upstream_(upstream),
        grad_(grad),
        options_(options),
        constraints_{options.lower, options.upper, options.weights, options.log_degeneracy,
                     map.upper},
        per_row_(static_cast<std::size_t>(p.rows)),
        log_g_(options.grad_log_degeneracy, p.rows),
        lower_(options.grad_lower, p.rows),
        upper_(options.grad_upper, p.rows) {}

  void run() {
    const std::int64_t step = maps::rows_per_group(p_.rows);
    maps::for_each_task((p_.rows + step - 1) / step, p_.rows * p_.cols, [&](std::int64_t task) {
      const maps::Buffer<Place> places(p_.cols);
      for (std::int64_t row = task * step; row < std::min(p_.rows, (task + 1) * step); ++row) {
        map_row(row, task, places.data());
      }
    });
    maps::deliver_rows(options_.grad_temperature, per_row_,
                       [](const RowSums& sums) { return sums.temperature; });
    maps::deliver_rows(options_.grad_alpha, per_row_,
                       [](const RowSums& sums) { return sums.alpha; });
    maps::deliver_rows(options_.grad_budget, per_row_,
                       [](const RowSums& sums) { return sums.budget; });
    log_g_.finish();
    lower_.finish();
    upper_.finish();
  }

 private:
  // A gradient per state: rows x cols, or summed over rows.
  class PerState {
   public:
    PerState(const Rows<W>& out, std::int64_t rows)
        : out_(out),
          summed_(!out.empty() && out.rows == 1 && rows != 1),
          sums_(summed_ ? out.cols : 0) {}
    void put(std::int64_t task, std::int64_t row, std::int64_t col, double value) {
      if (out_.empty()) return;
      if (summed_) {
        sums_.group(task)[col] += value;
      } else {
        out_(row, col) = static_cast<W>(value);
      }
    }
    void finish() const {
      for (std::int64_t j = 0; summed_ && j < out_.cols; ++j) {
        out_(0, j) = static_cast<W>(sums_.total(j));
      }
    }

   private:
    Rows<W> out_;
    bool summed_;
    maps::ColumnSums sums_;
  };

  // p as the map rounded a bound.
  static double rounded(double bound) {
    return static_cast<double>(static_cast<W>(T(static_cast<W>(bound))));
  }

  Place place_of(std::int64_t row, std::int64_t col, const Generator& f) const {
    const State s = constraints_.state(row, col);
    const auto& mask = options_.mask;
    Place place;
    place.p = static_cast<double>(static_cast<W>(p_(row, col)));
    place.upstream = static_cast<double>(static_cast<W>(upstream_(row, col)));
    place.cost = s.cost;
    const bool masked = !mask.empty() && !mask(mask.rows == 1 ? 0 : row, col);
    const double lower = rounded(s.lower);
    if (masked || s.log_weight == -kInfinity || place.p < lower) return place;
    place.where = place.p >= rounded(s.upper) ? Place::kAtUpper
                  : place.p <= lower          ? Place::kAtLower
                                              : Place::kInside;
    if (place.where != Place::kInside) return place;
    place.r = s.log_weight == 0 ? place.p : std::exp(std::log(place.p) - s.log_weight);
    place.slope = place.p * f.relative_slope(place.r);
    return place;
  }

  void fill(std::int64_t row, std::int64_t task, double value) {
    for (std::int64_t j = 0; j < p_.cols; ++j) put(row, task, j, {value, value, value, value});
    per_row_[static_cast<std::size_t>(row)] = {value, value, value};
  }

  struct Gradients {
    double score, log_g, lower, upper;
  };
  void put(std::int64_t row, std::int64_t task, std::int64_t col, const Gradients& of) {
    grad_(row, col) = T(static_cast<W>(of.score));
    log_g_.put(task, row, col, of.log_g);
    lower_.put(task, row, col, of.lower);
    upper_.put(task, row, col, of.upper);
  }

  void map_row(std::int64_t row, std::int64_t task, Place* places) {
    const double temperature = options_.temperature[row], alpha = map_.divergence.alpha[row];
    const bool limit = temperature == 0 || temperature == kInfinity || alpha == kInfinity;
    const Generator f(map_.divergence.kind, alpha == kInfinity ? 1 : alpha);
    const double vbar = mean_of(row, f, places);
    if (std::isnan(vbar)) return fill(row, task, kNan);
    RowSums sums{0, 0, vbar};
    for (std::int64_t j = 0; j < p_.cols; ++j) {
      const Place& place = places[j];
      const double pull = place.upstream - place.cost * vbar;
      Gradients of{};
      if (place.where == Place::kInside) {
        of.score = limit ? 0 : place.slope * pull / temperature;
        of.log_g = place.p * pull;
        // Their logarithms take longer than the rest.
        if (!limit && !options_.grad_temperature.empty()) {
          sums.temperature -= of.score * f.derivative(place.r);
        }
        if (!limit && !options_.grad_alpha.empty() && map_.divergence.kind == Divergence::kAlpha) {
          sums.alpha += pull * by_alpha(place, alpha);
        }
      }
      if (place.where == Place::kAtLower) of.lower = pull;
      if (place.where == Place::kAtUpper) of.upper = pull;
      put(row, task, j, of);
    }
    per_row_[static_cast<std::size_t>(row)] = sums;
  }

  // vbar; NaN where the row is.
  double mean_of(std::int64_t row, const Generator& f, Place* places) const {
    long double of_slopes = 0, of_upstream = 0, nan = 0;
    for (std::int64_t j = 0; j < p_.cols; ++j) {
      Place& place = places[j] = place_of(row, j, f);
      nan += 0 * place.p;
      if (place.where != Place::kInside) continue;
      const long double weight = static_cast<long double>(place.cost) * place.slope;
      of_slopes += weight * place.cost;
      of_upstream += weight * place.upstream;
    }
    const long double mean = of_slopes > 0 ? of_upstream / of_slopes : of_slopes;
    return static_cast<double>(mean + nan);
  }

  // dp / dalpha at fixed tau: -p l^2 psi(b l) + s / alpha^2 with l = log r.
  static double by_alpha(const Place& place, double alpha) {
    const double l = std::log(place.r);
    return place.slope / (alpha * alpha) - place.p * l * l * maps::psi((alpha - 1) * l);
  }

  const ConstrainedMap& map_;
  const Rows<const T>&p_, &upstream_;
  const Rows<T>& grad_;
  const ConstrainedVjpOptions<T>& options_;
  Constraints<T> constraints_;
  std::vector<RowSums> per_row_;
  PerState log_g_, lower_, upper_;
};

template <Score T>
void check(const ConstrainedMap& map, const Rows<const T>& p, const Rows<const T>& upstream,
           const Rows<T>& grad, const ConstrainedVjpOptions<T>& o) {
  const char* const name = map.vjp_name;
  const base::Shape shape{p.rows, p.cols};
  base::check_size(name, "probabilities", shape);
  base::check_same_shape(name, "upstream", {upstream.rows, upstream.cols}, "probabilities", shape);
  base::check_same_shape(name, "grad_scores", {grad.rows, grad.cols}, "probabilities", shape);
  base::check_alpha(name, map.divergence.alpha, p.rows);
  base::check_temperature(name, o.temperature, p.rows);
  family::check_constraints(
      name, Constraints<T>{o.lower, o.upper, o.weights, o.log_degeneracy, map.upper}, p.rows,
      p.cols);
  const auto row_or_same = [&](const char* argument, const auto& rows) {
    if (!rows.empty()) base::check_row_or_same(name, argument, {rows.rows, rows.cols}, shape);
  };
  row_or_same("mask", o.mask);
  row_or_same("grad_log_degeneracy", o.grad_log_degeneracy);
  row_or_same("grad_lower", o.grad_lower);
  row_or_same("grad_upper", o.grad_upper);
  const auto one_or_length = [&](const char* argument, auto span) {
    if (!span.empty()) {
      base::check_one_or_length(name, argument, static_cast<std::int64_t>(span.size()), p.rows);
    }
  };
  one_or_length("grad_temperature", o.grad_temperature);
  one_or_length("grad_alpha", o.grad_alpha);
  one_or_length("grad_budget", o.grad_budget);
}

}  // namespace

template <Score T>
void constrained_vjp(const ConstrainedMap& map, Rows<const T> probabilities, Rows<const T> upstream,
                     Rows<T> grad_scores, const ConstrainedVjpOptions<T>& options) {
  check(map, probabilities, upstream, grad_scores, options);
  ConstrainedVjp<T>(map, probabilities, upstream, grad_scores, options).run();
}

template void constrained_vjp(const ConstrainedMap&, Rows<const double>, Rows<const double>,
                              Rows<double>, const ConstrainedVjpOptions<double>&);
template void constrained_vjp(const ConstrainedMap&, Rows<const float>, Rows<const float>,
                              Rows<float>, const ConstrainedVjpOptions<float>&);
template void constrained_vjp(const ConstrainedMap&, Rows<const bfloat16>, Rows<const bfloat16>,
                              Rows<bfloat16>, const ConstrainedVjpOptions<bfloat16>&);
template void constrained_vjp(const ConstrainedMap&, Rows<const float16>, Rows<const float16>,
                              Rows<float16>, const ConstrainedVjpOptions<float16>&);

}  // namespace gibbs::detail
