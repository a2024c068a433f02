#include "sampling/apply_filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "gibbs/sampling/truncation.hpp"
#include "sampling/portable_scalar.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The slack of comparisons, as a share of what is compared (chain.hpp).
template <class W>
constexpr double kSlack = sizeof(W) == 4 ? 0x1p-20 : 0x1p-40;

// A prefix of some mass.
struct ByMass {
  static constexpr bool kByMass = true, kByMoment = false;
  double mass;
  bool strictly = false;
  bool operator()(const Leading& lead) const {
    if (lead.count == 0) return false;
    return strictly ? lead.mass > mass : lead.mass >= mass;
  }
};
// A prefix that has, as a law of its own, more than some entropy.
struct ByEntropy {
  static constexpr bool kByMass = true, kByMoment = true;
  double entropy;
  bool operator()(const Leading& lead) const {
    return lead.count > 1 && entropy_of(lead.mass, lead.moment) > entropy;
  }
  // -sum p log p = log sum w - sum w y / sum w.
  static double entropy_of(double mass, double moment) { return log_of(mass) - moment / mass; }
};

template <class W>
class Applier {
 public:
  Applier(const Chain& chain, RowContext& context, TruncationRoom<W>& room, RowLaw<W>& law)
      : boundaries_(chain.boundaries), context_(context), room_(room), law_(law) {}

  void operator()(const Temperature& filter) { divide_by(filter.temperature); }

  void operator()(const DynamicTemperature& filter) {
    const double most = log_of(static_cast<double>(law_.count()));
    const double share = most > 0 ? std::clamp(entropy() / most, 0.0, 1.0) : 0;
    const double power = filter.exponent == 0 ? 1 : exp_of(filter.exponent * log_of(share));
    divide_by(filter.low + (filter.high - filter.low) * power);
  }

  void operator()(const TopK& filter) {
    if (filter.k <= 0) return;
    keep_highest(filter.k, boundaries_ == Boundaries::kHuggingFace);
  }

  void operator()(const TopP& filter) {
    if (filter.p >= 1) return;
    if (filter.p <= 0) return keep_highest(1, false);
    law_.keep_prefix({}, ByMass{share_of_mass(filter.p, -kSlack<W>)}, {});
  }

  void operator()(const MinP& filter) {
    if (filter.p <= 0) return;
    const auto to_top = static_cast<double>(law_.top()) - static_cast<double>(law_.reference());
    keep_probable(std::min(log_of(filter.p), 0.0) + to_top * law_.beta());
  }

  void operator()(const TypicalP& filter) {
    if (filter.p >= 1) return;
    const bool strictly = boundaries_ == Boundaries::kLlamaCpp;
    const double mass = share_of_mass(filter.p, strictly ? kSlack<W> : -kSlack<W>);
    // -log p_i - H = mean of log p - log p_i: the distance of a score from the mean score.
    const auto& sums = law_.sums(kernels::Sums::kMoment);
    const double mean =
        sums.moment / sums.mass / law_.beta() + static_cast<double>(law_.reference());
    law_.keep_prefix({true, static_cast<W>(mean)}, ByMass{mass, strictly},
                     {.all_ties = boundaries_ == Boundaries::kHuggingFace});
  }

  void operator()(const EpsilonCutoff& filter) {
    if (filter.epsilon > 0) keep_probable(log_of(filter.epsilon) + log_mass());
  }

  void operator()(const EtaCutoff& filter) {
    if (filter.epsilon <= 0) return;
    const double log_epsilon = log_of(filter.epsilon), by_entropy = log_epsilon / 2 - entropy();
    keep_probable(std::min(log_epsilon, by_entropy) + log_mass());
  }

  void operator()(const PLess&) {
    const auto& sums = law_.sums(kernels::Sums::kSquare);
    keep_probable(log_of(sums.square) - log_of(sums.mass));
  }

  void operator()(const TopNSigma& filter) {
    const double n = filter.n;
    if (n == kInfinity || (boundaries_ == Boundaries::kLlamaCpp && n <= 0)) return;
    const auto top = static_cast<double>(law_.top());
    const double threshold = top - n * deviation();
    // Rounded like a difference of scores.
    const double slack = kSlack<W> * (top - threshold);
    if (threshold > -kInfinity) law_.keep_from(n == 0 ? top : threshold - slack);
  }

  void operator()(const TopH& filter) {
    if (boundaries_ == Boundaries::kHuggingFace) return keep_top_h_of_hundred(filter.alpha);
    if (filter.alpha >= 1) return;
    const double most = filter.alpha * entropy() * (1 + kSlack<W>);
    law_.keep_prefix({}, ByEntropy{most}, {.including = false});
  }

  void operator()(const Xtc& filter) {
    const std::uint64_t bits = context_.noise.bits(kCoinOfRow - coins_++, context_.draw);
    if (filter.probability <= 0 || uniform_noise(bits) > filter.probability) return;
    const double limit = threshold_of(log_of(filter.threshold) + log_mass());
    if (!(limit <= static_cast<double>(law_.top()))) return;
    const std::int64_t found = law_.copy_from(law_.not_below(limit), room_.candidates);
    if (found < 2) return;
    // The least likely, of equal ones the last, goes to the end and stays.
    W* const likely = room_.candidates.x();
    auto* const columns = room_.candidates.columns();
    std::int64_t least = 0;
    for (std::int64_t i = 1; i < found; ++i) least = likely[i] <= likely[least] ? i : least;
    std::swap(columns[least], columns[found - 1]);
    law_.leave_out({columns, static_cast<std::size_t>(found - 1)});
  }

