// Draws with and without replacement: scores in, tokens out.
#include "draw_problem.hpp"
#include "functions.hpp"
#include "gibbs/sampling/gumbel_max.hpp"
#include "gibbs/sampling/gumbel_top_k.hpp"
#include "gibbs/sampling/sample.hpp"

namespace gibbs::python {

namespace nb = nanobind;

namespace {

// What is wanted beside the tokens.
struct Wanted {
  bool log_probability = false, status = false, perturbed = false;
};

// tokens, or (tokens, log_probability, status, perturbed) as far as they are wanted.
class DrawResults {
 public:
  DrawResults(const Problem& problem, const Count& count, const Wanted& wanted)
      : count_(count.count), tokens_(new_beside_rows(problem, count, NPY_INT64)) {
    if (wanted.log_probability) log_probability_ = new_beside_rows(problem, count, NPY_DOUBLE);
    if (wanted.status) status_ = new_per_row(problem, NPY_UINT8);
    if (wanted.perturbed) perturbed_ = new_beside_rows(problem, count, NPY_DOUBLE);
  }

  // call(scores, tokens, options, perturbed) for one batch.
  template <Score T, class Call>
  void fill(Batch& batch, DrawOptions<T>& options, const Call& call) const {
    options.status = batch.result<DrawStatus>(status_);
    options.log_probability = batch.results<double>(log_probability_, count_);
    call(batch.scores<T>(), batch.results<std::int64_t>(tokens_, count_), options,
         batch.results<double>(perturbed_, count_));
  }

  nb::object give_back(const Array& like) const {
    nb::list results;
    for (const Array* array : {&tokens_, &log_probability_, &status_, &perturbed_}) {
      if (*array) results.append(python::give_back(*array, like));
    }
    return nb::len(results) == 1 ? nb::object(results[0]) : nb::object(nb::tuple(results));
  }

 private:
  std::int64_t count_;
  Array tokens_, log_probability_, status_, perturbed_;
};

template <class Call>
nb::object drawn(const Problem& problem, const Count& count, nb::handle whose, const Wanted& wanted,
                 const Call& call) {
  const NoiseProblem noise(problem.function, whose, problem.scores, problem.axis);
  const DrawResults results(problem, count, wanted);
  Batches(problem).run([&]<Score T>(Batch& batch) {
    auto options = options_of<T>(batch, noise);
    results.fill(batch, options, call);
  });
  return results.give_back(problem.scores);
}

nb::object sample_of(nb::handle scores, nb::handle draws, nb::handle axis, nb::handle alpha,
                     nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                     nb::handle noise, bool log_probability, bool status) {
  const Problem problem("sample", scores, alpha, axis, temperature, log_degeneracy, mask);
  return drawn(problem, {{problem.function, "draws"}, draws}, noise, {log_probability, status},
               [](const auto& x, const auto& tokens, const auto& options, const auto&) {
                 sample(x, tokens, options);
               });
}

nb::object gumbel_max_of(nb::handle scores, nb::handle draws, nb::handle axis, nb::handle alpha,
                         nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                         nb::handle noise, bool log_probability, bool status) {
  const Problem problem("gumbel_max", scores, alpha, axis, temperature, log_degeneracy, mask);
  return drawn(problem, {{problem.function, "draws"}, draws}, noise, {log_probability, status},
               [](const auto& x, const auto& tokens, const auto& options, const auto&) {
                 gumbel_max(x, tokens, options);
               });
}

nb::object gumbel_top_k_of(nb::handle scores, nb::handle k, nb::handle axis, nb::handle alpha,
                           nb::handle temperature, nb::handle log_degeneracy, nb::handle mask,
                           nb::handle noise, bool log_probability, bool status, bool perturbed) {
  const Problem problem("gumbel_top_k", scores, alpha, axis, temperature, log_degeneracy, mask);
  take_integer({problem.function, "k"}, k);  // None is no number of tokens
  return drawn(problem, {{problem.function, "k"}, k}, noise, {log_probability, status, perturbed},
               [](const auto& x, const auto& tokens, const auto& options, const auto& values) {
                 gumbel_top_k(x, tokens, options, values);
               });
}

nb::object inclusion_probabilities_of(nb::handle scores, nb::handle k, nb::handle axis,
                                      nb::handle alpha, nb::handle temperature,
                                      nb::handle log_degeneracy, nb::handle mask) {
  const Problem problem("inclusion_probabilities", scores, alpha, axis, temperature, log_degeneracy,
                        mask);
  const std::int64_t drawn = take_integer({problem.function, "k"}, k);
  const Array included = new_like(problem.scores, Dtype::kFloat64);
  Batches batches(problem);
  const int included_at = batches.add(included);
  batches.run([&]<Score T>(Batch& batch) {
    DrawOptions<T> options;
    batch.put_law<T>(options);
    inclusion_probabilities(batch.scores<T>(), drawn, batch.view<double>(included, included_at),
                            options);
  });
  return give_back(included, problem.scores);
}

}  // namespace

void add_draws(nb::module_& m) {
  add_function(m, "sample", &sample_of);
  add_function(m, "gumbel_max", &gumbel_max_of);
  add_function(m, "gumbel_top_k", &gumbel_top_k_of);
  add_function(m, "inclusion_probabilities", &inclusion_probabilities_of);
}

}  // namespace gibbs::python
