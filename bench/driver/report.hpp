#pragma once
// The results as text, as Markdown and as JSON.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/map.hpp"
#include "driver/figures.hpp"

namespace gibbs::bench {

using Facts = std::vector<std::pair<std::string, std::string>>;

struct Report {
  Facts facts;
  std::vector<Result> results;
  std::optional<CommandFigures> command;
};

std::string as_text(const Report& report);
std::string as_markdown(const Report& report);
std::string as_json(const Report& report);

}  // namespace gibbs::bench
