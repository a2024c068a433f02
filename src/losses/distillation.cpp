#include "gibbs/losses/distillation.hpp"

#include "losses/row_distillation.hpp"
#include "losses/score_loss_run.hpp"
#include "maps/column_sums.hpp"
#include "maps/row_mapper.hpp"

namespace gibbs::losses {
namespace {

constexpr const char* kName = "distillation_loss";

template <Score T>
class DistillationRun {
 public:
  using W = working_t<T>;

  DistillationRun(const Rows<const T>& scores, const Rows<const T>& teacher_scores,
                  const LossOptions<T>& options)
      : options_(options),
        batch_(scores, options),
        teacher_(teacher_scores, options.mask),
        targets_(teacher_scores),
        weights_(targets_, options, scores.cols),
        mapper_(alpha_, options.temperature, options.log_degeneracy),
        by_temperature_(options.grad_temperature.empty() ? 0
                                                         : static_cast<std::size_t>(scores.rows)) {}

  double reduced() {
    return batch_.reduced(weights_, [&] { run(); });
  }
  void each(std::span<W> out) {
    batch_.each(out, [&] { run(); });
  }

 private:
  void run() {
    batch_.for_each_block(true, batch_.rows_of_task(),
                          [&](const Block<W>& block) { compare(block); });
    maps::deliver_rows(options_.grad_temperature, by_temperature_,
                       [](double of_row) { return of_row; });
  }

  void compare(const Block<W>& block) {
    const std::int64_t cols = batch_.cols(), stride = maps::padded(cols);
    const maps::Buffer<W> in(teacher_.copies() ? block.count * stride : 0);
    const maps::Buffer<W> out(block.count * stride);
    const auto teacher = teacher_.lanes(block.first, block.count, 0, cols, in.data(), stride);
    kernels::RowSummary of_student[kBlockRows], of_teacher[kBlockRows];
    map(block, block.scores, block.out, of_student);
    map(block, teacher, {out.data(), stride}, of_teacher);
    const maps::Buffer<W> weights(mapper_.weighted() ? cols : 0);
    for (std::int64_t i = 0; i < block.count; ++i) {
      const std::int64_t index = block.first + i;
      const W* log_g =
          maps::weights_of_row(options_.log_degeneracy, index, 0, cols, weights.data());
      const double temperature = options_.temperature[index];
      W* const p = block.out.data + i * block.out.stride;
      compare_row({block.scores.data + i * block.scores.stride, p, log_g, cols, 1, temperature,
                   &of_student[i]},
                  {teacher.data + i * teacher.stride, out.data() + i * stride, log_g, cols, 1,
                   temperature, &of_teacher[i]},
                  block.task, index, p);
    }
  }

  void map(const Block<W>& block, const maps::Lanes<const W>& scores, const maps::Lanes<W>& out,
           kernels::RowSummary* summaries) const {
    maps::RowsToMap<W> rows;
    rows.scores = scores;
    rows.out = out;
    rows.cols = batch_.cols();
    mapper_.map(rows, block.first, block.count, summaries);
  }

  void compare_row(const MappedRow<W>& student, const MappedRow<W>& teacher, std::int64_t task,
                   std::int64_t index, W* out) {
    const double weight = weights_.weight(index) * batch_.scale();
    if (weight == 0) {  // of no weight: whatever the row holds
      std::fill_n(out, student.n, W{0});
      return;
    }
    const RowDistillation found =
        distillation(student, teacher, weight, batch_.wants_gradient() ? out : nullptr);
    batch_.add_loss(task, index, weight * found.loss);
    if (by_temperature_.empty()) return;
    by_temperature_[static_cast<std::size_t>(index)] = weight * found.by_temperature;
  }

  const LossOptions<T>& options_;
  LossBatch<T> batch_;
  maps::Source<T> teacher_;
  Targets<T> targets_;  // read for its number of rows only
  TargetRows<T> weights_;
  PerRow alpha_ = 1.0;
  maps::RowMapper<W> mapper_;
  std::vector<double> by_temperature_;
};

}  // namespace
}  // namespace gibbs::losses

namespace gibbs::detail {

template <Score T>
double distillation_loss(Rows<const T> scores, Rows<const T> teacher_scores,
                         const std::span<working_t<T>>* each,
                         const DistillationOptions<T>& options) {
  LossOptions<T> of_loss = gibbs::losses::loss_options<T>(options);
  of_loss.temperature = options.temperature;
  of_loss.log_degeneracy = options.log_degeneracy;
  of_loss.grad_temperature = options.grad_temperature;
  using gibbs::losses::kName;
  base::check_same_shape(kName, "teacher_scores", {teacher_scores.rows, teacher_scores.cols},
                         "scores", {scores.rows, scores.cols});
  const Targets<T> any = scores;  // of the shape of targets
  gibbs::losses::check_loss<T>(kName, scores, {any, of_loss, scores.cols}, 1.0, of_loss);
  gibbs::losses::DistillationRun<T> run(scores, teacher_scores, of_loss);
  if (!each) return run.reduced();
  base::check_length(kName, "losses", static_cast<std::int64_t>(each->size()), scores.rows);
  run.each(*each);
  return 0;
}

template double distillation_loss(Rows<const double>, Rows<const double>, const std::span<double>*,
                                  const DistillationOptions<double>&);
template double distillation_loss(Rows<const float>, Rows<const float>, const std::span<float>*,
                                  const DistillationOptions<float>&);
template double distillation_loss(Rows<const bfloat16>, Rows<const bfloat16>,
                                  const std::span<float>*, const DistillationOptions<bfloat16>&);
template double distillation_loss(Rows<const float16>, Rows<const float16>, const std::span<float>*,
                                  const DistillationOptions<float16>&);

}  // namespace gibbs::detail
