#pragma once
// The rows of a map that can be told, and can tell, what entmax can; a map whose options differ
// translates. Cut into batches here, and mapped by the library.

#include <utility>
#include <vector>

#include "problem.hpp"

namespace gibbs::python {

// Side outputs, one number per row each; those not asked for are not there.
struct Sides {
  Array log_partition, entropy, support, threshold;

  bool any() const { return log_partition || entropy || support || threshold; }
};

inline Sides all_sides(const Problem& problem) {
  const int working = problem.working_type();
  return {new_per_row(problem, working), new_per_row(problem, working),
          new_per_row(problem, NPY_INT64), new_per_row(problem, working)};
}

template <Score T>
struct SideResults {
  using W = working_t<T>;
  explicit SideResults(const Sides& sides)
      : log_partition(data_of<W>(sides.log_partition)),
        entropy(data_of<W>(sides.entropy)),
        support(data_of<std::int64_t>(sides.support)),
        threshold(data_of<W>(sides.threshold)) {}

  template <class F>
  void each(F&& f) {
    f(log_partition);
    f(entropy);
    f(support);
    f(threshold);
  }

  PerRowResult<W> log_partition, entropy;
  PerRowResult<std::int64_t> support;
  PerRowResult<W> threshold;
};

// The numbers of an argument per row: those of one batch, or all.
struct NumbersOf {
  const Slabs* slabs = nullptr;  // null: all
  int row_numbers = 0;
  Slabs::Offsets offsets{};

  PerRow operator()(const PerRowArgument& argument, std::vector<double>& room) const {
    return slabs ? argument.of(*slabs, row_numbers, offsets, room) : argument.all();
  }
};

// call.operator()<T>(numbers_of, scores, out, options) maps one batch.
template <class Call>
class MapRun {
 public:
  // by_row: whether the call asks for numbers of its own.
  MapRun(const Problem& problem, const Array& out, const Sides& sides, bool by_row,
         const Call& call)
      : problem_(problem),
        out_(out),
        sides_(sides),
        call_(call),
        slabs_(problem.scores.shape(), problem.scores.ndim(), problem.axis) {
    scores_at_ = slabs_.add(problem.scores.get());
    out_at_ = slabs_.add(out.get());
    log_g_at_ = problem.add_log_degeneracy(slabs_);
    mask_at_ = problem.add_mask(slabs_);
    row_at_ = by_row || problem.varies_by_row() || sides.any() ? slabs_.add_row_numbers()
                                                               : slabs_.add(nullptr);
    slabs_.plan();
  }

  void run() const {
    run_unlocked(problem_, [&]<Score T>() {
      if (!slabs_.is_one()) check_all_rows<T>();
      SideResults<T> results(sides_);
      slabs_.for_each([&](const Slabs::Offsets& offsets) { run_slab<T>(offsets, results); });
    });
  }

 private:
  // What the library would refuse in a later batch is refused before the first one is written, by
  // its place among all rows.
  template <Score T>
  void check_all_rows() const {
    T none{};
    const std::int64_t rows = slabs_.all_rows();
    EntmaxOptions<T> options;
    options.alpha = problem_.alpha.all();
    options.temperature = problem_.temperature.all();
    call_.template operator()<T>(NumbersOf{}, Rows<const T>(&none, rows, 0),
                                 Rows<T>(&none, rows, 0), options);
  }

  template <Score T>
  void run_slab(const Slabs::Offsets& offsets, SideResults<T>& results) const {
    using W = working_t<T>;
    const NumbersOf numbers_of{&slabs_, row_at_, offsets};
    std::vector<double> alphas, temperatures;
    EntmaxOptions<T> options;
    options.alpha = numbers_of(problem_.alpha, alphas);
    options.temperature = numbers_of(problem_.temperature, temperatures);
    options.log_degeneracy =
        side_input<const W>(data_of<W>(problem_.log_degeneracy), slabs_, log_g_at_, offsets);
    options.mask = side_input<const bool>(data_of<bool>(problem_.mask), slabs_, mask_at_, offsets);
    options.log_partition = results.log_partition.of(slabs_, row_at_, offsets);
    options.entropy = results.entropy.of(slabs_, row_at_, offsets);
    options.support = results.support.of(slabs_, row_at_, offsets);
    options.threshold = results.threshold.of(slabs_, row_at_, offsets);
    const Rows<const T> scores =
        slabs_.view(data_of<const T>(problem_.scores), scores_at_, offsets);
    call_.template operator()<T>(numbers_of, scores,
                                 slabs_.view(data_of<T>(out_), out_at_, offsets), options);
    results.each([&](auto& result) { result.store(slabs_, row_at_, offsets); });
  }

  const Problem& problem_;
  const Array& out_;
  const Sides& sides_;
  const Call& call_;
  Slabs slabs_;
  int scores_at_, out_at_, log_g_at_, mask_at_, row_at_;
};

// What the map returns.
template <class Call>
nanobind::object run_map(const Problem& problem, nanobind::handle out, const Sides& sides,
                         bool by_row, const Call& call) {
  Output output({problem.function, "out"}, out, problem.scores,
                {&problem.log_degeneracy, &problem.mask});
  MapRun<Call>(problem, output.array(), sides, by_row, call).run();
  return output.finish(problem.scores);
}

}  // namespace gibbs::python
