#include "gibbs/thermo/wham.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "gibbs/log_sum_exp.hpp"
#include "gibbs/thermo/potentials.hpp"
#include "kernels/mixture.hpp"
#include "thermo/answer.hpp"
#include "thermo/mixture_solver.hpp"

namespace gibbs::thermo {
namespace {

constexpr const char* kName = "wham";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class Rule, class Words>
void check_entries(const char* argument, Rows<const double> values, const Words& words,
                   const Rule& rule) {
  for (std::int64_t k = 0; k < values.rows; ++k) {
    for (std::int64_t b = 0; b < values.cols; ++b) {
      if (rule(values(k, b))) continue;
      base::refuse_entry(kName, argument, k, b, words(values(k, b)), values(k, b));
    }
  }
}

bool has_counts(Rows<const double> counts, std::int64_t window) {
  for (std::int64_t b = 0; b < counts.cols; ++b) {
    if (counts(window, b) > 0) return true;
  }
  return false;
}

// Every bin with counts must be allowed by a window that has some.
void check_allowed(Rows<const double> counts, Rows<const double> bias) {
  std::vector<std::int64_t> windows;
  for (std::int64_t k = 0; k < counts.rows; ++k) {
    if (has_counts(counts, k)) windows.push_back(k);
  }
  if (windows.empty()) base::refuse(kName, "counts must not all be 0");
  for (std::int64_t b = 0; b < counts.cols; ++b) {
    double count = 0;
    for (const std::int64_t k : windows) count += counts(k, b);
    const bool allowed = std::any_of(windows.begin(), windows.end(),
                                     [&](std::int64_t k) { return bias(k, b) < kInfinity; });
    if (count == 0 || allowed) continue;
    base::refuse(kName, "bin " + std::to_string(b) +
                            " has counts and bias = +inf in every window that has any");
  }
}

void check(Rows<const double> counts, Rows<const double> bias, const SolveOptions& options) {
  detail::check_options(kName, options);
  base::check_same_shape(kName, "bias", {bias.rows, bias.cols}, "counts",
                         {counts.rows, counts.cols});
  check_entries(
      "counts", counts, [](double) { return "must be a finite number from 0"; },
      [](double h) { return h >= 0 && h < kInfinity; });
  check_entries("bias", bias, detail::rule_of_potentials, detail::is_potential);
  check_allowed(counts, bias);
}

// The bins that hold something, the only ones that say anything, and the bias there.
struct Filled {
  std::vector<std::int64_t> bin = {};
  std::vector<double> weights = {}, roots = {}, bias = {};
  std::int64_t size() const { return std::ssize(bin); }
};

Filled filled_bins(Rows<const double> counts, Rows<const double> bias) {
  Filled filled;
  for (std::int64_t b = 0; b < counts.cols; ++b) {
    double weight = 0;
    for (std::int64_t k = 0; k < counts.rows; ++k) weight += counts(k, b);
    if (weight == 0) continue;
    filled.bin.push_back(b);
    filled.weights.push_back(weight);
    filled.roots.push_back(std::sqrt(weight));
  }
  for (std::int64_t k = 0; k < bias.rows; ++k) {
    for (const std::int64_t b : filled.bin) filled.bias.push_back(bias(k, b));
  }
  return filled;
}

detail::Mixture mixture_of(const detail::Source& source, Rows<const double> counts,
                           const Filled& filled) {
  detail::Mixture m;
  m.source = &source;
  m.roots = filled.roots.data();
  for (std::int64_t k = 0; k < counts.rows; ++k) {
    double sum = 0;
    for (const std::int64_t b : filled.bin) sum += counts(k, b);
    if (sum == 0) continue;
    m.index.push_back(k);
    m.counts.push_back(sum);
  }
  return m;
}

// The bins in which 32 quantiles of each window lie: what the guess takes for samples.
std::vector<std::vector<std::int64_t>> quantiles(const detail::Mixture& m,
                                                 Rows<const double> counts, const Filled& filled) {
  constexpr int kQuantiles = 32;
  std::vector<std::vector<std::int64_t>> taken(m.index.size());
  for (std::size_t k = 0; k < m.index.size(); ++k) {
    double sum = 0;
    for (std::int64_t n = 0; n < filled.size(); ++n) {
      sum += counts(m.index[k], filled.bin[static_cast<std::size_t>(n)]);
      while (std::ssize(taken[k]) < kQuantiles &&
             sum > (static_cast<double>(taken[k].size()) + 0.5) / kQuantiles * m.counts[k]) {
        taken[k].push_back(n);
      }
    }
  }
  return taken;
}

// p of each filled bin, one sample of it, in each window: windows x bins.
struct BinWeights {
  Eigen::MatrixXd p;
  std::vector<double> log_denominator;
};

BinWeights bin_weights(const detail::Mixture& m, std::int64_t bins) {
  BinWeights w{Eigen::MatrixXd(m.states(), bins),
               std::vector<double>(static_cast<std::size_t>(bins))};
  detail::for_each_block(m, [&](std::int64_t, const detail::BlockView& block) {
    for (std::int64_t n = 0; n < block.count; ++n) {
      w.log_denominator[static_cast<std::size_t>(block.first + n)] =
          block.reference[n] + block.log_denominator[n];
      for (std::int64_t k = 0; k < m.states(); ++k) {
        w.p(k, block.first + n) = block.p[k * kernels::kMixtureStride + n] / block.roots[n];
      }
    }
  });
  return w;
}

// Var(ln p_b - ln p_0) = 1 / c_b + 1 / c_0 + (p_.b - p_.0)' L^+ (p_.b - p_.0): as of states whose
// only samples are those of a bin.
double error_against(std::int64_t b, std::int64_t lowest, const Filled& filled,
                     const Eigen::MatrixXd& p, const Eigen::MatrixXd& solved) {
  if (b == lowest) return 0;
  const double own = 1 / filled.weights[static_cast<std::size_t>(b)] +
                     1 / filled.weights[static_cast<std::size_t>(lowest)];
  const double windows = (p.col(b) - p.col(lowest)).dot(solved.col(b) - solved.col(lowest));
  return std::sqrt(own + std::max(0.0, windows));
}

// The component that claims a bin.
std::int64_t component_of(const detail::Laplacian& laplacian, const Eigen::MatrixXd& p,
                          std::int64_t b) {
  Eigen::Index most = 0;
  p.col(b).maxCoeff(&most);
  return laplacian.component_of(most);
}

void write_profile(const detail::Answer& answer, const Filled& filled, WhamResult& result) {
  const BinWeights w = bin_weights(answer.mixture, filled.size());
  std::vector<double> logs;
  for (std::size_t n = 0; n < filled.bin.size(); ++n) {
    logs.push_back(std::log(filled.weights[n]) - w.log_denominator[n]);
  }
  const double log_sum = log_sum_exp(logs);
  const std::int64_t lowest = std::max_element(logs.begin(), logs.end()) - logs.begin();
  const Eigen::MatrixXd solved = answer.laplacian.solve(w.p);
  for (std::int64_t n = 0; n < filled.size(); ++n) {
    const double log_p = logs[static_cast<std::size_t>(n)];
    const auto bin = static_cast<std::size_t>(filled.bin[static_cast<std::size_t>(n)]);
    result.log_density[bin] = log_p - log_sum;
    result.profile[bin] = logs[static_cast<std::size_t>(lowest)] - log_p;
    if (component_of(answer.laplacian, w.p, n) != component_of(answer.laplacian, w.p, lowest)) {
      result.profile_errors[bin] = answer.apart;
      continue;
    }
    result.profile_errors[bin] = error_against(n, lowest, filled, w.p, solved);
  }
}

}  // namespace

WhamResult wham(Rows<const double> counts, Rows<const double> bias, const SolveOptions& options) {
  check(counts, bias, options);
  const Filled filled = filled_bins(counts, bias);
  const Potentials u(Rows<const double>(filled.bias.data(), bias.rows, filled.size()));
  detail::Mixture m = mixture_of(u.source(), counts, filled);
  detail::guess_free_energies(m, quantiles(m, counts, filled));
  detail::Solved solved = detail::solve(m, options);
  detail::Laplacian laplacian(solved.at.shared, m.counts, options.least_shared);
  detail::Answer answer{std::move(m), std::move(laplacian), options, {}};
  answer.apart = detail::error_apart(solved.report);
  detail::AllStates all = detail::all_states(answer, std::move(solved.at.shared));
  WhamResult result;
  result.free_energies = std::move(all.free_energies);
  result.uncertainty = std::move(all.uncertainty);
  const auto bins = static_cast<std::size_t>(counts.cols);
  result.log_density.assign(bins, -kInfinity);
  result.profile.assign(bins, kInfinity);
  result.profile_errors.assign(bins, kInfinity);
  result.report = detail::told_of(std::move(solved.report), std::move(all.components));
  write_profile(answer, filled, result);
  return result;
}

}  // namespace gibbs::thermo
