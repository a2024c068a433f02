// Maps with bounds and a budget: all are one function of the divergence and the constraints.
#include "constrained_problem.hpp"
#include "functions.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// Side outputs, one number per row each; all or none are there.
struct Sides {
  Array value, multiplier, support;
};

class ConstrainedRun {
 public:
  ConstrainedRun(const ConstrainedProblem& problem, const Array& out, const Sides& sides)
      : problem_(problem),
        map_(problem.map),
        out_(out),
        sides_(sides),
        slabs_(map_.scores.shape(), map_.scores.ndim(), map_.axis),
        scores_at_(slabs_.add(map_.scores.get())),
        out_at_(slabs_.add(out.get())),
        inputs_(problem, slabs_),
        row_at_(slabs_.add_row_numbers()) {
    slabs_.plan();
  }

  void run() const {
    run_unlocked(map_, [&]<Score T>() {
      if (!slabs_.is_one()) check_all_rows<T>();
      slabs_.for_each([&](const Slabs::Offsets& offsets) { run_slab<T>(offsets); });
    });
  }

 private:
  template <Score T>
  void call(const Rows<const T>& scores, const Rows<T>& out, const PerRow& alpha,
            const ConstrainedOptions<T>& options) const {
    constrained(scores, out, {problem_.kind, alpha}, options);
  }

  // What the library would refuse in a later batch is refused before the first one is written, by
  // its place among all rows: they are mapped without any score.
  template <Score T>
  void check_all_rows() const {
    const std::int64_t rows = slabs_.all_rows(), cols = slabs_.cols();
    const T absent(-std::numeric_limits<working_t<T>>::infinity());
    std::vector<T> out(static_cast<std::size_t>(rows * cols));
    const ConstrainedInputs::InOrder<T> all(inputs_, slabs_, row_at_);
    ConstrainedOptions<T> options;
    all.put(rows, options);
    options.budget = problem_.budget.all();
    options.temperature = map_.temperature.all();
    call<T>({&absent, rows, cols, 0, 0}, {out.data(), rows, cols}, map_.alpha.all(), options);
  }

  template <Score T>
  void run_slab(const Slabs::Offsets& offsets) const {
    using W = working_t<T>;
    std::vector<double> alphas, temperatures, budgets;
    PerRowResult<W> value(data_of<W>(sides_.value)), multiplier(data_of<W>(sides_.multiplier));
    PerRowResult<std::int64_t> support(data_of<std::int64_t>(sides_.support));
    ConstrainedOptions<T> options;
    inputs_.put<T>(slabs_, offsets, options);
    options.budget = problem_.budget.of(slabs_, row_at_, offsets, budgets);
    options.temperature = map_.temperature.of(slabs_, row_at_, offsets, temperatures);
    options.value = value.of(slabs_, row_at_, offsets);
    options.multiplier = multiplier.of(slabs_, row_at_, offsets);
    options.support = support.of(slabs_, row_at_, offsets);
    call<T>(slabs_.view(data_of<const T>(map_.scores), scores_at_, offsets),
            slabs_.view(data_of<T>(out_), out_at_, offsets),
            map_.alpha.of(slabs_, row_at_, offsets, alphas), options);
    value.store(slabs_, row_at_, offsets);
    multiplier.store(slabs_, row_at_, offsets);
    support.store(slabs_, row_at_, offsets);
  }

  const ConstrainedProblem& problem_;
  const Problem& map_;
  const Array& out_;
  const Sides& sides_;
  Slabs slabs_;
  int scores_at_, out_at_;
  ConstrainedInputs inputs_;
  int row_at_;
};

// p, or (p, value, multiplier, support).
nb::object constrained_of(const char* function, nb::handle scores, nb::handle divergence,
                          nb::handle alpha, nb::handle axis, nb::handle budget,
                          nb::handle temperature, nb::handle lower, nb::handle upper,
                          nb::handle weights, nb::handle log_degeneracy, nb::handle mask,
                          nb::handle out, bool details) {
  const ConstrainedProblem problem(
      Problem(function, scores, alpha_or_one(alpha), axis, temperature, log_degeneracy, mask),
      divergence, !alpha.is_none(), budget, {lower, upper, weights});
  const Problem& map = problem.map;
  Sides sides;
  if (details) {
    sides = {new_per_row(map, map.working_type()), new_per_row(map, map.working_type()),
             new_per_row(map, NPY_INT64)};
  }
  Output output({function, "out"}, out, map.scores,
                {&map.log_degeneracy, &map.mask, &problem.lower, &problem.upper, &problem.weights});
  ConstrainedRun(problem, output.array(), sides).run();
  nb::object p = output.finish(map.scores);
  if (!details) return p;
  const auto given_back = [&](const Array& side) { return give_back(side, map.scores); };
  return nb::make_tuple(p, given_back(sides.value), given_back(sides.multiplier),
                        given_back(sides.support));
}

}  // namespace

void add_constrained(nb::module_& m) { add_function(m, "constrained", &constrained_of); }

}  // namespace gibbs::python
