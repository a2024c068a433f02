// Populations of levels, and draws of them.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.hpp"
#include "gibbs/sampling/sample.hpp"
#include "gibbs/softmax.hpp"
#include "gibbs/thermo/ensemble.hpp"
#include "sampling/row_ids.hpp"
#include "thermo/boltzmann.hpp"
#include "thermo/count_checks.hpp"
#include "thermo/mode.hpp"

namespace gibbs::thermo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

constexpr const char* kSample = "sample";

void check_outputs(std::span<const double> temperatures, Rows<std::int64_t> drawn,
                   const MicrostateOptions& options) {
  if (drawn.rows != std::ssize(temperatures)) {
    base::refuse(kSample, "drawn must have a row for each temperature, " +
                              std::to_string(temperatures.size()) + ", got " +
                              std::to_string(drawn.rows));
  }
  sampling::check_first_row(kSample, options.first_row, drawn.rows);
  const auto& logs = options.log_probability;
  if (!logs.empty()) {
    base::check_same_shape(kSample, "log_probability", {logs.rows, logs.cols}, "drawn",
                           {drawn.rows, drawn.cols});
  }
  if (!options.status.empty()) {
    base::check_length(kSample, "status", std::ssize(options.status), drawn.rows, "temperature");
  }
}

// What softmax is told: scores -E, or E where T < 0, and log g; -inf where nothing is occupied.
class Scores {
 public:
  Scores(const Levels& levels, double boltzmann)
      : boltzmann_(boltzmann), log_degeneracies_(levels.log_degeneracies()) {
    for (const double energy : levels.energies()) {
      upright_.push_back(-energy);
      inverted_.push_back(energy == kInfinity ? -kInfinity : energy);
    }
  }

  // Calls run(first, scores, thetas) for each stretch of rows whose temperatures have one sign.
  // Rows of a NaN have the temperature 1.
  template <class Run>
  void for_each_sign(std::span<const double> temperatures, const Run& run) const {
    std::vector<double> thetas;
    for (const double t : temperatures) {
      thetas.push_back(std::isnan(t) ? 1 : std::abs(t) * boltzmann_);
    }
    for (std::size_t first = 0, last = 0; first < thetas.size(); first = last) {
      const bool inverted = std::signbit(temperatures[first]);
      while (last < thetas.size() && std::signbit(temperatures[last]) == inverted) ++last;
      const std::vector<double>& scores = inverted ? inverted_ : upright_;
      run(static_cast<std::int64_t>(first),
          Rows<const double>(scores.data(), static_cast<std::int64_t>(last - first),
                             std::ssize(scores), 0, 1),
          std::span<const double>(thetas).subspan(first, last - first));
    }
  }

  Rows<const double> log_degeneracy() const { return {log_degeneracies_}; }

 private:
  double boltzmann_;
  std::vector<double> log_degeneracies_, upright_, inverted_;
};

template <class T>
Rows<T> rows_of(const Rows<T>& all, std::int64_t first, std::int64_t count) {
  if (all.empty()) return {};
  return {all.data + first * all.row_stride, count, all.cols, all.row_stride, all.col_stride};
}

template <class T>
std::span<T> part_of(std::span<T> all, std::int64_t first, std::int64_t count) {
  if (all.empty()) return {};
  return all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

void write_populations(const Scores& scores, std::span<const double> temperatures,
                       Rows<double> probabilities) {
  scores.for_each_sign(temperatures, [&](std::int64_t first, Rows<const double> rows,
                                         std::span<const double> thetas) {
    MapOptions<double> options{.temperature = PerRow(thetas)};
    options.log_degeneracy = scores.log_degeneracy();
    softmax(rows, rows_of(probabilities, first, rows.rows), options);
  });
  for (std::int64_t i = 0; i < probabilities.rows; ++i) {
    if (!std::isnan(temperatures[at(i)])) continue;
    for (std::int64_t j = 0; j < probabilities.cols; ++j) probabilities(i, j) = kNan;
  }
}

}  // namespace

void Ensemble::populations(std::span<const double> temperatures, Rows<double> probabilities) const {
  base::check_same_shape("populations", "probabilities", {probabilities.rows, probabilities.cols},
                         "temperatures and levels", {std::ssize(temperatures), levels_.size()});
  write_populations(Scores(levels_, boltzmann_), temperatures, probabilities);
}

void Ensemble::sample(std::span<const double> temperatures, Rows<std::int64_t> drawn,
                      const MicrostateOptions& options) const {
  check_outputs(temperatures, drawn, options);
  const Scores scores(levels_, boltzmann_);
  scores.for_each_sign(temperatures, [&](std::int64_t first, Rows<const double> rows,
                                         std::span<const double> thetas) {
    DrawOptions<double> draw{.seed = options.seed, .stream = options.stream};
    draw.first_row = options.first_row + static_cast<std::uint64_t>(first);
    draw.first_draw = options.first_draw;
    draw.temperature = PerRow(thetas);
    draw.log_degeneracy = scores.log_degeneracy();
    draw.log_probability = rows_of(options.log_probability, first, rows.rows);
    draw.status = part_of(options.status, first, rows.rows);
    gibbs::sample(rows, rows_of(drawn, first, rows.rows), draw);
  });
  for (std::int64_t i = 0; i < drawn.rows; ++i) {
    if (!std::isnan(temperatures[thermo::at(i)])) continue;
    for (std::int64_t j = 0; j < drawn.cols; ++j) {
      drawn(i, j) = kNoToken;
      if (!options.log_probability.empty()) options.log_probability(i, j) = kNan;
    }
    if (!options.status.empty()) options.status[thermo::at(i)] = DrawStatus::kNaN;
  }
}

void Ensemble::most_probable_occupations(std::span<const double> temperatures, std::int64_t systems,
                                         Rows<std::int64_t> numbers) const {
  constexpr const char* kName = "most_probable_occupations";
  check_from_to(kName, "systems", systems, 0, kMostSystems);
  base::check_same_shape(kName, "numbers", {numbers.rows, numbers.cols}, "temperatures and levels",
                         {std::ssize(temperatures), levels_.size()});
  if (levels_.size() == 0) return;  // no number is asked for
  const Scores scores(levels_, boltzmann_);
  const std::vector<std::size_t> order = order_of_ties(levels_.energies());
  std::vector<double> p(order.size());
  for (std::int64_t t = 0; t < numbers.rows; ++t) {
    write_populations(scores, temperatures.subspan(thermo::at(t), 1),
                      Rows<double>(p.data(), 1, levels_.size()));
    const bool some = std::ranges::any_of(p, [](double each) { return each > 0; });
    const auto n = some ? multinomial_mode(order, p, systems)
                        : std::vector<std::int64_t>(p.size(), kNoOccupation);
    for (std::int64_t s = 0; s < numbers.cols; ++s) {
      numbers(t, s) = n[thermo::at(s)];
    }
  }
}

}  // namespace gibbs::thermo
