#include "commands/sample_writer.hpp"

#include <fmt/format.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "commands/sample_draws.hpp"
#include "commands/text.hpp"
#include "io/csv_text.hpp"
#include "io/number.hpp"

namespace gibbs::cli {

namespace {

template <Score T>
void set_text(Block<T>& block, std::string&& text) {
  block.out = std::move(text);
  block.out_size = block.out.size();
}

}  // namespace

Stretches::Stretches(std::int64_t rows, std::int64_t draws, std::int64_t numbers)
    : rows_(rows), draws_(draws) {
  constexpr std::int64_t kMost = std::int64_t{1} << 17;
  const std::int64_t lines = std::max<std::int64_t>(kMost / std::max<std::int64_t>(numbers, 1), 1);
  step_.draws = std::min(draws, lines);
  step_.rows = std::clamp<std::int64_t>(lines / std::max<std::int64_t>(draws, 1), 1,
                                        std::max<std::int64_t>(rows, 1));
}

std::optional<Stretch> Stretches::next() {
  if (row_ >= rows_) return std::nullopt;
  const Stretch stretch{row_, std::min(step_.rows, rows_ - row_), draw_,
                        std::min(step_.draws, draws_ - draw_)};
  draw_ += step_.draws;
  if (draw_ >= draws_) {
    draw_ = 0;
    row_ += step_.rows;
  }
  return stretch;
}

template <Score T>
SampleWriter<T>::SampleWriter(const SampleRequest& request, const SampleTable& table,
                              OutputFile& file)
    : request_(request),
      table_(table),
      file_(file),
      separator_(request.output_format == FileFormat::kTsv ? '\t' : ',') {}

template <Score T>
void SampleWriter<T>::start() {
  std::vector<std::string> names = table_.kept;
  names.insert(names.end(), {"row", "draw"});
  if (request_.kind == DrawKind::kRelaxed) {
    names.insert(names.end(), table_.tokens.begin(), table_.tokens.end());
  } else {
    names.insert(names.end(), {"token", "log_probability"});
    if (request_.chain) names.insert(names.end(), {"full_log_probability", "kept_mass", "kept"});
  }
  std::string header;
  for (const std::string& name : names) header += encode_field(name, separator_) + separator_;
  header.back() = '\n';
  file_.write(header);
}

template <Score T>
std::string SampleWriter<T>::start_of_line(const Block<T>& block, std::int64_t row,
                                           std::int64_t draw) const {
  std::string line;
  const std::size_t count = table_.kept.size(), first = static_cast<std::size_t>(row) * count;
  for (std::size_t i = first; i < first + count; ++i) {
    const std::string_view raw = block.kept[i];
    line += table_.kept_as_is ? std::string(raw) : encode_field(decode_field(raw), separator_);
    line += separator_;
  }
  return line + fmt::format("{}{}{}{}", block.first_row + row, separator_, draw, separator_);
}

template <Score T>
std::string SampleWriter<T>::drawn(const Draws& draws, std::size_t row, std::size_t at) const {
  const std::int64_t token = draws.tokens[at];
  const bool any = token != kNoToken;
  std::string line;
  if (any) line = encode_field(table_.tokens[static_cast<std::size_t>(token)], separator_);
  line += separator_;
  if (any) line += number_text(draws.log_probabilities[at]);
  if (!request_.chain) return line;
  line += separator_;
  if (any) line += number_text(draws.full_log_probabilities[at]);
  line += separator_;
  if (any && !draws.kept_masses.empty()) line += number_text(draws.kept_masses[row]);
  line += separator_;
  if (any && !draws.kept.empty()) line += std::to_string(draws.kept[row]);
  return line;
}

template <Score T>
SampledText SampleWriter<T>::tokens_of(const Block<T>& block, const Stretch& stretch) const {
  const Draws draws = draw_rows(request_, block, std::ssize(table_.tokens), stretch);
  SampledText sampled;
  for (std::int64_t i = 0; i < stretch.rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    const bool none = draws.status[row] != DrawStatus::kDrawn;
    sampled.without += none && stretch.draw == 0 ? 1 : 0;
    for (std::int64_t j = 0; j < stretch.draws; ++j) {
      sampled.text += start_of_line(block, stretch.row + i, stretch.draw + j) +
                      drawn(draws, row, draws.at(i, j)) + '\n';
    }
  }
  return sampled;
}

template <Score T>
SampledText SampleWriter<T>::relaxed_of(const Block<T>& block, const Stretch& stretch) const {
  const auto cols = std::ssize(table_.tokens);
  const std::vector<T> draws = relax_rows(request_, block, cols, stretch);
  SampledText sampled;
  const T* y = draws.data();
  for (std::int64_t i = 0; i < stretch.rows; ++i) {
    for (std::int64_t j = 0; j < stretch.draws; ++j, y += cols) {
      sampled.text += start_of_line(block, stretch.row + i, stretch.draw + j);
      for (std::int64_t c = 0; c < cols; ++c) sampled.text += number_text(y[c]) + separator_;
      sampled.text.back() = '\n';
    }
  }
  return sampled;
}

template <Score T>
SampledText SampleWriter<T>::sampled(const Block<T>& block, const Stretch& stretch) const {
  return request_.kind == DrawKind::kRelaxed ? relaxed_of(block, stretch)
                                             : tokens_of(block, stretch);
}

template <Score T>
Stretches SampleWriter<T>::stretches_of(const Block<T>& block) const {
  const bool relaxed = request_.kind == DrawKind::kRelaxed;
  return {block.rows, request_.draws, relaxed ? std::ssize(table_.tokens) : 2};
}

template <Score T>
void SampleWriter<T>::format(Block<T>& block) const {
  block.out_size = 0;
  if (!stretches_of(block).are_one()) return;
  SampledText all = sampled(block, {0, block.rows, 0, request_.draws});
  block.support.assign(1, all.without);
  set_text(block, std::move(all.text));
}

template <Score T>
void SampleWriter<T>::write(const Block<T>& block) {
  if (!stretches_of(block).are_one()) return write_stretches(block);
  without_ += block.support.front();
  file_.write({block.out.data(), block.out_size});
}

// As Pipeline does with blocks, so that the draws of few rows are made in parallel too.
template <Score T>
void SampleWriter<T>::write_stretches(const Block<T>& block) {
  Stretches stretches = stretches_of(block);
  const auto next = [&](tbb::flow_control& flow) {
    const auto stretch = stretches.next();
    if (!stretch) flow.stop();
    return stretch.value_or(Stretch{});
  };
  const auto put = [this](const SampledText& some) {
    without_ += some.without;
    file_.write(some.text);
  };
  using tbb::filter_mode;
  const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_pipeline(
        threads + 1, tbb::make_filter<void, Stretch>(filter_mode::serial_in_order, next) &
                         tbb::make_filter<Stretch, SampledText>(
                             filter_mode::parallel,
                             [&](const Stretch& stretch) { return sampled(block, stretch); }) &
                         tbb::make_filter<SampledText, void>(filter_mode::serial_in_order, put));
  });
}

