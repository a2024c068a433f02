#include "commands/sample_chain.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gibbs/sampling/presets.hpp>
#include <gibbs/sampling/truncation.hpp>
#include <limits>
#include <map>
#include <stdexcept>

#include "io/columns.hpp"

namespace gibbs::cli {

namespace {

constexpr std::int64_t kMostStates = std::numeric_limits<std::int64_t>::max();

double read_share(const std::string& option, const std::string& word) {
  const double value = read_number(option, word);
  if (!std::isnan(value)) return value;
  throw BadRequest(fmt::format("{} must be a number; got {}", option, word));
}
double number_of(const FilterWord& word) { return read_share("--" + word.name, word.value); }
std::int64_t count_of(const FilterWord& word) {
  return read_count("--" + word.name, word.value, 0, kMostStates);
}

// "probability" or "probability,threshold".
Xtc read_xtc(const FilterWord& word) {
  const auto parts = split_list("--xtc", word.value);
  if (parts.size() > 2) throw BadRequest("--xtc takes a probability and a threshold");
  Xtc xtc{read_share("--xtc", parts.front())};
  if (parts.size() == 2) xtc.threshold = read_share("--xtc", parts.back());
  return xtc;
}

Filter read_filter(const FilterWord& word) {
  using Read = std::function<Filter(const FilterWord&)>;
  static const std::map<std::string, Read> all = {
      {"temperature", [](const FilterWord& w) { return Temperature{read_temperature(w.value)}; }},
      {"top-k", [](const FilterWord& w) { return TopK{count_of(w)}; }},
      {"top-p", [](const FilterWord& w) { return TopP{number_of(w)}; }},
      {"min-p", [](const FilterWord& w) { return MinP{number_of(w)}; }},
      {"typical", [](const FilterWord& w) { return TypicalP{number_of(w)}; }},
      {"epsilon", [](const FilterWord& w) { return EpsilonCutoff{number_of(w)}; }},
      {"eta", [](const FilterWord& w) { return EtaCutoff{number_of(w)}; }},
      {"top-h", [](const FilterWord& w) { return TopH{number_of(w)}; }},
      {"top-n-sigma", [](const FilterWord& w) { return TopNSigma{number_of(w)}; }},
      {"p-less", [](const FilterWord&) { return PLess{}; }},
      {"xtc", [](const FilterWord& w) { return read_xtc(w); }},
  };
  return all.at(word.name)(word);
}

template <class Settings>
using Setters = std::map<std::string, std::function<void(Settings&, const FilterWord&)>>;

template <class Settings>
Settings read_settings(const char* preset, const std::vector<FilterWord>& words,
                       const Setters<Settings>& setters) {
  Settings settings;
  for (const FilterWord& word : words) {
    const auto found = setters.find(word.name);
    if (found == setters.end()) {
      throw BadRequest(fmt::format("--{} is no setting of --preset {}", word.name, preset));
    }
    found->second(settings, word);
  }
  return settings;
}

Chain llama_cpp_chain(const std::vector<FilterWord>& words) {
  using S = LlamaCppSettings;
  using W = FilterWord;
  static const Setters<S> all = {
      {"temperature", [](S& s, const W& w) { s.temperature = read_temperature(w.value); }},
      {"top-k", [](S& s, const W& w) { s.top_k = count_of(w); }},
      {"top-p", [](S& s, const W& w) { s.top_p = number_of(w); }},
      {"min-p", [](S& s, const W& w) { s.min_p = number_of(w); }},
      {"typical", [](S& s, const W& w) { s.typical_p = number_of(w); }},
      {"top-n-sigma", [](S& s, const W& w) { s.top_n_sigma = number_of(w); }},
      {"xtc",
       [](S& s, const W& w) {
         const Xtc xtc = read_xtc(w);
         s.xtc_probability = xtc.probability;
         s.xtc_threshold = xtc.threshold;
       }},
  };
  return llama_cpp(read_settings<S>("llama-cpp", words, all));
}

Chain hugging_face_chain(const std::vector<FilterWord>& words) {
  using S = HuggingFaceSettings;
  using W = FilterWord;
  static const Setters<S> all = {
      {"temperature", [](S& s, const W& w) { s.temperature = read_temperature(w.value); }},
      {"top-k", [](S& s, const W& w) { s.top_k = count_of(w); }},
      {"top-p", [](S& s, const W& w) { s.top_p = number_of(w); }},
      {"min-p", [](S& s, const W& w) { s.min_p = number_of(w); }},
      {"typical", [](S& s, const W& w) { s.typical_p = number_of(w); }},
      {"epsilon", [](S& s, const W& w) { s.epsilon_cutoff = number_of(w); }},
      {"eta", [](S& s, const W& w) { s.eta_cutoff = number_of(w); }},
      {"top-h", [](S& s, const W& w) { s.top_h = number_of(w); }},
  };
  return hugging_face(read_settings<S>("hugging-face", words, all));
}

// The option that asks for a filter; empty: none does.
std::string option_of(const Filter& filter) {
  struct Named {
    bool (*is)(const Filter&);
    const char* option;
  };
  constexpr Named kAll[] = {
      {std::holds_alternative<Temperature>, "--temperature"},
      {std::holds_alternative<TopK>, "--top-k"},
      {std::holds_alternative<TopP>, "--top-p"},
      {std::holds_alternative<MinP>, "--min-p"},
      {std::holds_alternative<TypicalP>, "--typical"},
      {std::holds_alternative<EpsilonCutoff>, "--epsilon"},
      {std::holds_alternative<EtaCutoff>, "--eta"},
      {std::holds_alternative<TopH>, "--top-h"},
      {std::holds_alternative<TopNSigma>, "--top-n-sigma"},
      {std::holds_alternative<PLess>, "--p-less"},
      {std::holds_alternative<Xtc>, "--xtc"},
  };
  const auto* const found =
      std::ranges::find_if(kAll, [&](const Named& one) { return one.is(filter); });
  return found == std::end(kAll) ? "" : found->option;
}

// "p of top-p must be above 0 ..." is "--top-p must be above 0 ...".
std::string in_options(const Filter& filter, const std::string& rule) {
  const std::string option = option_of(filter);
  const std::size_t at = rule.find(" must ");
  if (option.empty() || at == rule.npos) return rule;
  const std::string demand = rule.substr(at);
  if (!std::holds_alternative<Xtc>(filter)) return option + demand;
  return "the " + rule.substr(0, rule.find(" of ")) + " of " + option + demand;
}

// What no row could be cut by is refused before anything is written.
Chain checked(Chain chain) {
  const Rows<const double> no_rows(nullptr, 0, 1);
  for (const Filter& filter : chain.filters) {
    try {
      const Chain alone{{filter}, chain.boundaries};
      sample_truncated(no_rows, alone, Rows<std::int64_t>(nullptr, 0, 1));
    } catch (const std::invalid_argument& refusal) {
      throw BadRequest(in_options(filter, rule_of(refusal)));
    }
  }
  return chain;
}

}  // namespace

Chain read_chain(const std::string& preset, const std::vector<FilterWord>& words) {
  using MakeChain = Chain (*)(const std::vector<FilterWord>&);
  constexpr std::array kPresets = {Choice<MakeChain>{"llama-cpp", llama_cpp_chain},
                                   Choice<MakeChain>{"hugging-face", hugging_face_chain}};
  if (!preset.empty()) return checked(choose("--preset", preset, kPresets)(words));
  Chain chain;
  for (const FilterWord& word : words) chain.filters.push_back(read_filter(word));
  return checked(std::move(chain));
}

}  // namespace gibbs::cli
