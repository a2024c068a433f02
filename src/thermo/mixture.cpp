#include "thermo/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "gibbs/log_sum.hpp"
#include "maps/threads.hpp"
#include "thermo/block_room.hpp"
#include "thermo/compensated.hpp"

namespace gibbs::thermo::detail {
namespace {

std::int64_t block_count(const Mixture& m) {
  return (m.source->samples + kernels::kMixtureBlock - 1) / kernels::kMixtureBlock;
}

// body(task, first sample) for every block, each task with what `make` gives it.
template <class Make, class Body>
void run_blocks(const Mixture& m, const Make& make, const Body& body) {
  const std::int64_t tasks = task_count(m), blocks = block_count(m);
  const auto run = [&](std::int64_t task) {
    auto room = make();
    for (std::int64_t b = blocks * task / tasks; b < blocks * (task + 1) / tasks; ++b) {
      body(task, b * kernels::kMixtureBlock, room);
    }
  };
  const std::int64_t cost = m.serial ? 0 : m.source->samples * m.states();
  maps::for_each_task(tasks, cost, run);
}

void mirror(Eigen::MatrixXd& upper) {
  for (Eigen::Index i = 0; i < upper.cols(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) upper(i, j) = upper(j, i);
  }
}

// What one task adds up.
struct Part {
  CompensatedSum objective;
  double magnitude = 0;
  std::vector<CompensatedSum> sums;
  Eigen::MatrixXd gram;
  explicit Part(Eigen::Index states)
      : sums(static_cast<std::size_t>(states)), gram(Eigen::MatrixXd::Zero(states, states)) {}
  void add(const Part& other) {
    objective.add(other.objective);
    magnitude += other.magnitude;
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k].add(other.sums[k]);
    gram += other.gram;
  }
};

Evaluation evaluation_of(const Mixture& m, Part&& whole) {
  Evaluation e;
  e.gradient.resize(m.states());
  e.magnitude = whole.magnitude;
  for (std::size_t k = 0; k < m.index.size(); ++k) {
    whole.objective.add(-m.counts[k] * m.rest[k]);
    e.magnitude += m.counts[k] * std::abs(m.rest[k]);
    whole.sums[k].add(-m.counts[k]);
    e.gradient[static_cast<Eigen::Index>(k)] = whole.sums[k].value();
  }
  e.objective = whole.objective.value();
  e.shared = std::move(whole.gram);
  mirror(e.shared);
  return e;
}

// sum weight exp(-u) / D of a block.
BasicLogSum<long double> log_sum_of(const BlockView& block, const double* u) {
  const auto weight = [&](std::int64_t n) {
    return block.roots ? block.roots[n] * block.roots[n] : 1.0;
  };
  double top = -std::numeric_limits<double>::infinity();
  for (std::int64_t n = 0; n < block.count; ++n) {
    const double log = (-u[n] - block.reference[n]) - block.log_denominator[n];
    if (weight(n) > 0) top = std::max(top, log);
  }
  if (top == -std::numeric_limits<double>::infinity()) return {};
  top = std::nearbyint(top);
  alignas(64) double weights[kernels::kMixtureStride];
  kernels::weigh_row({u, block.reference, block.log_denominator, -top, 0, block.count}, weights);
  double sum = 0;
  for (std::int64_t n = 0; n < block.count; ++n) sum += weight(n) * weights[n];
  return {top, sum};
}

}  // namespace

// Enough for many threads, but so few that what each adds up (K^2 numbers) stays small beside
// the samples.
std::int64_t task_count(const Mixture& m) {
  const std::int64_t wanted = m.source->samples / (4 * m.states() * m.states());
  return std::min(block_count(m), std::clamp<std::int64_t>(wanted, 8, 64));
}

Evaluation evaluate(const Mixture& m) {
  std::vector<Part> parts(static_cast<std::size_t>(task_count(m)), Part(m.states()));
  run_blocks(
      m, [&] { return BlockRoom(m, 0); },
      [&](std::int64_t task, std::int64_t first, BlockRoom& room) {
        Part& part = parts[static_cast<std::size_t>(task)];
        const kernels::MixtureSum sum = room.run(first);
        part.objective.add(sum.value);
        part.magnitude += sum.magnitude;
        for (std::size_t k = 0; k < part.sums.size(); ++k) part.sums[k].add(room.sums()[k]);
        room.add_products(part.gram.data());
      });
  for (std::size_t t = 1; t < parts.size(); ++t) parts[0].add(parts[t]);
  return evaluation_of(m, std::move(parts[0]));
}

Eigen::MatrixXd products(const Mixture& m, std::int64_t extra, const ExtraRows& rows) {
  const Eigen::Index size = m.states() + extra;
  std::vector<Eigen::MatrixXd> parts(static_cast<std::size_t>(task_count(m)),
                                     Eigen::MatrixXd::Zero(size, size));
  run_blocks(
      m, [&] { return BlockRoom(m, extra); },
      [&](std::int64_t task, std::int64_t first, BlockRoom& room) {
        room.run(first);
        rows(room.view(), room.extra_rows());
        room.add_products(parts[static_cast<std::size_t>(task)].data());
      });
  for (std::size_t t = 1; t < parts.size(); ++t) parts[0] += parts[t];
  mirror(parts[0]);
  return std::move(parts[0]);
}

void for_each_block(const Mixture& m,
                    const std::function<void(std::int64_t, const BlockView&)>& body) {
  run_blocks(
      m, [&] { return BlockRoom(m, 0); },
      [&](std::int64_t task, std::int64_t first, BlockRoom& room) {
        room.run(first);
        body(task, room.view());
      });
}

void Mixture::start_at(const std::vector<double>& f) {
  centre.resize(f.size());
  rest.resize(f.size());
  for (std::size_t k = 0; k < f.size(); ++k) {
    const FreeEnergy parts = split(static_cast<long double>(f[k]) - f[anchor]);
    centre[k] = parts.centre;
    rest[k] = parts.rest;
  }
}

FreeEnergy split(long double f) {
  const auto centre = static_cast<double>(std::nearbyint(f));
  return {centre, std::isfinite(centre) ? static_cast<double>(f - centre) : 0};
}

std::vector<FreeEnergy> free_energies(const Mixture& m, const Source& source,
                                      const std::vector<std::int64_t>& states) {
  using Sums = std::vector<BasicLogSum<long double>>;
  std::vector<Sums> parts(static_cast<std::size_t>(task_count(m)), Sums(states.size()));
  struct Room {
    BlockRoom mixture;
    maps::Buffer<double> u;
    std::vector<const double*> rows;
  };
  run_blocks(
      m,
      [&] {
        return Room{BlockRoom(m, 0), maps::Buffer<double>(source.states * kernels::kMixtureStride),
                    std::vector<const double*>(static_cast<std::size_t>(source.states))};
      },
      [&](std::int64_t task, std::int64_t first, Room& room) {
        room.mixture.run(first);
        const BlockView& view = room.mixture.view();
        source.block(first, view.count, room.u.data(), room.rows.data());
        Sums& sums = parts[static_cast<std::size_t>(task)];
        for (std::size_t a = 0; a < states.size(); ++a) {
          sums[a] =
              merge(sums[a], log_sum_of(view, room.rows[static_cast<std::size_t>(states[a])]));
        }
      });
  std::vector<FreeEnergy> f;
  for (std::size_t a = 0; a < states.size(); ++a) {
    BasicLogSum<long double> whole;
    for (const Sums& part : parts) whole = merge(whole, part[a]);
    f.push_back(split(-whole.log()));
  }
  return f;
}

}  // namespace gibbs::thermo::detail