namespace {

constexpr std::size_t kMostLines = 20;
constexpr int kBar = 30;

// The places of the likeliest categories, of equal ones the first.
std::vector<std::size_t> likeliest(const std::vector<double>& law) {
  std::vector<std::size_t> order(law.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto last = order.begin() + static_cast<std::ptrdiff_t>(std::min(kMostLines, order.size()));
  std::partial_sort(order.begin(), last, order.end(), [&](std::size_t a, std::size_t b) {
    return law[a] > law[b] || (law[a] == law[b] && a < b);
  });
  order.erase(last, order.end());
  std::erase_if(order, [&](std::size_t i) { return law[i] == 0; });
  return order;
}

}  // namespace

template <Score T>
std::string HistogramWriter<T>::histogram(const Block<T>& block, std::int64_t row) const {
  const auto cols = std::ssize(table_.tokens);
  const Counts drawn = count_draws(request_, block, cols, row);
  std::string text = fmt::format("row {}: ", block.first_row + row);
  if (drawn.status == DrawStatus::kNoState) return text + "no state to draw\n";
  if (drawn.status == DrawStatus::kNaN) return text + "a NaN among the scores\n";
  const std::vector<double> law = law_of_row(request_, block, cols, row);
  const std::vector<std::int64_t>& counts = drawn.of;
  const GoodnessOfFit fit = chi_square_test(counts, law);
  text +=
      fmt::format("{}, chi-square {:.4g} with {} of freedom, p-value {:.3g}\n",
                  count(request_.draws, "draw"), fit.statistic,
                  count(static_cast<std::int64_t>(fit.degrees_of_freedom), "degree"), fit.p_value);
  const auto order = likeliest(law);
  std::size_t width = 5;
  for (const std::size_t i : order) width = std::max(width, table_.tokens[i].size());
  text += fmt::format("  {:<{}}  {:>11}  {:>11}  {:>10}\n", "token", width, "probability", "share",
                      "drawn");
  const double highest = order.empty() ? 1 : law[order.front()];
  for (const std::size_t i : order) {
    const double share = static_cast<double>(counts[i]) / static_cast<double>(request_.draws);
    const auto bar = static_cast<int>(std::lround(share / highest * kBar));
    text += fmt::format("  {:<{}}  {:>11.6g}  {:>11.6g}  {:>10}  {}\n", table_.tokens[i], width,
                        law[i], share, counts[i],
                        std::string(static_cast<std::size_t>(std::min(bar, 2 * kBar)), '#'));
  }
  const auto left =
      std::count_if(law.begin(), law.end(), [](double p) { return p > 0; }) - std::ssize(order);
  return left > 0 ? text + fmt::format("  and {} more\n", left) : text;
}

template <Score T>
void HistogramWriter<T>::format(Block<T>& block) const {
  std::string text;
  for (std::int64_t i = 0; i < block.rows; ++i) text += histogram(block, i);
  set_text(block, std::move(text));
}

template <Score T>
void HistogramWriter<T>::write(const Block<T>& block) {
  file_.write({block.out.data(), block.out_size});
}

template class SampleWriter<double>;
template class SampleWriter<float>;
template class SampleWriter<float16>;
template class HistogramWriter<double>;
template class HistogramWriter<float>;
template class HistogramWriter<float16>;

}  // namespace gibbs::cli
