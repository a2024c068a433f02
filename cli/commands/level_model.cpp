#include "commands/level_model.hpp"

#include <gibbs/thermo/models.hpp>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "commands/words.hpp"

namespace gibbs::cli {

namespace {

constexpr std::int64_t kMostLevels = 1'000'000'000;

// The parameters of a model as its word has them. Each is taken once; `finish` refuses the rest,
// and only then what is missing, which a misspelt key explains.
class Parameters {
 public:
  Parameters(std::string model, const std::string& list) : option_("--model " + std::move(model)) {
    for (const std::string& word : read_columns(option_, list)) {
      const std::size_t sign = word.find('=');
      if (sign == std::string::npos) {
        throw BadRequest(fmt::format("{}: {} is no KEY=VALUE", option_, in_quotes(word)));
      }
      given_.emplace_back(word.substr(0, sign), word.substr(sign + 1));
    }
  }

  double number(const char* key, std::optional<double> usual = {}) {
    const auto word = take(key);
    if (!word && !usual) missing_.emplace_back(key);
    return word ? read_number(option_ + " " + key, *word) : usual.value_or(0);
  }
  std::optional<std::int64_t> count(const char* key) {
    const auto word = take(key);
    if (!word) return {};
    return read_count(option_ + " " + key, *word, 1, kMostLevels);
  }
  std::int64_t needed_count(const char* key) {
    const auto value = count(key);
    if (!value) missing_.emplace_back(key);
    return value.value_or(1);
  }
  bool flag(const char* key) {
    constexpr std::array kAnswers = {Choice<bool>{"yes", true}, Choice<bool>{"no", false}};
    const auto word = take(key);
    return !word || choose(option_ + " " + key, *word, kAnswers);
  }

  void finish() const {
    if (given_.empty()) return refuse_missing();
    const std::string& left = given_.front().first;
    if (std::ranges::find(known_, left) != known_.end()) {
      throw BadRequest(fmt::format("{}: {} is given twice", option_, left));
    }
    throw BadRequest(fmt::format("{}: no parameter {}; there are {}", option_, in_quotes(left),
                                 fmt::join(known_, ", ")));
  }

 private:
  std::optional<std::string> take(const char* key) {
    known_.emplace_back(key);
    const auto is_key = [key](const auto& pair) { return pair.first == key; };
    const auto found = std::ranges::find_if(given_, is_key);
    if (found == given_.end()) return {};
    std::string value = std::move(found->second);
    given_.erase(found);
    return value;
  }

  void refuse_missing() const {
    if (missing_.empty()) return;
    throw BadRequest(fmt::format("{}: {} is not given", option_, missing_.front()));
  }

  std::string option_;
  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<std::string> known_;
  std::vector<std::string> missing_;
};

using ThermalEnergy = std::function<double()>;
using Maker = thermo::Levels (*)(Parameters&, const ThermalEnergy&);

// The parameters are read before anything is made of them: of two mistakes a word is the first.
thermo::Levels two_level(Parameters& given, const ThermalEnergy&) {
  const double gap = given.number("gap");
  const double ground = given.number("g0", 1), excited = given.number("g1", 1);
  given.finish();
  return thermo::two_level(gap, ground, excited);
}

thermo::Levels oscillator(Parameters& given, const ThermalEnergy& thermal_energy) {
  const double quantum = given.number("quantum");
  const bool zero_point = given.flag("zero-point");
  const auto count = given.count("count");
  given.finish();
  return thermo::harmonic_oscillator(
      quantum, count ? *count : thermo::harmonic_oscillator_count(quantum, thermal_energy()),
      zero_point);
}

thermo::Levels rotor(Parameters& given, const ThermalEnergy& thermal_energy) {
  const double theta = given.number("theta");
  const double even = given.number("even", 1), odd = given.number("odd", 1);
  const auto count = given.count("count");
  given.finish();
  return thermo::rigid_rotor(
      theta, count ? *count : thermo::rigid_rotor_count(theta, thermal_energy()), even, odd);
}

thermo::Levels box(Parameters& given, const ThermalEnergy& thermal_energy) {
  const double unit = given.number("unit");
  const auto count = given.count("count");
  given.finish();
  return thermo::particle_in_box(
      unit, count ? *count : thermo::particle_in_box_count(unit, thermal_energy()));
}

thermo::Levels ising_chain(Parameters& given, const ThermalEnergy&) {
  const std::int64_t spins = given.needed_count("spins");
  const double coupling = given.number("coupling", 1), field = given.number("field", 0);
  given.finish();
  return thermo::ising_chain(spins, coupling, field);
}

thermo::Levels ising_square(Parameters& given, const ThermalEnergy&) {
  const std::int64_t length = given.needed_count("length");
  const double coupling = given.number("coupling", 1);
  given.finish();
  return thermo::ising_square(length, coupling);
}

thermo::Levels hydrogen(Parameters& given, const ThermalEnergy&) {
  const double rydberg = given.number("rydberg");
  const std::int64_t last = given.needed_count("last");
  given.finish();
  return thermo::hydrogen_like(rydberg, last);
}

constexpr std::array kModels = {Choice<Maker>{"two-level", two_level},
                                Choice<Maker>{"oscillator", oscillator},
                                Choice<Maker>{"rotor", rotor},
                                Choice<Maker>{"box", box},
                                Choice<Maker>{"ising-chain", ising_chain},
                                Choice<Maker>{"ising-square", ising_square},
                                Choice<Maker>{"hydrogen", hydrogen}};

// The library's sentence with the key in the place of an argument of another name.
std::string in_keys(const std::string& rule) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {{"constant", "theta"},
                                                                       {"ground_degeneracy", "g0"},
                                                                       {"excited_degeneracy", "g1"},
                                                                       {"even_weight", "even"},
                                                                       {"odd_weight", "odd"}};
  const std::string_view argument = std::string_view(rule).substr(0, rule.find(' '));
  for (const auto& [name, key] : kOthers) {
    if (argument == name) return std::string(key) + rule.substr(name.size());
  }
  return rule;
}

}  // namespace

thermo::Levels make_model(const std::string& word, const ThermalEnergy& thermal_energy) {
  const std::size_t colon = word.find(':');
  const std::string name = word.substr(0, colon);
  const Maker make = choose("--model", name, kModels);
  Parameters given(name, colon == std::string::npos ? "" : word.substr(colon + 1));
  try {
    return make(given, thermal_energy);
  } catch (const std::invalid_argument& refusal) {
    throw BadRequest(fmt::format("--model {}: {}", name, in_keys(rule_of(refusal))));
  }
}

}  // namespace gibbs::cli
