// The command `gibbs`.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <gibbs/simd.hpp>
#include <gibbs/version.hpp>
#include <string>
#include <vector>

#include "commands/loss.hpp"
#include "commands/map.hpp"
#include "help.hpp"
#include "io/output_file.hpp"
#include "io/problem.hpp"

namespace {

using gibbs::cli::BadRequest;

CLI::App* add_command(CLI::App& app, const char* name, const char* help) {
  CLI::App* const command = app.add_subcommand(name);
  command->formatter_fn([help](const CLI::App*, const std::string&, CLI::AppFormatMode) {
    return std::string(help);
  });
  command->allow_extras();
  return command;
}

void add_loss(CLI::App& app, gibbs::cli::LossWords& words) {
  CLI::App* const loss = add_command(app, "loss", gibbs::cli::kLossHelp);
  loss->add_option("INPUT", words.input);
  loss->add_option("--label", words.label);
  loss->add_option("--columns", words.columns);
  loss->add_option("--header", words.header);
  loss->add_option("--missing", words.missing);
  loss->add_option("--alpha", words.alpha);
  loss->add_option("--temperature", words.temperature);
  loss->add_option("--threads", words.threads);
  loss->add_flag("--json", words.json);
  loss->add_flag("--quiet", words.quiet);
}

void add_map(CLI::App& app, gibbs::cli::MapWords& words) {
  CLI::App* const map = add_command(app, "map", gibbs::cli::kMapHelp);
  map->add_option("INPUT", words.input);
  map->add_option("-o,--output", words.output);
  map->add_option("--columns", words.columns);
  map->add_option("--keep", words.keep);
  map->add_option("--header", words.header);
  map->add_option("--missing", words.missing);
  map->add_option("--family", words.family.family);
  map->add_option("--alpha", words.family.alpha);
  map->add_option("--budget", words.family.budget);
  map->add_option("--k", words.family.k);
  map->add_option("--t", words.family.t);
  map->add_option("--sink", words.family.sink);
  map->add_option("--degeneracy", words.family.files.degeneracy);
  map->add_option("--caps", words.family.files.caps);
  map->add_option("--floors", words.family.files.floors);
  map->add_option("--weights", words.family.files.weights);
  map->add_option("--temperature", words.temperature);
  map->add_option("--with", words.with);
  map->add_option("--dtype", words.dtype);
  map->add_option("--threads", words.threads);
  map->add_option("--summary", words.summary);
  map->add_flag("--log", words.log);
  map->add_flag("--sparse", words.sparse);
  map->add_flag("--quiet", words.quiet);
  map->add_flag("--help-family", words.help_family);
}

// The word after --summary may be missing: `gibbs map --summary scores.csv`.
std::vector<std::string> arguments(int count, char** words) {
  std::vector<std::string> list(words + 1, words + count);
  for (std::size_t i = 0; i < list.size(); ++i) {
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

// An empty word is a shell variable that was not set, not a default.
void refuse_empty_words(const CLI::App& app) {
  for (const CLI::Option* const option : app.get_options()) {
    if (option->count() > 0 && option->results().front().empty()) {
      throw BadRequest(fmt::format("{} is empty", option->get_name()));
    }
  }
}

void print(const std::string& text) {
  gibbs::cli::OutputFile out("-");
  out.write(text);
  out.commit();
}

std::string version() {
  return fmt::format("gibbs {} (SIMD target {})\n", gibbs::kVersion, gibbs::simd_target());
}

void run(std::vector<std::string> words) {
  CLI::App app;
  gibbs::cli::MapWords map_words;
  gibbs::cli::LossWords loss_words;
  app.formatter_fn([](const CLI::App*, const std::string&, CLI::AppFormatMode) {
    return std::string(gibbs::cli::kHelp);
  });
  app.set_version_flag("--version", version);
  app.allow_extras();
  add_map(app, map_words);
  add_loss(app, loss_words);
  const CLI::App &map = *app.get_subcommand("map"), &loss = *app.get_subcommand("loss");
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    return print(map.parsed()    ? gibbs::cli::kMapHelp
                 : loss.parsed() ? gibbs::cli::kLossHelp
                                 : gibbs::cli::kHelp);
  } catch (const CLI::CallForVersion&) {
    return print(version());
  } catch (const CLI::ParseError& error) {
    throw BadRequest(error.what());
  }
  refuse_rest(app.remaining());
  for (const CLI::App* const command : {&map, &loss}) {
    refuse_rest(command->remaining());
    refuse_empty_words(*command);
  }
  const bool from_terminal = isatty(STDIN_FILENO) == 1;
  if (loss.parsed()) return run_loss(make_request(loss_words, from_terminal));
  if (!map.parsed()) return print(gibbs::cli::kHelp);
  if (map_words.help_family) return print(gibbs::cli::kFamilyHelp);
  run_map(make_request(map_words, from_terminal, isatty(STDOUT_FILENO) == 1));
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
