// What is compared, and what is promised.

#include <string_view>

#include "driver/figures.hpp"

namespace gibbs::bench {
namespace {

bool listed(const Shape& shape) { return shape.roster == Roster::kMaps; }
bool eight_or_ten_columns(const Shape& shape) { return shape.cols == 8 || shape.cols == 10; }
bool out_of_cache(const Shape& shape) { return shape.out_of_cache(); }
bool long_rows(const Shape& shape) { return listed(shape) && shape.cols >= 1024; }
bool short_rows(const Shape& shape) { return listed(shape) && shape.cols < 1024; }
// 8Ki x 1024 ... 64 x 131072: the memory decides, and a row fits in the last cache.
bool bandwidth(const Shape& shape) {
  return shape.out_of_cache() && shape.cols >= 1024 && shape.cols <= 131072;
}
bool in_cache_for_threads(const Shape& shape) { return shape.roster == Roster::kThreads; }
bool sweeps(const Shape& shape) { return shape.roster == Roster::kSweeps; }
// One row of a language model.
bool vocabulary(const Shape& shape) { return std::string_view(shape.name) == "1 x 131072"; }
bool few_long_rows(const Shape& shape) { return std::string_view(shape.name) == "4 x 4Mi"; }

constexpr bool kAtMost = true;
constexpr bool kAtLeast = false;
constexpr bool kMean = true;
constexpr bool kWorst = false;
constexpr bool kInBarsOnly = false;

}  // namespace

const std::vector<Ratio>& ratios() {
  static const std::vector<Ratio> all = {
      {"copy / softmax", "softmax/memcpy", "softmax/gibbs"},
      {"softmax / oneDNN", "softmax/gibbs", "softmax/onednn"},
      // No softmax that moves its arrays through memory is faster than their copy.
      {"copy / oneDNN", "softmax/memcpy", "softmax/onednn"},
      {"softmax / Eigen", "softmax/gibbs", "softmax/eigen"},
      {"softmax / textbook", "softmax/gibbs", "softmax/textbook"},
      {"log_sum_exp / softmax", "log_sum_exp/gibbs", "softmax/gibbs"},
      {"reading / softmax", "log_sum_exp/read", "softmax/gibbs"},
      {"sparsemax / softmax", "sparsemax/gibbs", "softmax/gibbs"},
      {"sorting / sparsemax", "sparsemax/sort", "sparsemax/gibbs"},
      {"entmax 1.5 / softmax", "entmax_1.5/gibbs", "softmax/gibbs"},
      {"entmax 1.25 / softmax", "entmax_1.25/gibbs", "softmax/gibbs"},
      {"entmax 1.05 / softmax", "entmax_1.05/gibbs", "softmax/gibbs"},
      // The copy moves two arrays, softmax_vjp three.
      {"copy / softmax_vjp", "softmax/memcpy", "softmax_vjp/gibbs", 1.5},
      {"one / two threads", "two_threads/one", "two_threads/gibbs"},
      {"copying, one / two threads", "two_threads/one_copies", "two_threads/memcpy", 1,
       kInBarsOnly},
      {"columns / rows first", "columns_first/gibbs", "softmax/gibbs"},
      // Losses with their gradients, from labels.
      {"cross-entropy / softmax", "loss_1/gibbs", "softmax/gibbs"},
      {"sparsemax loss / sparsemax", "loss_2/gibbs", "sparsemax/gibbs"},
      {"entmax 1.5 loss / entmax 1.5", "loss_1.5/gibbs", "entmax_1.5/gibbs"},
      {"budget / softmax", "budget/gibbs", "softmax/gibbs"},
      {"capped softmax / softmax", "capped_softmax/gibbs", "softmax/gibbs"},
      {"Fermi-Dirac / softmax", "fermi_dirac/gibbs", "softmax/gibbs"},
      {"one draw / log_sum_exp", "sample/gibbs", "log_sum_exp/gibbs"},
      {"Gumbel-max / softmax", "gumbel_max/gibbs", "softmax/gibbs"},
      {"Gumbel-softmax / softmax", "gumbel_softmax/gibbs", "softmax/gibbs"},
      // As many draws from one law as it has categories: 131072.
      {"alias draw, ns", "alias/gibbs", kSeconds, 1e9 / 131072, kInBarsOnly},
      // One token of one row, cut by a filter.
      {"top-p / softmax", "top_p/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"top-k / softmax", "top_k/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"top-k, top-p / softmax", "top_k_top_p/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"min-p / softmax", "min_p/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"typical / softmax", "typical/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"top-n-sigma / softmax", "top_n_sigma/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"p-less / softmax", "p_less/gibbs", "softmax/gibbs", 1, kInBarsOnly},
      {"sorting / top-p", "top_p/sort", "top_p/gibbs", 1, kInBarsOnly},
      {"sorting / top-k", "top_p/sort", "top_k/gibbs", 1, kInBarsOnly},
      {"sorting / top-k, top-p", "top_p/sort", "top_k_top_p/gibbs", 1, kInBarsOnly},
      {"sorting / min-p", "top_p/sort", "min_p/gibbs", 1, kInBarsOnly},
      {"partial sort / top-k", "top_k/partial_sort", "top_k/gibbs", 1, kInBarsOnly},
      // All quantities of a list of levels at many temperatures.
      {"sweep, s", "sweep/gibbs", kSeconds, 1, kInBarsOnly},
      {"textbook sweep / sweep", "sweep/textbook", "sweep/gibbs", 1, kInBarsOnly},
  };
  return all;
}

const std::vector<Bar>& bars() {
  static const std::vector<Bar> all = {
      {"softmax / oneDNN, geometric mean", "softmax / oneDNN", listed, kAtMost, 0.5, kMean},
      {"softmax / oneDNN, every shape", "softmax / oneDNN", listed, kAtMost, 0.75},
      {"softmax / oneDNN, 8 and 10 columns", "softmax / oneDNN", eight_or_ten_columns, kAtMost,
       0.35},
      {"softmax, share of copy bandwidth, 8Ki x 1024 ... 64 x 131072", "copy / softmax", bandwidth,
       kAtLeast, 0.75},
      {"log_sum_exp / softmax, out of cache", "log_sum_exp / softmax", out_of_cache, kAtMost, 0.6,
       kMean, "reading / softmax"},
      {"sparsemax / softmax, from 1024 columns", "sparsemax / softmax", long_rows, kAtMost, 1.25},
      {"sparsemax / softmax, below", "sparsemax / softmax", short_rows, kAtMost, 2},
      {"entmax 1.5 / softmax, from 1024 columns", "entmax 1.5 / softmax", long_rows, kAtMost, 1.25},
      {"entmax 1.5 / softmax, below", "entmax 1.5 / softmax", short_rows, kAtMost, 2},
      {"entmax 1.25 / softmax", "entmax 1.25 / softmax", listed, kAtMost, 4},
      {"entmax 1.05 / softmax", "entmax 1.05 / softmax", listed, kAtMost, 8},
      {"sort-based sparsemax / ours, from 1024 columns", "sorting / sparsemax", long_rows, kAtLeast,
       50},
      {"softmax_vjp, share of copy bandwidth of its three arrays, out of cache",
       "copy / softmax_vjp", out_of_cache, kAtLeast, 0.75, kMean},
      {"one thread / two threads, in cache", "one / two threads", in_cache_for_threads, kAtLeast,
       1.7},
      {"one thread / two threads, 4 x 4Mi", "one / two threads", few_long_rows, kAtLeast, 1.7,
       kWorst, "copying, one / two threads"},
      {"columns first / rows first", "columns / rows first", listed, kAtMost, 1.3, kMean},
      {"cross-entropy with gradient / softmax", "cross-entropy / softmax", listed, kAtMost, 1.15,
       kMean},
      {"sparsemax loss with gradient / sparsemax", "sparsemax loss / sparsemax", listed, kAtMost,
       1.3, kMean},
      {"entmax 1.5 loss with gradient / entmax 1.5", "entmax 1.5 loss / entmax 1.5", listed,
       kAtMost, 1.3, kMean},
      {"budget / softmax, from 1024 columns", "budget / softmax", long_rows, kAtMost, 4},
      {"capped softmax / softmax, from 1024 columns", "capped softmax / softmax", long_rows,
       kAtMost, 4},
      {"Fermi-Dirac / softmax, from 1024 columns", "Fermi-Dirac / softmax", long_rows, kAtMost, 4},
      {"one draw at a temperature / log_sum_exp, 131072 columns", "one draw / log_sum_exp",
       vocabulary, kAtMost, 1.2},
      {"Gumbel-max / softmax, 131072 columns", "Gumbel-max / softmax", vocabulary, kAtMost, 4},
      {"one of many draws by a table, 131072 categories, ns", "alias draw, ns", vocabulary, kAtMost,
       15},
      {"top-p 0.9 / softmax, 131072 columns", "top-p / softmax", vocabulary, kAtMost, 3},
      {"top-k 40 / softmax, 131072 columns", "top-k / softmax", vocabulary, kAtMost, 3},
      {"top-k 1000, top-p 0.9 / softmax, 131072 columns", "top-k, top-p / softmax", vocabulary,
       kAtMost, 3},
      {"min-p 0.05 / softmax, 131072 columns", "min-p / softmax", vocabulary, kAtMost, 3},
      {"typical 0.9 / softmax, 131072 columns", "typical / softmax", vocabulary, kAtMost, 5},
      {"top-n-sigma 2 / softmax, 131072 columns", "top-n-sigma / softmax", vocabulary, kAtMost, 5},
      {"p-less / softmax, 131072 columns", "p-less / softmax", vocabulary, kAtMost, 5},
      {"full sort / top-p, 131072 columns", "sorting / top-p", vocabulary, kAtLeast, 30},
      {"full sort / top-k, 131072 columns", "sorting / top-k", vocabulary, kAtLeast, 30},
      {"full sort / top-k, top-p, 131072 columns", "sorting / top-k, top-p", vocabulary, kAtLeast,
       30},
      {"full sort / min-p, 131072 columns", "sorting / min-p", vocabulary, kAtLeast, 30},
      {"sweep over 1e6 levels at 100 temperatures, s", "sweep, s", sweeps, kAtMost, 0.25},
      {"textbook loop / sweep", "textbook sweep / sweep", sweeps, kAtLeast, 1},
  };
  return all;
}

const std::vector<CommandBar>& command_bars() {
  static const std::vector<CommandBar> all = {
      {"gibbs map, CSV of 10 columns of five decimals to CSV, MB/s",
       &CommandFigures::short_csv_rate, 1e-6, kAtLeast, 150},
      {"gibbs map, the same with scores in full, MB/s", &CommandFigures::full_csv_rate, 1e-6,
       kAtLeast, 150},
      {"gibbs map, CSV of 10 columns to CSV, MB of memory", &CommandFigures::csv_peak, 1e-6,
       kAtMost, 500},
      {"gibbs map, .npy to .npy, share of copying the file", &CommandFigures::npy_share_of_copy, 1,
       kAtLeast, 0.5},
  };
  return all;
}

}  // namespace gibbs::bench
