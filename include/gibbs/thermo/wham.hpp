#pragma once
// The weighted histogram analysis: MBAR on binned data.

#include <cstdint>
#include <span>
#include <vector>

#include "gibbs/rows.hpp"
#include "gibbs/thermo/solution.hpp"

namespace gibbs::thermo {

// `count` bins of equal width from low to high.
struct Bins {
  double low = 0, high = 1;
  std::int64_t count = 1;

  double width() const { return (high - low) / static_cast<double>(count); }
  double centre(std::int64_t bin) const { return low + (static_cast<double>(bin) + 0.5) * width(); }
};

// Counts into the bins [low, high); what lies outside is dropped, and returned as a number.
// throws    std::invalid_argument: bins that are none; another number of counts; x NaN
std::int64_t histogram(std::span<const double> x, const Bins& bins, std::span<double> counts);

// The bias U = stiffness / 2 (x - centre)^2, of the nearest image if there is a period.
// throws    std::invalid_argument: a period that is negative, NaN or infinite
struct Umbrella {
  double centre = 0;
  double stiffness = 1;
  double period = 0;  // 0: none

  double operator()(double x) const;
};

// What WHAM found, energies in units of k T.
//
//   free_energies   f_k of each window, f_0 = 0; uncertainty of their differences
//   log_density     ln of c_b / sum_k N_k exp(f_k - bias_kb), normalised to sum 1 over bins: the
//                   law without bias, or ln g(E) of an energy histogram; -inf in an empty bin
//   profile         -log_density less its minimum: the potential of mean force; +inf in empty bins
//   profile_errors  of profile against its lowest bin; +inf if empty or not connected to it, NaN if
//                   that is not known
struct WhamResult {
  std::vector<double> free_energies;
  Table uncertainty;
  std::vector<double> log_density, profile, profile_errors;
  SolveReport report;
};

// Free energies of windows and the law without bias from histograms: f and p with
// p_b = sum_k h_kb / sum_k N_k exp(f_k - bias_kb), exp(-f_k) = sum_b p_b exp(-bias_kb), the minimum
// of the same objective as MBAR's, every bin a sample of weight sum_k h_kb. One window is a single
// histogram, reweighted.
//
// counts    windows x bins of h >= 0; a bias of the same shape in units of k T, at the centres of
//           the bins: of an umbrella, or beta_k E_b
// range     a bias up to 1e300 on either side of 0, +inf included
// accuracy  as MBAR's; bins cost what their width does to the bias
// edges     a window without counts gets f_k from the others; a bin without counts is +inf
// throws    std::invalid_argument: other shapes; a count that is negative, NaN or infinite; a bias
//           that is NaN, -inf or beyond the range; counts where no window allows any; no counts at
//           all
// source    Ferrenberg & Swendsen 1989; Kumar et al. 1992; Zhu & Hummer 2012 (the convex form)
WhamResult wham(Rows<const double> counts, Rows<const double> bias,
                const SolveOptions& options = {});

}  // namespace gibbs::thermo
