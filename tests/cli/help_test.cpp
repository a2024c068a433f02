// Help, version, completion and manual pages say what the command does.

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class Help : public CommandTest {
 protected:
  static std::string source(const std::string& name) { return GIBBS_SOURCE_DIR "/cli/" + name; }
  std::string text_of(const std::string& name) const { return shell("cat " + source(name)).out; }

  // What bash offers for the last of these words.
  std::string completions(const std::string& words) const {
    const Result result =
        shell("source " + source("completion/gibbs.bash") + "; COMP_WORDS=(" + words +
              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _gibbs; echo ${COMPREPLY[@]}");
    EXPECT_EQ(result.err, "");
    return result.out;
  }
};

std::set<std::string> long_options(const std::string& text) {
  std::set<std::string> options;
  const std::regex option("--[a-z][a-z-]*");
  for (std::sregex_iterator i(text.begin(), text.end(), option), end; i != end; ++i) {
    options.insert(i->str());
  }
  return options;
}

class CommandHelp : public Help {
 protected:
  // Those of --help, and for map those of --help-family.
  std::set<std::string> options_of(const std::string& command) const {
    std::string pages = gibbs({command, "--help"}).out;
    if (command == "map") pages += gibbs({"map", "--help-family"}).out;
    return long_options(pages);
  }
};

TEST_F(Help, EachPageFitsATerminal) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                {"map", "--help"},
                                                {},
                                                {"map", "-h"},
                                                {"map", "--help-family"},
                                                {"loss", "-h"},
                                                {"sample", "-h"},
                                                {"thermo", "-h"},
                                                {"mbar", "-h"}}) {
    const Result result = gibbs(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_LT(std::count(result.out.begin(), result.out.end(), '\n'), 24);
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LT(line.size(), 80U) << line;
  }
}

TEST_F(CommandHelp, EveryOptionInItIsAccepted) {
  write("s.csv", "1,2\n");
  for (const std::string command : {"map", "loss", "sample", "thermo", "mbar"}) {
    for (const std::string& option : options_of(command)) {
      const Result result = gibbs({command, "s.csv", option});
      EXPECT_EQ(result.err.find("unknown"), std::string::npos) << option << ": " << result.err;
    }
  }
}

TEST_F(CommandHelp, ManualAndCompletionsKnowEveryOption) {
  EXPECT_EQ(options_of("map").size(), 25U);
  EXPECT_EQ(options_of("loss").size(), 9U);
  EXPECT_EQ(options_of("sample").size(), 29U);
  EXPECT_EQ(options_of("thermo").size(), 20U);
  EXPECT_EQ(options_of("mbar").size(), 8U);
  for (const std::string command : {"map", "loss", "sample", "thermo", "mbar"}) {
    std::string manual = text_of("man/gibbs-" + command + ".1");
    manual.erase(std::remove(manual.begin(), manual.end(), '\\'), manual.end());
    for (const std::string& page :
         {manual, text_of("completion/gibbs.bash"), text_of("completion/_gibbs")}) {
      const std::set<std::string> known = long_options(page);
      for (const std::string& option : options_of(command)) {
        EXPECT_TRUE(known.contains(option)) << option;
      }
    }
  }
}

TEST_F(Help, TheVersionNamesTheSimdTarget) {
  const Result result = gibbs({"--version"});
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(std::regex_match(
      result.out, std::regex("gibbs [0-9]+\\.[0-9]+\\.[0-9]+ \\(SIMD target \\w+\\)\n")))
      << result.out;
}

TEST_F(Help, BashCompletesCommandsOptionsValuesAndFiles) {
  EXPECT_EQ(completions("gibbs m"), "map mbar\n");
  EXPECT_EQ(completions("gibbs l"), "loss\n");
  EXPECT_EQ(completions("gibbs loss --j"), "--json\n");
  EXPECT_EQ(completions("gibbs sample --preset h"), "hugging-face\n");
  EXPECT_EQ(completions("gibbs thermo --unit cm"), "cm-1\n");
  EXPECT_EQ(completions("gibbs thermo --quantity h"), "heat_capacity\n");
  EXPECT_EQ(completions("gibbs thermo --model b"), "box:unit=\n");
  EXPECT_EQ(completions("gibbs map --al"), "--alpha\n");
  EXPECT_EQ(completions("gibbs map --dtype b"), "bfloat16\n");
  EXPECT_EQ(completions("gibbs map --family he"), "hellinger\n");
  EXPECT_EQ(completions("gibbs map --family = t"), "topk tempered\n");
  EXPECT_EQ(completions("gibbs map --dtype = b"), "bfloat16\n");
  EXPECT_EQ(completions("gibbs map --with entropy,su"), "entropy,support\n");
  write("scores.csv", "");
  write("scores.txt", "");
  EXPECT_EQ(completions("gibbs map sc"), "scores.csv\n");
  EXPECT_EQ(completions("gibbs map -o ''"), "scores.csv\n");
  EXPECT_EQ(completions("gibbs map --caps ''"), "scores.csv\n");
}

TEST_F(Help, ManualPagesAreWithoutWarnings) {
  for (const std::string page : {"man/gibbs.1", "man/gibbs-map.1", "man/gibbs-loss.1",
                                 "man/gibbs-sample.1", "man/gibbs-thermo.1", "man/gibbs-mbar.1"}) {
    const Result result = shell("man --warnings -E UTF-8 -l -Tutf8 -Z " + source(page) + " > out");
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_NE(shell("MANWIDTH=80 man -l " + source(page)).out.find("EXIT STATUS"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace gibbs::cli::testing
