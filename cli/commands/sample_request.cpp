#include "commands/sample_request.hpp"

#include <algorithm>
#include <cmath>

#include "commands/sample_chain.hpp"

namespace gibbs::cli {

namespace {

// Of one row the tokens are held at once, or for a histogram their counts.
constexpr std::int64_t kMostTokens = 10'000'000, kMostCounted = 1'000'000'000'000;

double read_tau(const std::string& word) {
  const double tau = read_number("--tau", word);
  if (tau >= 0) return tau;
  throw BadRequest(fmt::format("--tau must {}; got {}",
                               std::isnan(tau) ? "be a number" : "not be negative", word));
}

DrawKind read_kind(const SampleWords& words) {
  const int kinds = words.gumbel + words.without_replacement + words.relaxed;
  if (kinds > 1) {
    throw BadRequest("--gumbel, --without-replacement and --relaxed are ways to draw: choose one");
  }
  if (words.gumbel) return DrawKind::kGumbelMax;
  if (words.without_replacement) return DrawKind::kWithoutReplacement;
  return words.relaxed ? DrawKind::kRelaxed : DrawKind::kSample;
}

bool flips_a_coin(const Chain& chain) {
  return std::any_of(chain.filters.begin(), chain.filters.end(), [](const Filter& filter) {
    const Xtc* const xtc = std::get_if<Xtc>(&filter);
    return xtc != nullptr && xtc->probability > 0;
  });
}

// Without another filter the temperature is that of the law, not a filter.
void read_law(const SampleWords& words, SampleRequest& request) {
  const bool filtered =
      !words.preset.empty() ||
      std::any_of(words.filters.begin(), words.filters.end(),
                  [](const FilterWord& word) { return word.name != "temperature"; });
  if (filtered) {
    request.chain = read_chain(words.preset, words.filters);
  } else if (!words.filters.empty()) {
    request.temperature = read_temperature(words.filters.back().value);
  }
}

void check_together(const SampleRequest& request, const SampleWords& words) {
  const bool counted = request.kind == DrawKind::kSample || request.kind == DrawKind::kGumbelMax;
  if (request.histogram && !counted) {
    throw BadRequest(
        "--histogram compares draws with their law, which are independent only with replacement");
  }
  if (request.histogram && request.output != "-") {
    throw BadRequest("--histogram prints a picture, no table for --output: redirect it instead");
  }
  if (!words.tau.empty() && request.kind != DrawKind::kRelaxed) {
    throw BadRequest("--tau is how far a --relaxed draw is relaxed; add --relaxed");
  }
  if (request.chain && (request.kind != DrawKind::kSample || request.alpha != 1)) {
    throw BadRequest(
        "filters cut the law of softmax: --alpha, --gumbel, --without-replacement and --relaxed "
        "do not go with them");
  }
  if (request.chain && request.histogram && flips_a_coin(*request.chain)) {
    throw BadRequest("--histogram needs one law for all draws, and --xtc flips a coin for each");
  }
  if (request.output_format == FileFormat::kNpy) {
    throw BadRequest("gibbs sample writes .csv and .tsv: tokens may be names");
  }
}

}  // namespace

SampleRequest make_request(const SampleWords& words, bool input_is_terminal) {
  SampleRequest request;
  request.input = read_input(words.input, input_is_terminal);
  request.input_format = format_of_file("input", request.input);
  if (!words.output.empty()) request.output = words.output;
  request.output_format = format_of_file("--output", request.output);
  request.columns = {read_columns("--columns", words.columns), read_columns("--keep", words.keep)};
  request.header = choose("--header", words.header, kHeaders);
  request.empty_is_masked = choose("--missing", words.missing, kMissing);
  request.kind = read_kind(words);
  request.draws = read_count("-n", words.draws, 1, words.histogram ? kMostCounted : kMostTokens);
  request.seed = read_seed("--seed", words.seed);
  request.stream = read_seed("--stream", words.stream);
  request.alpha = read_alpha(words.alpha);
  read_law(words, request);
  if (!words.tau.empty()) request.tau = read_tau(words.tau);
  if (!words.threads.empty()) request.threads = read_threads(words.threads);
  request.histogram = words.histogram;
  request.quiet = words.quiet;
  check_together(request, words);
  return request;
}

}  // namespace gibbs::cli
