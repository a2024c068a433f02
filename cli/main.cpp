// The command `gibbs`.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <gibbs/simd.hpp>
#include <gibbs/version.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.hpp"
#include "help.hpp"
#include "io/output_file.hpp"
#include "io/problem.hpp"

namespace {

using gibbs::cli::BadRequest;
using gibbs::cli::Command;

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(gibbs::cli::map_command());
  commands.push_back(gibbs::cli::loss_command());
  commands.push_back(gibbs::cli::sample_command());
  commands.push_back(gibbs::cli::thermo_command());
  commands.push_back(gibbs::cli::mbar_command());
  return commands;
}

void add(CLI::App& app, Command& command) {
  CLI::App* const added = app.add_subcommand(command.name());
  added->formatter_fn([&command](const CLI::App*, const std::string&, CLI::AppFormatMode) {
    return std::string(command.help());
  });
  added->allow_extras();
  command.add_options(*added);
}

// The word after --summary of map may be missing: `gibbs map --summary scores.csv`.
std::vector<std::string> arguments(int count, char** words) {
  std::vector<std::string> list(words + 1, words + count);
  const bool is_map = !list.empty() && list.front() == "map";
  for (std::size_t i = 0; is_map && i < list.size(); ++i) {
    if (list[i] == "--") break;
    if (list[i] != "--summary") continue;
    const bool has_word = i + 1 < list.size() && (list[i + 1] == "json" || list[i + 1] == "text");
    if (!has_word) list[i] = "--summary=text";
  }
  return {list.rbegin(), list.rend()};  // CLI11 takes them from the back
}

void refuse_rest(std::vector<std::string> rest) {
  std::erase(rest, "--");  // CLI11 leaves it among them
  if (rest.empty()) return;
  const bool option = rest.front().size() > 1 && rest.front().front() == '-';
  throw BadRequest(fmt::format("unknown {} {}", option ? "option" : "argument",
                               gibbs::cli::in_quotes(rest.front())));
}

// What stands where a command should.
void refuse_no_command(const std::vector<std::string>& rest,
                       const std::vector<std::unique_ptr<Command>>& commands) {
  if (rest.empty() || rest.front().front() == '-') return;
  std::vector<std::string_view> names;
  for (const auto& command : commands) names.emplace_back(command->name());
  throw BadRequest(fmt::format("unknown command {}; there are {}",
                               gibbs::cli::in_quotes(rest.front()), fmt::join(names, ", ")));
}

// An empty word is a shell variable that was not set, not a default.
void refuse_empty_words(const CLI::App& app) {
  for (const CLI::Option* const option : app.get_options()) {
    if (option->count() > 0 && option->results().front().empty()) {
      throw BadRequest(fmt::format("{} is empty", option->get_name()));
    }
  }
}

// `-o --summary`: to CLI11 whatever follows is the value, and a word with = stands for itself.
void refuse_options_as_values(const CLI::App& app, const std::vector<std::string>& words) {
  const auto option_of = [&app](const std::string& word) -> const CLI::Option* {
    return word.starts_with('-') ? app.get_option_no_throw(word) : nullptr;
  };
  for (std::size_t i = words.size(); i-- > 1 && words[i] != "--";) {  // from the back
    const CLI::Option* const option = option_of(words[i]);
    if (option == nullptr || option->get_items_expected_min() == 0) continue;
    const std::string& value = words[--i];
    const std::string name = value.substr(0, value.find('='));
    if (option_of(name) == nullptr) continue;
    throw BadRequest(fmt::format("{} needs a value; {} is an option", option->get_name(),
                                 gibbs::cli::in_quotes(name)));
  }
}

// "--tau: 1 required TEXT missing" or "--tau: At Most 1 required but received 2", in our words.
std::string mismatch(const CLI::ArgumentMismatch& error) {
  const std::string text = error.what();
  const std::string option = text.substr(0, text.find(':'));
  const bool missing = text.find("missing") != std::string::npos;
  return fmt::format("{} {}", option, missing ? "needs a value" : "is given twice");
}

std::string version() {
  return fmt::format("gibbs {} (SIMD target {})\n", gibbs::kVersion, gibbs::simd_target());
}

void run(std::vector<std::string> words) {
  using gibbs::cli::print;
  const auto commands = all_commands();
  CLI::App app;
  app.formatter_fn([](const CLI::App*, const std::string&, CLI::AppFormatMode) {
    return std::string(gibbs::cli::kHelp);
  });
  app.set_version_flag("--version", version);
  app.allow_extras();
  for (const auto& command : commands) add(app, *command);
  const auto asked = [&]() -> Command* {
    for (const auto& command : commands) {
      if (app.got_subcommand(command->name())) return command.get();
    }
    return nullptr;
  };
  for (const auto& command : commands) {
    if (words.empty() || words.back() != command->name()) continue;
    refuse_options_as_values(*app.get_subcommand(command->name()), words);
  }
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    const Command* const command = asked();
    return print(command != nullptr ? command->help() : gibbs::cli::kHelp);
  } catch (const CLI::CallForVersion&) {
    return print(version());
  } catch (const CLI::ArgumentMismatch& error) {
    throw BadRequest(mismatch(error));
  } catch (const CLI::ParseError& error) {
    throw BadRequest(error.what());
  }
  Command* const command = asked();
  if (command == nullptr) refuse_no_command(app.remaining(), commands);
  refuse_rest(app.remaining());
  if (command == nullptr) return print(gibbs::cli::kHelp);
  const CLI::App& parsed = *app.get_subcommand(command->name());
  refuse_rest(parsed.remaining());
  refuse_empty_words(parsed);
  command->run({.input = isatty(STDIN_FILENO) == 1, .output = isatty(STDOUT_FILENO) == 1});
}

int complain(const std::string& sentence, int status) {
  fmt::print(stderr, "gibbs: {}\n", sentence);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  gibbs::cli::remove_output_on_signals();
  try {
    run(arguments(argc, argv));
    return 0;
  } catch (const BadRequest& error) {
    return complain(error.what(), 2);
  } catch (const std::bad_alloc&) {
    return complain("not enough memory", 1);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}
