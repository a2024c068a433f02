// gibbs_bench: every map against memory and against its rivals, on one page.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <regex>
#include <stdexcept>

#include "driver/machine.hpp"
#include "driver/report.hpp"
#include "floor/scaling.hpp"
#include "roster.hpp"

namespace gibbs::bench {
namespace {

struct Request {
  bool quick = false;
  std::string filter;
  std::string json;
  std::string markdown;
  std::string command{GIBBS_COMMAND};  // empty if the command is not built
};

Pace pace(const Request& request) {
  const Pace whole;
  if (!request.quick) return whole;
  return {whole.rounds_out_of_cache / 4, whole.rounds_in_cache / 4};
}

// Who runs on this shape: those whose "shape/task/rival" the filter finds.
std::vector<Contestant> chosen(const Arena& arena, const std::regex& filter) {
  std::vector<Contestant> contestants = roster(arena);
  std::erase_if(contestants, [&](const Contestant& contestant) {
    return !std::regex_search(fmt::format("{}/{}", arena.shape.name, contestant.name), filter);
  });
  return contestants;
}

std::vector<Result> run(const Request& request) {
  const std::regex filter(request.filter);
  std::int64_t largest = 0;
  for (const Shape& shape : shapes()) largest = std::max(largest, shape.elements());
  Memory memory(largest);
  std::vector<Result> results;
  for (const Shape& shape : shapes()) {
    const Arena arena = memory.arena(shape);
    const std::vector<Contestant> contestants = chosen(arena, filter);
    if (contestants.empty()) continue;
    fmt::print(stderr, "{} ...\n", shape.name);
    results.push_back({shape, race(arena, contestants, pace(request))});
  }
  return results;
}

Facts facts() {
  Facts all = machine();
  all.emplace_back("scaling", fmt::format("{:.2f}", speedup_of_two_threads()));
  return all;
}

std::optional<CommandFigures> run_command(const Request& request) {
  constexpr std::int64_t kBytes = 1'000'000'000;
  if (!std::regex_search("command/gibbs", std::regex(request.filter))) return std::nullopt;
  fmt::print(stderr, "gibbs map ...\n");
  return time_command(request.command, request.quick ? kBytes / 4 : kBytes);
}

void write(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace
}  // namespace gibbs::bench

int main(int argc, char** argv) {
  using namespace gibbs::bench;
  Request request;
  CLI::App app("Times every map of gibbs against memory and against its rivals.");
  app.add_flag("--quick", request.quick, "a quarter of the rounds, and of the file");
  app.add_option("--filter", request.filter,
                 "only what this finds in shape/task/rival or command/gibbs (regex)");
  app.add_option("--json", request.json, "write the times here");
  app.add_option("--markdown", request.markdown, "write the tables here (docs/speed.md)");
  app.add_option("--command", request.command, "the gibbs to time (by default the one built)");
  CLI11_PARSE(app, argc, argv);
  try {
    const Report report{facts(), run(request), run_command(request)};
    fmt::print("{}", as_text(report));
    write(request.json, as_json(report));
    write(request.markdown, as_markdown(report));
  } catch (const std::exception& error) {
    fmt::print(stderr, "gibbs_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
