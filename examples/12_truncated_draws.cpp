// One step of a language model: penalties for what was said, a chain of filters, a token with its
// probabilities.

#include <cstdio>
#include <gibbs/gibbs.hpp>
#include <vector>

const char* const kWords[] = {"the", "cat", "sat", "on", "mat", "and", "ran", "off"};

int main() {
  const std::vector<float> scores{2.5f, 3.1f, 1.9f, 0.7f, 2.2f, 1.4f, 1.2f, -1.0f};
  const std::vector<std::int64_t> said{0, 1, 2, 3, 0, 1};
  const gibbs::Chain chain{{
      gibbs::Penalties{.repetition = 1.2, .counts = gibbs::count_tokens(said)},
      gibbs::Dry{.multiplier = 0.8, .history = said},
      gibbs::Temperature{0.8},
      gibbs::TopK{5},
      gibbs::MinP{0.1},
  }};

  std::vector<float> p(8);
  gibbs::truncate(scores, chain, p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    std::printf("%-4s %.3f\n", kWords[i], static_cast<double>(p[i]));
  }

  std::vector<std::int64_t> tokens(6), kept(1);
  std::vector<double> log_p(6), full(6), mass(1);
  gibbs::TruncationOptions options{.seed = 3};
  options.log_probability = log_p;
  options.full_log_probability = full;
  options.kept = kept;
  options.kept_mass = mass;
  gibbs::sample_truncated(scores, chain, gibbs::Rows<std::int64_t>(tokens), options);
  std::printf("kept %d, of mass %.3f in the model's own law\n", static_cast<int>(kept[0]), mass[0]);
  for (std::size_t d = 0; d < tokens.size(); ++d) {
    std::printf("%-4s %.3f, the model's own %.3f\n", kWords[tokens[d]], log_p[d], full[d]);
  }

  // The same settings, as llama.cpp would have them.
  const gibbs::Chain llama = gibbs::llama_cpp(
      {.history = said, .repeat_penalty = 1.2, .dry_multiplier = 0.8, .top_k = 5, .min_p = 0.1});
  gibbs::truncate(scores, llama, p, {.kept = kept});
  std::printf("llama.cpp keeps %d\n", static_cast<int>(kept[0]));
}
// prints
// the  0.209
// cat  0.391
// sat  0.000
// on   0.000
// mat  0.242
// and  0.089
// ran  0.069
// off  0.000
// kept 5, of mass 0.848 in the model's own law
// ran  -2.669, the model's own -2.892
// mat  -1.419, the model's own -1.892
// mat  -1.419, the model's own -1.892
// and  -2.419, the model's own -2.692
// the  -1.565, the model's own -1.592
// and  -2.419, the model's own -2.692
// llama.cpp keeps 5
