#include "commands/family.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "commands/words.hpp"
#include "io/problem.hpp"

namespace gibbs::cli {

namespace {

using Words = std::vector<std::string_view>;
using Extras = std::vector<Extra>;

struct Rules {
  std::string_view word;   // after --family
  std::string_view title;  // in a summary
  Family family;
  Words needs;
  Words takes;  // beside those
  Extras extras;
  Extras means;

  bool must_have(std::string_view option) const { return has(needs, option); }
  bool may_have(std::string_view option) const { return has(needs, option) || has(takes, option); }

 private:
  static bool has(const Words& options, std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
  }
};

const std::vector<Rules>& families() {
  using enum Extra;
  const Extras of_entmax = {kLogPartition, kEntropy, kSupport, kThreshold};
  const Extras of_constrained = {kValue, kMultiplier, kSupport};
  const Extras support = {kSupport}, shape = {kEntropy, kSupport};
  const Words g = {"--degeneracy"};
  static const std::vector<Rules> all = {
      {"entmax", "entmax", Family::kEntmax, {}, {"--alpha", "--degeneracy"}, of_entmax, shape},
      {"capped",
       "capped entmax",
       Family::kCapped,
       {"--caps"},
       {"--alpha", "--floors", "--degeneracy"},
       of_constrained,
       support},
      {"budget", "k-subsets", Family::kBudget, {"--budget"}, g, of_constrained, support},
      {"fermi", "Fermi-Dirac", Family::kFermi, {"--budget"}, g, of_constrained, support},
      {"box",
       "box section",
       Family::kBox,
       {},
       {"--budget", "--caps", "--floors", "--weights", "--degeneracy"},
       of_constrained,
       support},
      {"normmax",
       "normmax",
       Family::kNormmax,
       {},
       {"--alpha"},
       {kValue, kSupport, kThreshold},
       support},
      {"topk",
       "top-k entmax",
       Family::kTopK,
       {"--k"},
       {"--alpha", "--degeneracy"},
       of_entmax,
       shape},
      {"tempered", "tempered softmax", Family::kTempered, {"--t"}, g, of_entmax, shape},
      {"sink",
       "sink softmax",
       Family::kSink,
       {},
       {"--sink", "--degeneracy"},
       {kLogPartition, kSinkProbability},
       {kSinkProbability}},
      {"reverse-kl", "reverse-KL softargmax", Family::kReverseKl, {}, g, of_constrained, support},
      {"chi-square", "chi-square softargmax", Family::kChiSquare, {}, g, of_constrained, support},
      {"hellinger", "Hellinger softargmax", Family::kHellinger, {}, g, of_constrained, support},
      {"jensen-shannon",
       "Jensen-Shannon softargmax",
       Family::kJensenShannon,
       {},
       g,
       of_constrained,
       support}};
  return all;
}

const Rules& rules_of(const std::string& word) {
  std::vector<Choice<const Rules*>> choices;
  for (const Rules& rules : families()) choices.push_back({rules.word, &rules});
  return *choose("--family", word, choices);
}

struct Given {
  std::string_view option;
  const std::string& word;
};

void check_options(const Rules& rules, const FamilyWords& words) {
  const ColumnFiles& files = words.files;
  const std::array<Given, 9> all = {{{"--alpha", words.alpha},
                                     {"--budget", words.budget},
                                     {"--k", words.k},
                                     {"--t", words.t},
                                     {"--sink", words.sink},
                                     {"--caps", files.caps},
                                     {"--floors", files.floors},
                                     {"--weights", files.weights},
                                     {"--degeneracy", files.degeneracy}}};
  for (const auto& [option, word] : all) {
    if (rules.must_have(option) && word.empty()) {
      throw BadRequest(fmt::format("--family {} needs {}", rules.word, option));
    }
    if (word.empty() || rules.may_have(option)) continue;
    Words users;
    for (const Rules& other : families()) {
      if (other.may_have(option)) users.push_back(other.word);
    }
    throw BadRequest(fmt::format("{} does nothing for --family {}; it is for {}", option,
                                 rules.word, fmt::join(users, ", ")));
  }
}

double read_alpha_of(Family family, const std::string& word) {
  const double alpha = read_alpha(word);
  if (family == Family::kNormmax && !(alpha > 1)) {
    throw BadRequest(fmt::format("--alpha of --family normmax must be above 1; got {}", word));
  }
  if (family == Family::kCapped && alpha > 2 && std::isfinite(alpha)) {
    throw BadRequest(
        fmt::format("--alpha of --family capped must be at most 2, or inf; got {}", word));
  }
  return alpha;
}

double read_budget(const std::string& word) {
  const double budget = read_number("--budget", word);
  if (budget >= 0 && std::isfinite(budget)) return budget;
  throw BadRequest(fmt::format("--budget must be finite and not negative; got {}", word));
}

double read_t(const std::string& word) {
  const double t = read_number("--t", word);
  if (t < 2) return t;
  throw BadRequest(fmt::format("--t must be below 2; got {}", word));
}

double read_sink(const std::string& word) {
  const double sink = read_number("--sink", word);
  if (!std::isnan(sink)) return sink;
  throw BadRequest("--sink must not be nan");
}

}  // namespace

FamilyRequest read_family(const FamilyWords& words) {
  constexpr int kMostStates = 1'000'000'000;
  const Rules& rules = rules_of(words.family);
  check_options(rules, words);
  FamilyRequest request;
  request.family = rules.family;
  request.name = rules.word;
  request.title = rules.title;
  request.files = words.files;
  request.extras = rules.extras;
  request.means = rules.means;
  const auto set = [&](auto& number, std::string_view option, const std::string& word,
                       const auto& read) {
    if (!word.empty()) number = read(word);
    if (!rules.may_have(option)) return;
    request.settings.push_back({option.substr(2), static_cast<double>(number)});
  };
  if (rules.family == Family::kNormmax) request.alpha = 2;
  set(request.k, "--k", words.k, [](const std::string& word) {
    return static_cast<int>(read_count("--k", word, 0, kMostStates));
  });
  set(request.alpha, "--alpha", words.alpha,
      [&](const std::string& word) { return read_alpha_of(rules.family, word); });
  set(request.budget, "--budget", words.budget, read_budget);
  set(request.t, "--t", words.t, read_t);
  set(request.sink, "--sink", words.sink, read_sink);
  return request;
}

}  // namespace gibbs::cli
