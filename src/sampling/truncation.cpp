#include "gibbs/sampling/truncation.hpp"

#include <limits>

#include "sampling/truncated_rows.hpp"

namespace gibbs::sampling {
namespace {

// Writes laws.
template <Score T>
class Truncation {
 public:
  using W = working_t<T>;

  Truncation(const char* function, const Rows<const T>& scores, const ChainPerRow& chain,
             const Rows<T>& out, const TruncateOptions& options)
      : rows_(function, scores, chain, options), out_(out), options_(options) {
    base::check_same_shape(function, "out", shape_of(out), "scores", shape_of(scores));
  }

  void run() {
    rows_.run([&](std::int64_t row, TruncationRoom<W>& room) { truncate(row, room); });
  }

 private:
  void truncate(std::int64_t row, TruncationRoom<W>& room) {
    const OpenRow<W> open = rows_.open(row, room);
    if (open.status == DrawStatus::kNaN) fill(row, std::numeric_limits<W>::quiet_NaN());
    if (open.status != DrawStatus::kDrawn) return leave_out(row, open.status);
    RowContext context;
    auto law = rows_.law(row, options_.first_draw, open, room, context);
    if (!law) return leave_out(row, DrawStatus::kNoState);
    rows_.write_kept(row, &*law);
    if (!options_.kept_mass.empty()) {
      options_.kept_mass[static_cast<std::size_t>(row)] =
          rows_.full_law(open, *law, context, room).mass_of(*law, context.states);
    }
    write(row, *law);
    rows_.write_status(row, DrawStatus::kDrawn);
  }

  void write(std::int64_t row, RowLaw<W>& law) const {
    const auto states = law.states();
    const bool scores = options_.write == Truncated::kScores;
    const double mass = scores ? 1 : law.sums().mass;
    if (states.columns != nullptr) fill(row, nothing());
    for (std::int64_t i = 0; i < states.n; ++i) {
      const double value = scores ? static_cast<double>(states.x[i]) * law.beta()
                                  : static_cast<double>(law.weight_at(i)) / mass;
      out_(row, law.column_at(i)) = T(static_cast<W>(value));
    }
  }

  W nothing() const {
    return options_.write == Truncated::kScores ? -std::numeric_limits<W>::infinity() : W{0};
  }

  void fill(std::int64_t row, W value) const {
    for (std::int64_t j = 0; j < out_.cols; ++j) out_(row, j) = T(value);
  }

  void leave_out(std::int64_t row, DrawStatus status) {
    rows_.write_status(row, status);
    rows_.write_kept(row, nullptr);
    if (status == DrawStatus::kNoState) fill(row, nothing());
  }

  TruncatedRows<T, TruncateOptions> rows_;
  Rows<T> out_;
  const TruncateOptions& options_;
};

}  // namespace
}  // namespace gibbs::sampling

namespace gibbs::detail {

template <Score T>
void truncate(Rows<const T> scores, const ChainPerRow& chain, Rows<T> out,
              const TruncateOptions& options) {
  sampling::Truncation<T>("truncate", scores, chain, out, options).run();
}

template void truncate(Rows<const double>, const ChainPerRow&, Rows<double>,
                       const TruncateOptions&);
template void truncate(Rows<const float>, const ChainPerRow&, Rows<float>, const TruncateOptions&);
template void truncate(Rows<const bfloat16>, const ChainPerRow&, Rows<bfloat16>,
                       const TruncateOptions&);
template void truncate(Rows<const float16>, const ChainPerRow&, Rows<float16>,
                       const TruncateOptions&);

}  // namespace gibbs::detail
