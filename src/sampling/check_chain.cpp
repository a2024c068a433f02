#include "sampling/check_chain.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <variant>

#include "base/check.hpp"

namespace gibbs::sampling {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Checker {
 public:
  Checker(const char* function, Boundaries boundaries, std::int64_t cols)
      : function_(function), boundaries_(boundaries), cols_(cols) {}

  ChainNeeds needs;

  void operator()(const Temperature& f) {
    if (llama()) return number(f.temperature, "temperature");
    if (hugging()) return demand(f.temperature > 0, "temperature must be above 0", f.temperature);
    base::check_temperature(function_, f.temperature, 1);
  }
  void operator()(const DynamicTemperature& f) {
    base::check_not_negative(function_, "low of a dynamic temperature", f.low);
    demand(f.high >= f.low && f.high < kInfinity,
           "high of a dynamic temperature must be a number not below low", f.high);
    not_negative(f.exponent, "exponent of a dynamic temperature");
  }
  void operator()(const TopK& f) {
    if (llama()) return;
    const auto k = static_cast<double>(f.k);
    if (hugging()) return demand(f.k > 0, "k of top-k must be positive", k);
    demand(f.k >= 0, "k of top-k must not be negative", k);
  }
  void operator()(const TopP& f) {
    if (llama()) return number(f.p, "p of top-p");
    if (hugging()) return share(f.p, "p of top-p");
    demand(f.p > 0 && f.p <= 1, "p of top-p must be above 0 and at most 1", f.p);
  }
  void operator()(const MinP& f) {
    if (llama()) return number(f.p, "p of min-p");
    share(f.p, "p of min-p");
  }
  void operator()(const TypicalP& f) {
    if (llama()) {
      return demand(f.p > 0, "p of typical-p must be above 0", f.p);
    }
    if (hugging()) {
      return demand(f.p > 0 && f.p < 1, "p of typical-p must be above 0 and below 1", f.p);
    }
    demand(f.p > 0 && f.p <= 1, "p of typical-p must be above 0 and at most 1", f.p);
  }
  void operator()(const EpsilonCutoff& f) { share(f.epsilon, "epsilon of epsilon cutoff"); }
  void operator()(const EtaCutoff& f) { share(f.epsilon, "epsilon of eta cutoff"); }
  void operator()(const TopNSigma& f) {
    if (llama()) return number(f.n, "n of top-n-sigma");
    base::check_not_negative(function_, "n of top-n-sigma", f.n);
  }
  void operator()(const TopH& f) {
    demand(f.alpha > 0 && f.alpha <= 1, "alpha of top-h must be above 0 and at most 1", f.alpha);
  }
  void operator()(const PLess&) {}
  void operator()(const Xtc& f) {
    share(f.probability, "probability of XTC");
    demand(f.threshold > 0 && f.threshold <= 1, "threshold of XTC must be above 0 and at most 1",
           f.threshold);
    needs.coin |= f.probability > 0 && f.probability < 1;
  }
  void operator()(const Mirostat& f) {
    mirostat(f.tau, f.eta);
    demand(f.fitted >= 2, "fitted of mirostat must be at least 2", static_cast<double>(f.fitted));
  }
  void operator()(const MirostatV2& f) { mirostat(f.tau, f.eta); }
  void operator()(const Penalties& f) {
    demand(f.repetition > 0 && f.repetition < kInfinity,
           "repetition of penalties must be a positive number", f.repetition);
    finite(f.frequency, "frequency of penalties");
    finite(f.presence, "presence of penalties");
    for (const TokenCount& entry : f.counts) {
      token(entry.token, "penalties");
      demand(entry.count >= 0, "counts of penalties must not be negative",
             static_cast<double>(entry.count));
    }
  }
  void operator()(const Dry& f) {
    not_negative(f.multiplier, "multiplier of DRY");
    demand(f.base >= 1 && f.base < kInfinity, "base of DRY must be a number from 1", f.base);
    demand(f.allowed_length >= 0, "allowed_length of DRY must not be negative",
           static_cast<double>(f.allowed_length));
    for (const std::int64_t said : f.history) token(said, "DRY");
  }
  void operator()(const LogitBias& f) {
    for (const TokenBias& entry : f.biases) {
      token(entry.token, "logit bias");
      demand(entry.bias < kInfinity, "biases must be numbers or -inf", entry.bias);
    }
  }

 private:
  bool llama() const { return boundaries_ == Boundaries::kLlamaCpp; }
  bool hugging() const { return boundaries_ == Boundaries::kHuggingFace; }

  void demand(bool kept, const char* rule, double value) const {
    if (!kept) base::refuse_value(function_, rule, value);
  }
  // The sentence is made where it is needed: a step must not allocate.
  void demand(bool kept, const char* what, const char* rule, double value) const {
    if (!kept) base::refuse_value(function_, std::string(what) + rule, value);
  }
  void number(double value, const char* what) const {
    demand(!std::isnan(value), what, " must be a number", value);
  }
  void finite(double value, const char* what) const {
    demand(std::isfinite(value), what, " must be a number", value);
  }
  void not_negative(double value, const char* what) const {
    demand(value >= 0 && value < kInfinity, what, " must be a number from 0", value);
  }
  void share(double value, const char* what) const { base::check_share(function_, what, value); }

  void token(std::int64_t value, const char* of) const {
    if (value >= 0 && value < cols_) return;
    base::refuse(function_, std::string("tokens of ") + of + " must be columns, 0 to " +
                                std::to_string(cols_ - 1) + ", got " + std::to_string(value));
  }
  void mirostat(double tau, double eta) {
    if (needs.mirostat) base::refuse(function_, "a chain must not have two mirostats");
    needs.mirostat = true;
    not_negative(tau, "tau of mirostat");
    not_negative(eta, "eta of mirostat");
  }

  const char* function_;
  Boundaries boundaries_;
  std::int64_t cols_;
};

}  // namespace

ChainNeeds check_chain(const char* function, const Chain& chain, std::int64_t cols) {
  Checker checker(function, chain.boundaries, cols);
  for (const Filter& filter : chain.filters) std::visit(checker, filter);
  return checker.needs;
}

}  // namespace gibbs::sampling