  void operator()(const Mirostat& filter) {
    const auto highest = law_.highest(filter.fitted);
    double sum_tb = 0, sum_tt = 0;
    for (std::size_t i = 0; i + 1 < highest.size(); ++i) {
      const auto rank = static_cast<double>(i + 1);
      const double t = log_of((rank + 1) / rank);
      sum_tb +=
          t * (static_cast<double>(highest[i]) - static_cast<double>(highest[i + 1])) * law_.beta();
      sum_tt += t * t;
    }
    if (sum_tt > 0) keep_highest(zipf_k(sum_tb / sum_tt), false);
  }

  void operator()(const MirostatV2&) { keep_probable(log_mass() - context_.mu * kLn2); }

  void operator()(const Penalties& filter) {
    edits_of(filter, room_.edits);
    law_.edit(room_.edits, [&](double s, double count) {
      const double scaled = within(s > 0 ? s / filter.repetition : s * filter.repetition);
      return within(scaled - within(count * filter.frequency)) - filter.presence;
    });
  }

  void operator()(const Dry& filter) {
    edits_of(filter, room_);
    law_.edit(room_.edits, [](double s, double penalty) { return s - penalty; });
  }

  void operator()(const LogitBias& filter) {
    edits_of(filter, room_.edits);
    law_.edit(room_.edits, [](double s, double bias) { return s + bias; });
  }

 private:
  static constexpr double kLn2 = 0x1.62e42fefa39efp-1;

  double log_mass() { return log_of(law_.sums().mass); }
  double entropy() {
    const auto& sums = law_.sums(kernels::Sums::kMoment);
    return std::max(ByEntropy::entropy_of(sums.mass, sums.moment), 0.0);
  }
  double share_of_mass(double p, double slack) { return p * (1 + slack) * law_.sums().mass; }

  // The score of a state of weight exp(log_weight), less the slack.
  double threshold_of(double log_weight) {
    return static_cast<double>(law_.reference()) + (log_weight - kSlack<W>) / law_.beta();
  }
  void keep_probable(double log_weight) { law_.keep_from(threshold_of(log_weight)); }

  void keep_highest(std::int64_t k, bool all_ties) {
    law_.keep_prefix({}, ByCount{k}, {.all_ties = all_ties});
  }

  void divide_by(double temperature) {
    context_.temperature.times(std::max(temperature, 0.0));
    if (temperature > 0) return law_.divide_by(temperature);
    if (boundaries_ == Boundaries::kLlamaCpp) return law_.keep_first_maximum();
    law_.keep_from(static_cast<double>(law_.top()));
  }

  // Of the scores that are left.
  double deviation() {
    double unit = 1;
    const auto states = law_.states();
    const auto top = static_cast<double>(law_.top());
    auto spread = kernels::spread_of(states.x, states.n, top, unit);
    if (!std::isfinite(spread.square)) {  // scores of 10^160
      unit = 0x1p-600;
      spread = kernels::spread_of(states.x, states.n, top, unit);
    }
    const auto n = static_cast<double>(spread.count);
    const double mean = spread.sum / n;
    return std::sqrt(std::max(spread.square / n - mean * mean, 0.0)) / unit;
  }

  // k = ((epsilon 2^mu) / (1 - N^-epsilon))^(1 / s), epsilon = s - 1, by logarithms; N columns.
  std::int64_t zipf_k(double s) const {
    const double epsilon = s - 1, log_n = log_of(static_cast<double>(context_.cols));
    const double one_minus =
        epsilon > 0 ? 1 - exp_of(-epsilon * log_n) : exp_of(-epsilon * log_n) - 1;
    // Where epsilon is 0, epsilon / (1 - N^-epsilon) is 1 / log N.
    const double ratio =
        std::abs(epsilon) * log_n < 1e-9 ? 1 / log_n : std::abs(epsilon) / one_minus;
    const double log_k = (log_of(ratio) + context_.mu * kLn2) / s;
    if (!(log_k > 0)) return 1;
    const double k = exp_of(log_k);
    return k < static_cast<double>(law_.count()) ? static_cast<std::int64_t>(k) : law_.count();
  }

  // Of the 100 most likely, as a law: the longest prefix whose sum of -p log p is at most alpha H.
  void keep_top_h_of_hundred(double alpha) {
    const auto highest = law_.highest(100);
    const auto top = static_cast<double>(law_.top());
    std::vector<double>& y = room_.numbers;
    double mass = 0, moment = 0;
    y.clear();
    for (const W x : highest) {
      y.push_back(std::max((static_cast<double>(x) - top) * law_.beta(), -1000.0));
      mass += exp_of(y.back());
      moment += exp_of(y.back()) * y.back();
    }
    const double log_mass = log_of(mass);
    double left = alpha * ByEntropy::entropy_of(mass, moment) * (1 + kSlack<W>);
    std::int64_t kept = 0;
    for (const double power : y) {
      left -= exp_of(power) / mass * (log_mass - power);
      if (left < 0) break;
      ++kept;
    }
    keep_highest(std::max<std::int64_t>(kept, 1), false);
  }

  Boundaries boundaries_;
  RowContext& context_;
  TruncationRoom<W>& room_;
  RowLaw<W>& law_;
  std::uint64_t coins_ = 0;
};

}  // namespace

template <class W>
void apply_chain(const Chain& chain, RowContext& context, TruncationRoom<W>& room, RowLaw<W>& law) {
  Applier<W> applier(chain, context, room, law);
  for (const Filter& filter : chain.filters) {
    if (law.count() == 0) return;
    std::visit(applier, filter);
  }
}

template void apply_chain(const Chain&, RowContext&, TruncationRoom<float>&, RowLaw<float>&);
template void apply_chain(const Chain&, RowContext&, TruncationRoom<double>&, RowLaw<double>&);

}  // namespace gibbs::sampling
