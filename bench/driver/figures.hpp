#pragma once
// What the laps say: medians, and ratios of times taken in the same round.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command/map.hpp"
#include "driver/race.hpp"

namespace gibbs::bench {

struct Result {
  Shape shape;
  std::vector<Lap> laps;
};

// scale times the median over rounds of top / bottom, both taken in the same round. The median of
// ratios outlives a noisy neighbour who slows a whole round; the ratio of medians does not.
struct Ratio {
  std::string name;
  std::string top;
  std::string bottom;  // kSeconds: the time of the top itself
  double scale = 1;
  bool in_table = true;  // else only a bar looks at it: one shape has it
};

inline constexpr const char* kSeconds = "";

double median(std::vector<double> values);
double minimum(const std::vector<double>& values);

// Seconds of one run; nothing where the contestant did not run.
std::optional<double> median_seconds(const Result& result, const std::string& name);
std::optional<double> value(const Result& result, const Ratio& ratio);

// The comparisons that the table shows and the bars judge.
const std::vector<Ratio>& ratios();

struct Figure {
  std::string shape;
  double value;
  std::optional<double> floor;  // the bar's, there
};

// A promise: on the shapes that `applies` picks, the ratio is at most (or at least) `limit`.
// `floor` is the ratio that the machine allows at best.
struct Bar {
  std::string what;
  std::string ratio;  // its name
  std::function<bool(const Shape&)> applies;
  bool at_most;
  double limit;
  bool geometric_mean = false;  // else the worst shape counts
  std::string floor = {};       // its name, if it has one
};

const std::vector<Bar>& bars();

struct CommandBar {
  std::string what;
  double CommandFigures::*figure;
  double unit;  // what the figure is multiplied by before it meets the limit
  bool at_most;
  double limit;
};

const std::vector<CommandBar>& command_bars();

// The mean, or the worst shape of those where the floor lets the bar be met; nothing if no shape
// was measured.
std::optional<Figure> measured(const Bar& bar, const std::vector<Result>& results);
// What a verdict names beside: the shapes that miss a mean's bar, or one where its floor does too.
std::vector<Figure> beyond(const Bar& bar, const std::vector<Result>& results);
bool met(const Bar& bar, double value);

}  // namespace gibbs::bench
