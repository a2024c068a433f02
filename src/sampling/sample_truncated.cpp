#include <cmath>
#include <limits>

#include "sampling/inverse_cdf.hpp"
#include "sampling/truncated_rows.hpp"

namespace gibbs::sampling {
namespace {

template <Score T>
class Sampler {
 public:
  using W = working_t<T>;

  Sampler(const char* function, const Rows<const T>& scores, const ChainPerRow& chain,
          const Rows<std::int64_t>& tokens, const TruncationOptions& options)
      : rows_(function, scores, chain, options), tokens_(tokens), options_(options) {
    check(function, scores);
  }

  void run() {
    rows_.run([&](std::int64_t row, TruncationRoom<W>& room) { sample(row, room); });
  }

 private:
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  void check(const char* function, const Rows<const T>& scores) const {
    base::check_size(function, "tokens", shape_of(tokens_));
    base::check_length(function, "tokens", tokens_.rows, scores.rows);
    const auto check_shape = [&](const char* name, const Rows<double>& out) {
      if (out.empty()) return;
      base::check_same_shape(function, name, shape_of(out), "tokens", shape_of(tokens_));
    };
    check_shape("log_probability", options_.log_probability);
    check_shape("full_log_probability", options_.full_log_probability);
    if (tokens_.cols == 1) return;
    if (rows_.has_mirostat())
      base::refuse(function, "a mirostat draws one token of a row at a time");
    if (rows_.has_coin() && tells_kept()) {
      base::refuse(function, "what is kept depends on the coin of an XTC: draw one token of a row");
    }
  }

  bool tells_kept() const {
    return !options_.kept_mass.empty() || !options_.kept.empty() || options_.kept_columns;
  }
  bool needs_full_law() const {
    return !options_.kept_mass.empty() || !options_.full_log_probability.empty();
  }

  void sample(std::int64_t row, TruncationRoom<W>& room) {
    const OpenRow<W> open = rows_.open(row, room);
    if (open.status != DrawStatus::kDrawn) return leave_out(row, open.status);
    // A coin is flipped for each draw, all else is the same for all of them.
    const std::int64_t at_once = rows_.has_coin() ? 1 : std::max<std::int64_t>(tokens_.cols, 1);
    for (std::int64_t d = 0; d == 0 || d < tokens_.cols; d += at_once) {
      RowContext context;
      auto law = rows_.law(row, draw_number(d), open, room, context);
      if (!law) return leave_out(row, DrawStatus::kNoState);
      if (d == 0) rows_.write_kept(row, &*law);
      draw(row, d, std::min(at_once, tokens_.cols - d), open, room, context, *law);
    }
    rows_.write_status(row, DrawStatus::kDrawn);
  }

  std::uint64_t draw_number(std::int64_t d) const {
    return options_.first_draw + static_cast<std::uint64_t>(d);
  }

  void draw(std::int64_t row, std::int64_t first, std::int64_t count, const OpenRow<W>& open,
            TruncationRoom<W>& room, const RowContext& context, RowLaw<W>& law) {
    const double log_mass = log_of(law.sums().mass);
    const InverseCdf<W> inverse(law, room.numbers);
    for (std::int64_t d = first; d < first + count; ++d) {
      const std::int64_t i =
          inverse.at(uniform_noise(context.noise.bits(kWholeRow, draw_number(d))));
      tokens_(row, d) = law.column_at(i);
      const double power =
          static_cast<double>(law.score_at(i)) - static_cast<double>(law.reference());
      const double log_p = power * law.beta() - log_mass;
      if (!options_.log_probability.empty()) options_.log_probability(row, d) = log_p;
      if (rows_.has_mirostat()) follow(row, log_p);
    }
    if (needs_full_law())
      compare(row, first, count, rows_.full_law(open, law, context, room), context, law);
  }

  void compare(std::int64_t row, std::int64_t first, std::int64_t count, const WholeLaw<W>& full,
               const RowContext& context, RowLaw<W>& law) {
    if (!options_.full_log_probability.empty()) {
      for (std::int64_t d = first; d < first + count; ++d) {
        options_.full_log_probability(row, d) = full.log_probability(tokens_(row, d));
      }
    }
    if (options_.kept_mass.empty()) return;
    options_.kept_mass[static_cast<std::size_t>(row)] = full.mass_of(law, context.states);
  }

  // The state of a mirostat after a draw.
  void follow(std::int64_t row, double log_p) {
    constexpr double kLn2 = 0x1.62e42fefa39efp-1;
    const auto target = rows_.mirostat_of(row);
    if (!target) return;
    MirostatState& state = options_.mirostat[static_cast<std::size_t>(row)];
    state.mu -= target->eta * (-log_p / kLn2 - target->tau);
  }

  void leave_out(std::int64_t row, DrawStatus status) {
    rows_.write_status(row, status);
    rows_.write_kept(row, nullptr);
    for (std::int64_t d = 0; d < tokens_.cols; ++d) {
      tokens_(row, d) = kNoToken;
      if (!options_.log_probability.empty()) options_.log_probability(row, d) = kNaN;
      if (!options_.full_log_probability.empty()) options_.full_log_probability(row, d) = kNaN;
    }
  }

  TruncatedRows<T, TruncationOptions> rows_;
  Rows<std::int64_t> tokens_;
  const TruncationOptions& options_;
};

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void sample_truncated(Rows<const T> scores, const ChainPerRow& chain, Rows<std::int64_t> tokens,
                      const TruncationOptions& options) {
  sampling::Sampler<T>("sample_truncated", scores, chain, tokens, options).run();
}

template void sample_truncated(Rows<const double>, const ChainPerRow&, Rows<std::int64_t>,
                               const TruncationOptions&);
template void sample_truncated(Rows<const float>, const ChainPerRow&, Rows<std::int64_t>,
                               const TruncationOptions&);
template void sample_truncated(Rows<const bfloat16>, const ChainPerRow&, Rows<std::int64_t>,
                               const TruncationOptions&);
template void sample_truncated(Rows<const float16>, const ChainPerRow&, Rows<std::int64_t>,
                               const TruncationOptions&);

}  // namespace gibbs::detail
