#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "kernels/mixture.hpp"
#include "maps/threads.hpp"
#include "maps/workspace.hpp"
#include "thermo/answer.hpp"

namespace gibbs::thermo::detail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool all_allowed(const double* u, std::int64_t count) {
  bool bad = false;
  for (std::int64_t j = 0; j < count; ++j) bad |= !is_potential(u[j]);
  return !bad;
}

// One block at a time.
class Survey {
 public:
  Survey(const char* function, const Source& source, const std::vector<std::int64_t>& sampled)
      : function_(function),
        source_(source),
        sampled_(sampled),
        room_(source.states * kernels::kMixtureStride),
        rows_(static_cast<std::size_t>(source.states)),
        least_(kernels::kMixtureBlock) {}

  bool is_right(std::int64_t first) {
    count_ = std::min(kernels::kMixtureBlock, source_.samples - first);
    source_.block(first, count_, room_.data(), rows_.data());
    for (const double* row : rows_) {
      if (!all_allowed(row, count_)) return false;
    }
    return sampled_.empty() || first_impossible() == count_;
  }
  // Of a block that is not.
  [[noreturn]] void refuse(std::int64_t first) {
    (void)is_right(first);
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      for (std::int64_t j = 0; j < count_; ++j) {
        if (is_potential(rows_[k][j])) continue;
        base::refuse_entry(function_, "u", static_cast<std::int64_t>(k), first + j,
                           rule_of_potentials(rows_[k][j]), rows_[k][j]);
      }
    }
    base::refuse(function_, "sample " + std::to_string(first + first_impossible()) +
                                " has u = +inf in every state that was sampled");
  }

 private:
  // The first sample that no sampled state allows.
  std::int64_t first_impossible() {
    std::fill_n(least_.begin(), count_, kInfinity);
    for (const std::int64_t k : sampled_) {
      const double* const u = rows_[static_cast<std::size_t>(k)];
      for (std::int64_t j = 0; j < count_; ++j) {
        double& least = least_[static_cast<std::size_t>(j)];
        least = u[j] < least ? u[j] : least;
      }
    }
    return std::find(least_.begin(), least_.begin() + count_, kInfinity) - least_.begin();
  }

  const char* function_;
  const Source& source_;
  const std::vector<std::int64_t>& sampled_;
  const maps::Buffer<double> room_;
  std::vector<const double*> rows_;
  std::vector<double> least_;
  std::int64_t count_ = 0;
};

}  // namespace

void check_potentials(const char* function, const Source& source,
                      const std::vector<std::int64_t>& sampled) {
  constexpr std::int64_t kTasks = 64;
  const std::int64_t blocks =
      (source.samples + kernels::kMixtureBlock - 1) / kernels::kMixtureBlock;
  std::vector<std::int64_t> wrong(kTasks, -1);
  maps::for_each_task(kTasks, source.samples * source.states, [&](std::int64_t task) {
    Survey survey(function, source, sampled);
    for (std::int64_t b = blocks * task / kTasks; b < blocks * (task + 1) / kTasks; ++b) {
      if (survey.is_right(b * kernels::kMixtureBlock)) continue;
      wrong[static_cast<std::size_t>(task)] = b * kernels::kMixtureBlock;
      return;
    }
  });
  for (const std::int64_t first : wrong) {
    if (first >= 0) Survey(function, source, sampled).refuse(first);
  }
}

}  // namespace gibbs::thermo::detail
