#pragma once
// The arrays of a loss as batches for the library, and its losses reduced over all of them.

#include <span>
#include <utility>
#include <vector>

#include "gibbs/losses/fenchel_young.hpp"
#include "gradients.hpp"
#include "loss_problem.hpp"

namespace gibbs::python {

// What a loss writes; what is not wanted is not there.
struct LossOutputs {
  LossOutputs(const Problem& problem, Reduce reduce, int wanted)
      : losses(reduce == Reduce::kNone ? new_per_row(problem, problem.working_type()) : Array{}),
        grad(wanted & kScores ? new_like(problem.scores) : Array{}),
        extras(problem, wanted),
        probabilities(wanted & kPrediction ? new_like(problem.scores) : Array{}),
        entropy(wanted & kPrediction ? new_per_row(problem, problem.working_type()) : Array{}),
        product(wanted & kHessian ? new_like(problem.scores) : Array{}) {}

  Array losses, grad;
  Extras extras;
  Array probabilities, entropy, product;
};

// The loss of all batches, and the share that the loss of a row has in it.
struct Reduced {
  double loss = 0, share = 1;
};

// One batch of a loss, as the library takes it.
template <Score T>
struct LossBatch {
  Rows<const T> scores;
  Targets<T> targets;
  PerRow alpha;
  bool one_by_one;  // into `losses`; else the loss of the batch is returned
  std::span<working_t<T>> losses;
  const LossOptions<T>& options;
  Rows<const T> direction = {};
  Rows<T> product = {};
};

// The arrays of a loss, cut into batches. call(LossBatch<T>) is the function of the library.
template <Score T, class Call>
class LossRun {
 public:
  using W = working_t<T>;

  LossRun(const LossProblem& problem, const LossOutputs& outputs, const Call& call)
      : call_(call),
        problem_(problem),
        map_(problem.map),
        outputs_(outputs),
        slabs_(map_.scores.shape(), map_.scores.ndim(), map_.axis),
        scores_at_(slabs_.add(map_.scores.get())),
        grad_at_(slabs_.add(outputs.grad.get())),
        p_at_(slabs_.add(outputs.probabilities.get())),
        targets_at_(slabs_.add(problem.probabilities.get())),
        log_g_at_(map_.add_log_degeneracy(slabs_)),
        mask_at_(map_.add_mask(slabs_)),
        grad_log_g_at_(slabs_.add(outputs.extras.log_degeneracy.get())),
        direction_at_(
            add_broadcast({map_.function, "direction"}, problem.direction, map_.scores, slabs_)),
        product_at_(slabs_.add(outputs.product.get())),
        row_at_(slabs_.add_row_numbers()),
        sample_weights_(weights_of_all()) {
    slabs_.plan();
  }

  // Returns the reduced loss, unless losses are wanted one by one.
  Reduced run(Reduce reduce, bool unscaled) const {
    const bool mean = reduce == Reduce::kMean;
    if (!slabs_.is_one()) check_all_rows<T>(map_, slabs_.all_rows());
    const double weight = mean || !slabs_.is_one() ? this->weight() : 1;
    const double share = !mean ? 1 : weight == 0 ? 0 : 1 / weight;
    const double scale = unscaled ? 1 : share, rest = unscaled ? share : 1;
    double sum = 0;
    slabs_.for_each([&](const Slabs::Offsets& offsets) { sum += run_slab(offsets, scale); });
    return {rest == 0 ? 0 : rest * sum, share};
  }

 private:
  // Numbers per row, gathered for one batch.
  struct Rooms {
    std::vector<double> alphas, temperatures;
    std::vector<std::int64_t> labels;
    std::vector<W> weights;
  };

  std::vector<W> weights_of_all() const {
    const PerRow given = problem_.sample_weights.all();
    if (given.is_one_number() && given[0] == 1) return {};
    std::vector<W> all(static_cast<std::size_t>(slabs_.all_rows()));
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = static_cast<W>(given[static_cast<std::int64_t>(i)]);
    }
    return all;
  }

  // The weight that counts in a mean. All rows are counted at once, so that what is refused is
  // named by its place among them; only probabilities by class lie in batches.
  double weight() const {
    const std::int64_t rows = slabs_.all_rows(), cols = slabs_.cols();
    const Rows<const T> any(data_of<const T>(map_.scores), rows, cols, 0, 0);
    LossOptions<T> options = what_counts(sample_weights_);
    if (problem_.labels) {
      return loss_weight(any, std::span(data_of<const std::int64_t>(problem_.labels), rows),
                         options);
    }
    options.class_weights = {};
    const Rows<const T> target(data_of<const T>(problem_.probabilities), rows, cols, 0, 0);
    const double weight = loss_weight(any, target, options);
    return problem_.class_weights ? weight_by_class() : weight;
  }

  double weight_by_class() const {
    double sum = 0;
    slabs_.for_each([&](const Slabs::Offsets& offsets) {
      Rooms rooms;
      sum += loss_weight(scores(offsets), targets(offsets, rooms),
                         what_counts(weights_of(offsets, rooms)));
    });
    return sum;
  }

  LossOptions<T> what_counts(std::span<const W> sample_weights) const {
    LossOptions<T> options;
    if (const Array& given = problem_.class_weights) {
      options.class_weights = {data_of<const W>(given), static_cast<std::size_t>(given.size())};
    }
    options.sample_weights = sample_weights;
    options.ignore_index = problem_.ignore_index;
    return options;
  }

