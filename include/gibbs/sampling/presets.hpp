#pragma once
// The chains of llama.cpp and of Hugging Face transformers: their order, their boundaries.

#include <cstdint>
#include <optional>
#include <vector>

#include "gibbs/sampling/chain.hpp"

namespace gibbs {

// What llama.cpp can be told, with its defaults. history: the tokens so far, for the penalties,
// which look at the last penalty_last_n of them (0: none, -1: all), and DRY. mirostat: 0, 1 or 2.
struct LlamaCppSettings {
  std::vector<TokenBias> logit_bias = {};
  std::vector<std::int64_t> history = {};
  std::int64_t penalty_last_n = 64;
  double repeat_penalty = 1, frequency_penalty = 0, presence_penalty = 0;
  double dry_multiplier = 0, dry_base = 1.75;
  std::int64_t dry_allowed_length = 2, dry_penalty_last_n = -1;
  std::vector<std::vector<std::int64_t>> dry_sequence_breakers = {};
  double top_n_sigma = -1;
  std::int64_t top_k = 40;
  double typical_p = 1, top_p = 0.95, min_p = 0.05;
  double xtc_probability = 0, xtc_threshold = 0.1;
  double temperature = 0.8, dynatemp_range = 0, dynatemp_exponent = 1;
  int mirostat = 0;
  double mirostat_tau = 5, mirostat_eta = 0.1;
};

// logit bias, penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature; with a
// mirostat: logit bias, temperature, mirostat.
// throws    std::invalid_argument: mirostat is not 0, 1 or 2
Chain llama_cpp(const LlamaCppSettings& settings = {});

// What GenerationConfig of transformers can be told, with its defaults; nothing: not applied.
// history: the prompt and what was generated.
struct HuggingFaceSettings {
  std::vector<TokenBias> sequence_bias = {};
  std::vector<std::int64_t> history = {};
  double repetition_penalty = 1;
  double temperature = 1;
  std::optional<double> top_h = {};
  std::int64_t top_k = 50;
  double top_p = 1;
  std::optional<double> min_p = {};
  double typical_p = 1, epsilon_cutoff = 0, eta_cutoff = 0;
};

// bias, repetition penalty, temperature, top-h, top-k, top-p, min-p, typical, epsilon, eta.
Chain hugging_face(const HuggingFaceSettings& settings = {});

}  // namespace gibbs
