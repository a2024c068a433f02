#pragma once
// What every command is to main.cpp: a name, a help text, options and what to do with them.

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>
#include <vector>

namespace gibbs::cli {

// What the command's own output and input are.
struct Terminals {
  bool input = false, output = false;
};

class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  virtual const char* name() const = 0;
  // What `gibbs NAME --help` prints: it fits a terminal of 80 x 24.
  virtual const char* help() const = 0;
  // The words that they fill live in the command.
  virtual void add_options(CLI::App& app) = 0;
  // throws    BadRequest, BadData
  virtual void run(const Terminals& terminals) = 0;
};

std::unique_ptr<Command> loss_command();
std::unique_ptr<Command> map_command();
std::unique_ptr<Command> mbar_command();
std::unique_ptr<Command> sample_command();
std::unique_ptr<Command> thermo_command();

}  // namespace gibbs::cli