  double run_slab(const Slabs::Offsets& offsets, double scale) const {
    Rooms rooms;
    PerRowResult<W> losses(data_of<W>(outputs_.losses)), entropy(data_of<W>(outputs_.entropy)),
        grad_temperature(data_of<W>(outputs_.extras.temperature)),
        grad_alpha(data_of<W>(outputs_.extras.alpha));
    LossOptions<T> options = what_counts(weights_of(offsets, rooms));
    options.temperature = map_.temperature.of(slabs_, row_at_, offsets, rooms.temperatures);
    options.log_degeneracy =
        side_input(data_of<const W>(map_.log_degeneracy), slabs_, log_g_at_, offsets);
    options.mask = side_input(data_of<const bool>(map_.mask), slabs_, mask_at_, offsets);
    options.label_smoothing = problem_.label_smoothing;
    options.z_loss = problem_.z_loss;
    options.reduction = Reduction::kSum;
    options.scale = scale;
    options.grad_scores = output<T>(outputs_.grad, grad_at_, offsets);
    options.grad_log_degeneracy =
        output<W>(outputs_.extras.log_degeneracy, grad_log_g_at_, offsets);
    options.probabilities = output<T>(outputs_.probabilities, p_at_, offsets);
    options.grad_temperature = grad_temperature.of(slabs_, row_at_, offsets);
    options.grad_alpha = grad_alpha.of(slabs_, row_at_, offsets);
    options.entropy = entropy.of(slabs_, row_at_, offsets);
    const double sum =
        call_(LossBatch<T>{scores(offsets), targets(offsets, rooms),
                           map_.alpha.of(slabs_, row_at_, offsets, rooms.alphas),
                           static_cast<bool>(outputs_.losses), losses.of(slabs_, row_at_, offsets),
                           options, output<const T>(problem_.direction, direction_at_, offsets),
                           output<T>(outputs_.product, product_at_, offsets)});
    for (auto* result : {&losses, &entropy, &grad_temperature, &grad_alpha}) {
      result->store(slabs_, row_at_, offsets);
    }
    return sum;
  }

  Rows<const T> scores(const Slabs::Offsets& offsets) const {
    return slabs_.view(data_of<const T>(map_.scores), scores_at_, offsets);
  }
  Targets<T> targets(const Slabs::Offsets& offsets, Rooms& rooms) const {
    if (problem_.probabilities) {
      return slabs_.view(data_of<const T>(problem_.probabilities), targets_at_, offsets);
    }
    return of_batch(data_of<const std::int64_t>(problem_.labels), slabs_, row_at_, offsets,
                    rooms.labels);
  }
  std::span<const W> weights_of(const Slabs::Offsets& offsets, Rooms& rooms) const {
    if (sample_weights_.empty()) return {};
    return of_batch(sample_weights_.data(), slabs_, row_at_, offsets, rooms.weights);
  }
  template <class V>
  Rows<V> output(const Array& array, int operand, const Slabs::Offsets& offsets) const {
    return array ? slabs_.view(data_of<V>(array), operand, offsets) : Rows<V>{};
  }

  const Call& call_;
  const LossProblem& problem_;
  const Problem& map_;
  const LossOutputs& outputs_;
  Slabs slabs_;
  int scores_at_, grad_at_, p_at_, targets_at_, log_g_at_, mask_at_, grad_log_g_at_, direction_at_,
      product_at_, row_at_;
  std::vector<W> sample_weights_;  // empty where all are 1
};

// Runs call(LossBatch<T>) over all batches, without the interpreter's lock.
template <class Call>
Reduced run_loss(const LossProblem& problem, const LossOutputs& outputs, Reduce reduce,
                 const Call& call, bool unscaled = false) {
  Reduced reduced;
  in_the_name_of(problem.map.function, [&] {
    with_type(problem.map.scores.dtype, [&]<Score T>() {
      const LossRun<T, Call> run(problem, outputs, call);
      without_lock(problem.map.scores.size(), [&] { reduced = run.run(reduce, unscaled); });
    });
  });
  return reduced;
}

// (loss, gradients in scores, temperature, log_degeneracy, alpha, probabilities, entropy, share of
// a row: where kUnscaled is wanted, the gradients are yet to be multiplied by it).
template <class Call>
nanobind::tuple results_of(const LossProblem& problem, nanobind::handle reduction, int wanted,
                           const Call& call) {
  const Reduce reduce = take_reduction(problem.map.function, reduction);
  const LossOutputs outputs(problem.map, reduce, wanted);
  const Reduced reduced = run_loss(problem, outputs, reduce, call, (wanted & kUnscaled) != 0);
  const auto given_back = [&](const Array& array) {
    return array ? give_back(array, problem.map.scores) : nanobind::object(nanobind::none());
  };
  return nanobind::make_tuple(outputs.losses ? given_back(outputs.losses)
                                             : nanobind::object(nanobind::float_(reduced.loss)),
                              given_back(outputs.grad), or_none(outputs.extras.temperature),
                              or_none(outputs.extras.log_degeneracy), or_none(outputs.extras.alpha),
                              given_back(outputs.probabilities), given_back(outputs.entropy),
                              reduced.share);
}

// The loss of a batch, or its losses one by one.
template <Score T, class Loss, class Options>
double call_loss(const Loss& loss, const LossBatch<T>& batch, const Options& options) {
  if (!batch.one_by_one) return loss(batch.scores, batch.targets, options);
  loss(batch.scores, batch.targets, batch.losses, options);
  return 0;
}

}  // namespace gibbs::python
