// softmax, log_softmax and entmax: scores in, probabilities out.
#include "functions.hpp"
#include "gibbs/entmax.hpp"
#include "gibbs/log_softmax.hpp"
#include "problem.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

enum class Map { kProbabilities, kLogProbabilities };

// Side outputs, one number per row each; those not asked for are not there.
struct Sides {
  Array log_partition, entropy, support, threshold;

  bool any() const { return log_partition || entropy || support || threshold; }
};

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

class MapRun {
 public:
  MapRun(Map map, const Problem& problem, const Array& out, const Sides& sides)
      : map_(map),
        problem_(problem),
        out_(out),
        sides_(sides),
        slabs_(problem.scores.shape(), problem.scores.ndim(), problem.axis) {
    scores_at_ = slabs_.add(problem.scores.get());
    out_at_ = slabs_.add(out.get());
    log_g_at_ = problem.add_log_degeneracy(slabs_);
    mask_at_ = problem.add_mask(slabs_);
    row_at_ =
        problem.varies_by_row() || sides.any() ? slabs_.add_row_numbers() : slabs_.add(nullptr);
    slabs_.plan();
  }

  void run() const {
    run_unlocked(problem_, [&]<Score T>() {
      if (!slabs_.is_one()) check_all_rows<T>(problem_, slabs_.all_rows());
      SideResults<T> results(sides_);
      slabs_.for_each([&](const Slabs::Offsets& offsets) { run_slab<T>(offsets, results); });
    });
  }

 private:
  template <Score T>
  void run_slab(const Slabs::Offsets& offsets, SideResults<T>& results) const {
    using W = working_t<T>;
    std::vector<double> alphas, temperatures;
    EntmaxOptions<T> options;
    options.alpha = problem_.alpha.of(slabs_, row_at_, offsets, alphas);
    options.temperature = problem_.temperature.of(slabs_, row_at_, offsets, temperatures);
    options.log_degeneracy =
        side_input<const W>(data_of<W>(problem_.log_degeneracy), slabs_, log_g_at_, offsets);
    options.mask = side_input<const bool>(data_of<bool>(problem_.mask), slabs_, mask_at_, offsets);
    options.log_partition = results.log_partition.of(slabs_, row_at_, offsets);
    options.entropy = results.entropy.of(slabs_, row_at_, offsets);
    options.support = results.support.of(slabs_, row_at_, offsets);
    options.threshold = results.threshold.of(slabs_, row_at_, offsets);
    call<T>(slabs_.view(data_of<const T>(problem_.scores), scores_at_, offsets),
            slabs_.view(data_of<T>(out_), out_at_, offsets), options);
    results.each([&](auto& result) { result.store(slabs_, row_at_, offsets); });
  }

  template <Score T>
  void call(Rows<const T> scores, Rows<T> out, const EntmaxOptions<T>& options) const {
    if (map_ == Map::kProbabilities) return entmax(scores, out, options);
    log_softmax(scores, out,
                {.temperature = options.temperature,
                 .log_degeneracy = options.log_degeneracy,
                 .mask = options.mask});
  }

  Map map_;
  const Problem& problem_;
  const Array& out_;
  const Sides& sides_;
  Slabs slabs_;
  int scores_at_, out_at_, log_g_at_, mask_at_, row_at_;
};

nb::object run(Map map, const Problem& problem, nb::handle out, const Sides& sides) {
  Output output({problem.function, "out"}, out, problem.scores,
                {&problem.log_degeneracy, &problem.mask});
  MapRun(map, problem, output.array(), sides).run();
  return output.finish(problem.scores);
}

nb::object softmax(nb::handle scores, nb::handle axis, nb::handle temperature,
                   nb::handle log_degeneracy, nb::handle mask, nb::handle out) {
  const nb::float_ one(1.0);
  const Problem problem("softmax", scores, one, axis, temperature, log_degeneracy, mask);
  return run(Map::kProbabilities, problem, out, {});
}

nb::object log_softmax(nb::handle scores, nb::handle axis, nb::handle temperature,
                       nb::handle log_degeneracy, nb::handle mask, nb::handle out) {
  const nb::float_ one(1.0);
  const Problem problem("log_softmax", scores, one, axis, temperature, log_degeneracy, mask);
  return run(Map::kLogProbabilities, problem, out, {});
}

nb::object entmax_of(const char* function, nb::handle scores, nb::handle alpha, nb::handle axis,
                     nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                     nb::handle out, bool return_support) {
  const Problem problem(function, scores, alpha, axis, temperature, log_degeneracy, mask);
  Sides sides;
  if (return_support) sides.support = new_per_row(problem, NPY_INT64);
  nb::object p = run(Map::kProbabilities, problem, out, sides);
  if (!return_support) return p;
  return nb::make_tuple(p, give_back(sides.support, problem.scores));
}

nb::tuple details(nb::handle scores, nb::handle alpha, nb::handle axis, nb::handle temperature,
                  nb::handle log_degeneracy, nb::handle mask) {
  const Problem problem("details", scores, alpha, axis, temperature, log_degeneracy, mask);
  const int working = problem.working_type();
  const Sides sides{new_per_row(problem, working), new_per_row(problem, working),
                    new_per_row(problem, NPY_INT64), new_per_row(problem, working)};
  const nb::object p = run(Map::kProbabilities, problem, nb::none(), sides);
  const auto given_back = [&](const Array& side) { return give_back(side, problem.scores); };
  return nb::make_tuple(p, given_back(sides.log_partition), given_back(sides.entropy),
                        given_back(sides.support), given_back(sides.threshold));
}

}  // namespace

void add_maps(nb::module_& m) {
  add_function(m, "softmax", &softmax);
  add_function(m, "log_softmax", &log_softmax);
  add_function(m, "entmax", &entmax_of);
  add_function(m, "details", &details);
}

}  // namespace gibbs::python
