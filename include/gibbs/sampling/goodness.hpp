#pragma once
// Whether draws follow a law: the tests that `gibbs sample --histogram` and --self-test print.

#include <cstdint>
#include <span>

namespace gibbs {

// A statistic and the probability of one at least as high if the law is right. Both ends of
// [0, 1] are suspect: draws that fit too well are not random.
struct GoodnessOfFit {
  double statistic = 0;
  double degrees_of_freedom = 0;
  double p_value = 1;
};

// Pearson's sum over categories of (n_i - n p_i)^2 / (n p_i), n the sum of the counts. Categories
// of which fewer than 10 are expected are counted together; if that holds of all of them together,
// they are counted with the least likely of the others. Should they have come so often that the
// binomial tail of their count is less than the p-value, then that is the p-value, and they are
// counted apart in the statistic.
//
// accuracy  p-value 1e-10 of the chi-square law, the limit of many draws. Of a right law it is
//           below a bound at most twice as often as it should be
// edges     a count where p = 0: infinite, p-value 0. One category or none: p-value 1
// throws    std::invalid_argument: spans of different lengths; a count < 0; p < 0, NaN or infinite
// source    Pearson 1900; Cochran 1954 (the fewest expected)
GoodnessOfFit chi_square_test(std::span<const std::int64_t> counts,
                              std::span<const double> probabilities);

// Kolmogorov and Smirnov's largest distance of the empirical distribution of `values` from the
// uniform one on [0, 1]; p-value by Kolmogorov's limit with Stephens' correction, good to 1e-3 from
// 20 values on.
//
// edges     no values: p-value 1. A value outside [0, 1] or NaN: p-value 0
// source    Kolmogorov 1933; Stephens 1970
GoodnessOfFit uniformity_test(std::span<const double> values);

// P(X >= x) of a chi-square variable; of a standard normal one beyond |z| on either side.
double chi_square_tail(double x, double degrees_of_freedom);
double two_sided_tail(double z);

}  // namespace gibbs
