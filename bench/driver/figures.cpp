#include "driver/figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace gibbs::bench {
namespace {

const Lap* find(const Result& result, const std::string& name) {
  const auto lap = std::find_if(result.laps.begin(), result.laps.end(),
                                [&](const Lap& candidate) { return candidate.name == name; });
  return lap == result.laps.end() ? nullptr : &*lap;
}

const Ratio& ratio_named(const std::string& name) {
  for (const Ratio& ratio : ratios()) {
    if (ratio.name == name) return ratio;
  }
  throw std::logic_error("no ratio is called " + name);
}

double geometric_mean(const std::vector<Figure>& figures) {
  double sum = 0;
  for (const Figure& figure : figures) sum += std::log(figure.value);
  return std::exp(sum / static_cast<double>(figures.size()));
}

// Of every shape that the bar applies to.
std::vector<Figure> figures_of(const Bar& bar, const std::vector<Result>& results) {
  std::vector<Figure> figures;
  for (const Result& result : results) {
    if (!bar.applies(result.shape)) continue;
    const auto found = value(result, ratio_named(bar.ratio));
    if (!found) continue;
    const auto floor = bar.floor.empty() ? std::nullopt : value(result, ratio_named(bar.floor));
    figures.push_back({result.shape.name, *found, floor});
  }
  return figures;
}

bool is_out_of_reach(const Bar& bar, const Figure& figure) {
  return figure.floor && !met(bar, *figure.floor) && !met(bar, figure.value);
}

}  // namespace

double median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double minimum(const std::vector<double>& values) {
  double least = std::numeric_limits<double>::infinity();
  for (const double value : values) least = std::fmin(least, value);  // fmin passes over a NaN
  return least;
}

std::optional<double> median_seconds(const Result& result, const std::string& name) {
  const Lap* lap = find(result, name);
  return lap == nullptr ? std::nullopt : std::optional(median(lap->seconds));
}

std::optional<double> value(const Result& result, const Ratio& ratio) {
  const Lap* top = find(result, ratio.top);
  if (ratio.bottom == kSeconds) {
    return top == nullptr ? std::nullopt : std::optional(ratio.scale * median(top->seconds));
  }
  const Lap* bottom = find(result, ratio.bottom);
  if (top == nullptr || bottom == nullptr) return std::nullopt;
  std::vector<double> quotients(top->seconds.size());
  std::transform(top->seconds.begin(), top->seconds.end(), bottom->seconds.begin(),
                 quotients.begin(), std::divides<>());
  return ratio.scale * median(quotients);
}

std::optional<Figure> measured(const Bar& bar, const std::vector<Result>& results) {
  std::vector<Figure> figures = figures_of(bar, results);
  if (figures.empty()) return std::nullopt;
  if (bar.geometric_mean) return Figure{"geometric mean", geometric_mean(figures), {}};
  const auto in_reach =
      std::stable_partition(figures.begin(), figures.end(),
                            [&](const Figure& figure) { return !is_out_of_reach(bar, figure); });
  if (in_reach != figures.begin()) figures.erase(in_reach, figures.end());
  const auto less = [](const Figure& a, const Figure& b) { return a.value < b.value; };
  return bar.at_most ? *std::max_element(figures.begin(), figures.end(), less)
                     : *std::min_element(figures.begin(), figures.end(), less);
}

std::vector<Figure> beyond(const Bar& bar, const std::vector<Result>& results) {
  std::vector<Figure> figures = figures_of(bar, results);
  std::erase_if(figures, [&](const Figure& figure) {
    return bar.geometric_mean ? met(bar, figure.value) : !is_out_of_reach(bar, figure);
  });
  return figures;
}

bool met(const Bar& bar, double value) {
  return bar.at_most ? value <= bar.limit : value >= bar.limit;
}

}  // namespace gibbs::bench
