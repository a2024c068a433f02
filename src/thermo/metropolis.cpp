#include "gibbs/thermo/metropolis.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "thermo/count_checks.hpp"

namespace gibbs::thermo::detail {
namespace {

constexpr const char* kName = "metropolis";

}  // namespace

void refuse_below(std::int64_t count) {
  base::refuse("StepNoise::below", "count must be at least 1, got " + std::to_string(count));
}

void check_metropolis(const MetropolisOptions& options) {
  if (std::isnan(options.beta)) base::refuse_value(kName, "beta must be a number", options.beta);
  constexpr std::int64_t kMost = std::int64_t{1} << 62;
  check_from_to(kName, "steps", options.steps, 0, kMost);
  check_from_to(kName, "burn_in", options.burn_in, 0, kMost);
  check_from_to(kName, "stride", options.stride, 1, kMost);
}

bool is_accepted(double beta, double change, double u) {
  if (std::isnan(change)) base::refuse_value(kName, "energies must not be NaN", change);
  if (change == std::numeric_limits<double>::infinity()) return false;
  if (change == 0 || change == -std::numeric_limits<double>::infinity()) return true;
  const double uphill = beta * change;
  return uphill <= 0 || u < std::exp(-uphill);
}

}  // namespace gibbs::thermo::detail
