#pragma once
// What `gibbs --help` prints: it fits a terminal of 80 x 24.

namespace gibbs::cli {

extern const char* const kHelp;

}  // namespace gibbs::cli
