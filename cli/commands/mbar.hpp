#pragma once
// `gibbs mbar`: potentials of samples in, free energies out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gibbs::cli {

// The options as words, before anything has been made of them.
struct MbarWords {
  std::string input;
  std::string samples;
  std::string bootstrap;
  std::string seed;
  std::string rows = "auto";
  std::string tolerance = "1e-12";
  std::string threads;
  bool overlap = false;
  bool json = false;
};

// What a row of the table is; kAuto: what --samples fits, states where it fits both.
enum class PotentialRows { kAuto, kStates, kSamples };

struct MbarRequest {
  std::string input = "-";
  std::vector<std::int64_t> samples;
  std::int64_t bootstrap = 0;  // replicates; 0: none
  std::uint64_t seed = 0;
  double tolerance = 1e-12;
  PotentialRows rows = PotentialRows::kAuto;
  std::optional<int> threads;
  bool overlap = false;  // however many states there are
  bool json = false;
};

// throws    BadRequest
MbarRequest make_request(const MbarWords& words, bool input_is_terminal);

// Prints what was found.
// throws    BadData: a table that is none; no convergence, with the diagnosis
void run_mbar(const MbarRequest& request);

}  // namespace gibbs::cli
