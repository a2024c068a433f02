// Files appear whole or not at all.

#include <sys/stat.h>

#include <string>

#include "command.hpp"

namespace gibbs::cli::testing {
namespace {

class Output : public CommandTest {
 protected:
  // Enough for a second or two of work.
  void write_large(const std::string& name) const {
    std::string piece;
    for (int i = 0; i < 10000; ++i) piece += "0.123456789,1.23456789,2.3456789,3.456789,4.56789\n";
    std::string large;
    for (int i = 0; i < 100; ++i) large += piece;
    write(name, large);
  }
};

TEST_F(Output, AnOlderFileIsReplaced) {
  write("p.csv", "older, and longer than what comes\n");
  EXPECT_EQ(gibbs({"map", "-", "-o", "p.csv"}, "0,0\n").err, "");
  EXPECT_EQ(read("p.csv"), "0.5,0.5\n");
}

TEST_F(Output, AnOlderFileSurvivesAFailure) {
  write("p.csv", "older\n");
  EXPECT_EQ(gibbs({"map", "-", "-o", "p.csv"}, "0,0\n0,x\n").status, 1);
  EXPECT_EQ(read("p.csv"), "older\n");
  EXPECT_EQ(files(), std::vector<std::string>{"p.csv"});
}

TEST_F(Output, TheOutputMayBeTheInput) {
  write("s.csv", "a,b\n0,0\n");
  EXPECT_EQ(gibbs({"map", "s.csv", "-o", "s.csv"}).err, "");
  EXPECT_EQ(read("s.csv"), "a,b\n0.5,0.5\n");
  write("s.npy", npy_of({0, 0}, 1, 2));
  EXPECT_EQ(gibbs({"map", "s.npy", "-o", "s.npy"}).err, "");
  EXPECT_EQ(split_npy(read("s.npy")).data, bytes_of<double>({0.5, 0.5}));
}

TEST_F(Output, ALinkStaysALink) {
  write("real.csv", "");
  std::filesystem::create_symlink("real.csv", directory() / "link.csv");
  EXPECT_EQ(gibbs({"map", "-", "-o", "link.csv"}, "0,0\n").err, "");
  EXPECT_TRUE(std::filesystem::is_symlink(directory() / "link.csv"));
  EXPECT_EQ(read("real.csv"), "0.5,0.5\n");
}

TEST_F(Output, ALinkToNoFileYetIsFollowed) {
  namespace fs = std::filesystem;
  fs::create_directory(directory() / "d");
  fs::create_symlink("later.csv", directory() / "d/second.csv");
  fs::create_symlink("d/second.csv", directory() / "first.csv");
  EXPECT_EQ(gibbs({"map", "-", "-o", "first.csv"}, "0,0\n").err, "");
  EXPECT_TRUE(fs::is_symlink(directory() / "first.csv"));
  EXPECT_TRUE(fs::is_symlink(directory() / "d/second.csv"));
  EXPECT_EQ(read("d/later.csv"), "0.5,0.5\n");
}

TEST_F(Output, ALinkThatLeadsNowhereIsRefused) {
  const auto refuse = [this](const char* to, const std::string& sentence) {
    std::filesystem::create_symlink(to, directory() / "link.csv");
    const Result result = gibbs({"map", "-", "-o", "link.csv"}, "0,0\n");
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "gibbs: cannot write " + sentence + "\n");
    EXPECT_EQ(files(), std::vector<std::string>{"link.csv"});
    EXPECT_TRUE(std::filesystem::is_symlink(directory() / "link.csv"));
    std::filesystem::remove(directory() / "link.csv");
  };
  refuse("none/p.csv", "\"none/p.csv\": No such file or directory");
  refuse("link.csv", "\"link.csv\": Too many levels of symbolic links");
}

TEST_F(Output, PermissionsFollowTheMaskAndTheOlderFile) {
  const auto mode = [this](const char* name) {
    struct stat status {};
    stat((directory() / name).c_str(), &status);
    return status.st_mode & 0777U;
  };
  shell(
      "umask 027; echo 0,0 | gibbs map - -o new.csv; touch old.csv; chmod 604 old.csv; "
      "echo 0,0 | gibbs map - -o old.csv");
  EXPECT_EQ(mode("new.csv"), 0640U);
  EXPECT_EQ(mode("old.csv"), 0604U);
}

TEST_F(Output, WhatCannotBeWrittenIsNamed) {
  const Result result = gibbs({"map", "-", "-o", "none/p.csv"}, "0,0\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "gibbs: cannot write \"none/p.csv\": No such file or directory\n");
}

TEST_F(Output, ADirectoryIsNoOutput) {
  std::filesystem::create_directory(directory() / "d.csv");
  const Result result = gibbs({"map", "-", "-o", "d.csv"}, "0,0\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("Is a directory"), std::string::npos) << result.err;
}

TEST_F(Output, AFullDiskIsAnError) {
  const Result result = shell("echo 0,0 | gibbs map > /dev/full; echo $?");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_EQ(result.err, "gibbs: cannot write \"stdout\": No space left on device\n");
  EXPECT_EQ(shell("gibbs --version > /dev/full; echo $?").out, "1\n");
}

TEST_F(Output, AFileBeyondTheLimitIsAnErrorAndLeavesNothingBehind) {
  write_large("s.csv");
  const Result result = shell("ulimit -f 100; gibbs map s.csv -o p.csv; echo $?");
  EXPECT_EQ(result.out, "1\n");
  EXPECT_EQ(result.err, "gibbs: cannot write \"p.csv\": File too large\n");
  EXPECT_EQ(files(), std::vector<std::string>{"s.csv"});
}

TEST_F(Output, WhatIsNoRegularFileIsWrittenDirectly) {
  EXPECT_EQ(gibbs({"map", "-", "-o", "/dev/null"}, "0,0\n").status, 0);
  EXPECT_EQ(shell("gibbs map -o >(cat) <<< 0,0; wait $!").out, "0.5,0.5\n");
  EXPECT_EQ(
      shell("mkfifo p.npy; cat p.npy > /dev/null & echo 0,0 | gibbs map -o p.npy; echo $?").out,
      "2\n");
}

// A shell line that sends the signal while the command writes p.csv: its input, s.csv in a pipe
// that the shell holds open, has no end.
std::string interrupted_by(const std::string& signal) {
  return "ulimit -c 0; set -m; mkfifo in; exec 3<>in; rm in; cat s.csv >&3 & "
         "gibbs map /dev/fd/3 -o p.csv --threads 1 & "
         "while ! ls p.csv.* > /dev/null 2>&1; do :; done; kill -" +
         signal + " $!; wait $!; echo $(($? - 128)); kill %1";
}

TEST_F(Output, ASignalLeavesNothingBehind) {
  write_large("s.csv");
  for (const char* signal : {"INT", "TERM", "HUP", "QUIT", "XCPU"}) {
    const Result result = shell(interrupted_by(signal));
    EXPECT_EQ(shell("kill -l " + result.out).out, std::string(signal) + "\n") << result.err;
    EXPECT_EQ(files(), std::vector<std::string>{"s.csv"}) << signal;
  }
}

TEST_F(Output, AnOlderFileSurvivesASignal) {
  write_large("s.csv");
  write("p.csv", "older\n");
  shell(interrupted_by("INT"));
  EXPECT_EQ(read("p.csv"), "older\n");
  EXPECT_EQ(files(), (std::vector<std::string>{"p.csv", "s.csv"}));
}

TEST_F(Output, MemoryDoesNotGrowWithTheRows) {
  write_large("s.csv");
  EXPECT_EQ(shell("for i in 1 2 3 4; do cat s.csv; done > four.csv").status, 0);
  const auto peak = [this](const char* name) {
    const Result result = gibbs({"map", name, "-o", "p.csv", "--threads", "2"});
    EXPECT_EQ(result.status, 0) << result.err;
    return static_cast<double>(result.peak_kilobytes);
  };
  const auto file = static_cast<double>(std::filesystem::file_size(directory() / "four.csv"));
  EXPECT_GT(peak("s.csv"), 1000);
  // How many blocks are under way depends on the machine: 11 to 20 MB. The file has 200.
  EXPECT_LT(1024 * peak("four.csv"), file / 4);
}

}  // namespace
}  // namespace gibbs::cli::testing
