#pragma once
// The command itself, from file to file: gibbs map on a large table.

#include <cstdint>
#include <optional>
#include <string>

namespace gibbs::bench {

struct CommandFigures {
  double short_csv_rate;     // bytes of CSV read per second, CSV written: scores of five decimals
  double full_csv_rate;      // the same of scores in full, as Python, R and pandas write doubles
  double csv_peak;           // bytes of memory at most
  double npy_share_of_copy;  // time to copy the .npy file / time to map it to another
};

// Makes tables of ten columns and about that many bytes in a temporary directory, and removes it.
// Nothing if there is no command to run.
// throws    std::runtime_error: the command fails, or a file cannot be written
std::optional<CommandFigures> time_command(const std::string& command, std::int64_t bytes);

}  // namespace gibbs::bench
