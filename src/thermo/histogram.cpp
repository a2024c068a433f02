#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.hpp"
#include "gibbs/thermo/wham.hpp"

namespace gibbs::thermo {

std::int64_t histogram(std::span<const double> x, const Bins& bins, std::span<double> counts) {
  constexpr const char* kName = "histogram";
  if (!(bins.count >= 1 && bins.low < bins.high && std::isfinite(bins.high - bins.low))) {
    base::refuse(kName, "bins must be at least 1, from low to a higher end");
  }
  base::check_length(kName, "counts", std::ssize(counts), bins.count, "bin");
  std::fill(counts.begin(), counts.end(), 0.0);
  std::int64_t dropped = 0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    if (std::isnan(x[n])) base::refuse(kName, "x[" + std::to_string(n) + "] must not be NaN");
    if (!(x[n] >= bins.low && x[n] < bins.high)) {
      ++dropped;
      continue;
    }
    const auto bin = static_cast<std::int64_t>((x[n] - bins.low) / bins.width());
    ++counts[static_cast<std::size_t>(std::min(bin, bins.count - 1))];
  }
  return dropped;
}

double Umbrella::operator()(double x) const {
  if (!(period >= 0 && std::isfinite(period))) {
    base::refuse_value("Umbrella", "period must be a number from 0", period);
  }
  const double from = period > 0 ? std::remainder(x - centre, period) : x - centre;
  return stiffness / 2 * from * from;
}

}  // namespace gibbs::thermo
