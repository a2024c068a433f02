#include "gibbs/sampling/presets.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace gibbs {
namespace {

using Filters = std::vector<Filter>;

void add_temperature(const LlamaCppSettings& s, Filters& filters) {
  if (s.dynatemp_range > 0) {
    filters.push_back(DynamicTemperature{std::max(0.0, s.temperature - s.dynatemp_range),
                                         s.temperature + s.dynatemp_range, s.dynatemp_exponent});
  } else {
    filters.push_back(Temperature{s.temperature});
  }
}

void add_penalties(const LlamaCppSettings& s, Filters& filters) {
  if (s.penalty_last_n != 0) {
    filters.push_back(Penalties{s.repeat_penalty, s.frequency_penalty, s.presence_penalty,
                                count_tokens(s.history, s.penalty_last_n)});
  }
  if (s.dry_multiplier != 0) {
    filters.push_back(Dry{s.dry_multiplier, s.dry_base, s.dry_allowed_length, s.dry_penalty_last_n,
                          s.history, s.dry_sequence_breakers});
  }
}

void add_truncation(const LlamaCppSettings& s, Filters& filters) {
  filters.push_back(TopNSigma{s.top_n_sigma});
  filters.push_back(TopK{s.top_k});
  filters.push_back(TypicalP{s.typical_p});
  filters.push_back(TopP{s.top_p});
  filters.push_back(MinP{s.min_p});
  if (s.xtc_probability > 0) filters.push_back(Xtc{s.xtc_probability, s.xtc_threshold});
}

}  // namespace

Chain llama_cpp(const LlamaCppSettings& settings) {
  if (settings.mirostat < 0 || settings.mirostat > 2) {
    base::refuse_value("llama_cpp", "mirostat must be 0, 1 or 2", settings.mirostat);
  }
  Chain chain{{}, Boundaries::kLlamaCpp};
  chain.filters.push_back(LogitBias{settings.logit_bias});
  if (settings.mirostat == 0) {
    add_penalties(settings, chain.filters);
    add_truncation(settings, chain.filters);
  }
  add_temperature(settings, chain.filters);
  if (settings.mirostat == 1) {
    chain.filters.push_back(Mirostat{settings.mirostat_tau, settings.mirostat_eta, 100});
  }
  if (settings.mirostat == 2) {
    chain.filters.push_back(MirostatV2{settings.mirostat_tau, settings.mirostat_eta});
  }
  return chain;
}

Chain hugging_face(const HuggingFaceSettings& s) {
  Chain chain{{}, Boundaries::kHuggingFace};
  Filters& filters = chain.filters;
  filters.push_back(LogitBias{s.sequence_bias});
  if (s.repetition_penalty != 1) {
    filters.push_back(Penalties{s.repetition_penalty, 0, 0, count_tokens(s.history)});
  }
  if (s.temperature != 1) filters.push_back(Temperature{s.temperature});
  if (s.top_h) filters.push_back(TopH{*s.top_h});
  if (s.top_k != 0) filters.push_back(TopK{s.top_k});
  if (s.top_p < 1) filters.push_back(TopP{s.top_p});
  if (s.min_p) filters.push_back(MinP{*s.min_p});
  if (s.typical_p < 1) filters.push_back(TypicalP{s.typical_p});
  if (s.epsilon_cutoff > 0) filters.push_back(EpsilonCutoff{s.epsilon_cutoff});
  if (s.eta_cutoff > 0) filters.push_back(EtaCutoff{s.eta_cutoff});
  return chain;
}

}  // namespace gibbs
